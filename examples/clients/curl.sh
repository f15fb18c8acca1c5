#!/bin/sh
# Asks a mood detector about a photo by Gradio's API, with nothing but curl; prints JSON.
#
#   sh examples/clients/curl.sh examples/astronaut.jpg [http://127.0.0.1:7860]
set -eu

photo='photo.jpg'
url='http://127.0.0.1:7860'
photo=${1:-$photo} url=${2:-$url} url=${url%/}

# A server that wakes or is busy says when to come again, and curl does so.
ask() { curl -fsS --retry 20 --retry-max-time 300 --retry-connrefused "$@"; }

# 1. Send the file. The answer is a list with its path on the server: ["/tmp/…/photo"]
#    From stdin, as curl takes a comma or a semicolon in a name for a sign of its own.
answer=$(ask "$url/gradio_api/upload" -F 'files=@-;filename=photo' <"$photo")
path=$(printf '%s\n' "$answer" | sed 's/^\["//; s/"\]$//')

# 2. Ask. The answer is {"event_id": "…"}
answer=$(ask "$url/gradio_api/call/analyze" -H 'Content-Type: application/json' \
  -d '{"data": [{"path": "'"$path"'", "meta": {"_type": "gradio.FileData"}}]}')
event=$(printf '%s\n' "$answer" | sed 's/.*"event_id": *"\([^"]*\)".*/\1/')

# 3. Wait for the result: "event: complete" or "event: error", then "data: " and the JSON.
answer=$(ask --max-time 120 "$url/gradio_api/call/analyze/$event")
printf '%s\n' "$answer" | sed -n 's/^data: //p' | tail -n 1
case $answer in *'event: complete'*) ;; *) exit 1 ;; esac
