"""Honest use in great number: large photos by the API, each in a session of its own."""

from __future__ import annotations

import json

import httpx

from tests.small_host import host


def test_five_hundred_large_pictures_leave_nothing_behind(server, tmp_path):
    """500 of 3 MB are 2 GB as data URLs, four times as much as there is."""
    image = host.long_data_url(host.tiny_photo(tmp_path))
    body = json.dumps({"data": [{"url": image}]}).encode()
    kind = {"Content-Type": "application/json"}
    held, answers = [], []
    with httpx.Client(base_url=server.url, timeout=60) as caller:
        for _ in range(500):
            asked = caller.post("/gradio_api/call/analyze", content=body, headers=kind)
            job = asked.json()["event_id"]
            answers.append("faces" in caller.get(f"/gradio_api/call/analyze/{job}").text)
            held.append(server.memory_mb())
    assert all(answers)
    assert max(held[-20:]) - max(held[:20]) <= 6
    assert max(held) <= 250
