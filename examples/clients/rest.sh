#!/bin/sh
# Asks a mood detector about a photo, in one request; prints JSON.
#
#   sh examples/clients/rest.sh examples/astronaut.jpg [http://127.0.0.1:7860]
set -eu

photo='photo.jpg'
url='http://127.0.0.1:7860'
photo=${1:-$photo} url=${2:-$url} url=${url%/}

# A host that sleeps needs half a minute to wake. Meanwhile it says when to come again.
curl -fsS -o /dev/null --retry 20 --retry-max-time 300 --retry-connrefused "$url/health"

# From stdin, as curl takes a comma or a semicolon in a name for a sign of its own. An error prints
# what is wrong, as JSON too, and curl then ends with 22.
curl -sS --fail-with-body --max-time 120 -F 'image=@-' "$url/api/analyze" <"$photo"
