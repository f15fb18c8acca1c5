FROM python:3.11-slim

ENV PORT=7860 \
    HF_HOME=/home/mood/.cache/huggingface \
    PYTHONUNBUFFERED=1

RUN useradd --uid 1000 --create-home mood
WORKDIR /app

COPY requirements.lock .
RUN pip install --no-cache-dir --compile --require-hashes -r requirements.lock

COPY . .
# Without byte code, a start on a tenth of a processor takes twice as long.
RUN python -m compileall -q app.py mood

USER 1000
# With a network the image holds the models of the Hub; without, it has those of the program. What it
# holds must answer as known, or there is no image.
RUN python -m mood models pull --optional && HF_HUB_OFFLINE=1 python -m mood models check

EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-S", "-c", "import os, socket; s = socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 4); s.sendall(b'HEAD /health HTTP/1.0\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in s.recv(64))"]
CMD ["python", "app.py"]
