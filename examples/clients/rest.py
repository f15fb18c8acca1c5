"""Asks a mood detector about a photo, in one request.

pip install httpx
python examples/clients/rest.py examples/astronaut.jpg [http://127.0.0.1:7860]
"""

import sys
import time
from pathlib import Path

import httpx

photo = sys.argv[1] if len(sys.argv) > 1 else "photo.jpg"
url = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:7860"
picture = {"image": Path(photo).read_bytes()}

# A host that sleeps needs half a minute to wake. Meanwhile it says when to come again, as it does
# when it is busy.
for _ in range(20):
    answer = httpx.post(f"{url.rstrip('/')}/api/analyze", files=picture, timeout=120)
    if "retry-after" not in answer.headers:
        break
    time.sleep(int(answer.headers["retry-after"]))

result = answer.json()
if answer.is_error:
    sys.exit(result["detail"])
if not result["faces"]:
    print("no face found")
for number, face in enumerate(result["faces"], start=1):
    verdict = face["expression"] or face["reason"] or "uncertain"
    share = "" if face["reason"] else f", {face['top']} {min(face['probability'], 0.99):.0%}"
    print(f"face {number}: {verdict}{share}")
