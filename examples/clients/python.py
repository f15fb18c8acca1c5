"""Asks a mood detector about a photo, by Gradio's client.

pip install gradio_client
python examples/clients/python.py examples/astronaut.jpg [http://127.0.0.1:7860]
"""

import sys
import time

import httpx
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

photo = sys.argv[1] if len(sys.argv) > 1 else "photo.jpg"
url = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:7860"

# A host that sleeps needs half a minute to wake. Meanwhile it says when to come again.
for _ in range(20):
    answer = httpx.get(f"{url.rstrip('/')}/health", timeout=120)
    if "retry-after" not in answer.headers:
        break
    time.sleep(int(answer.headers["retry-after"]))

client = Client(url, httpx_kwargs={"timeout": 120}, verbose=False)
try:
    result = client.predict(handle_file(photo), api_name="/analyze")
except AppError as error:
    sys.exit(str(error))

if not result["faces"]:
    print("no face found")
for number, face in enumerate(result["faces"], start=1):
    verdict = face["expression"] or face["reason"] or "uncertain"
    share = "" if face["reason"] else f", {face['top']} {min(face['probability'], 0.99):.0%}"
    print(f"face {number}: {verdict}{share}")
