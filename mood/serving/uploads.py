"""The one route that takes files, in the place of Gradio's, which all its clients know.

What is whole is written into the folder of uploads. Nothing here knows what a picture is.
"""

from __future__ import annotations

import logging

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from mood.errors import STATUS, BusyError
from mood.resources.household import household
from mood.serving.forms import Room, files_of, let_finish
from mood.serving.upload_folder import UploadFolder

_log = logging.getLogger(__name__)

ROUTE = "/gradio_api/upload"

_FIELD = "files"
DISK = "The server has no room for files at the moment. Please try again in some minutes."
"""What is said when the disk takes no more."""

RETRY_S = 60
"""When the folder has been looked through, in seconds."""


def add_upload(app: FastAPI, folder: UploadFolder, most_mb: int) -> None:
    """Adds the route; do it before Gradio is mounted.

    Args:
        app: Where to.
        folder: Takes the files.
        most_mb: Size of the largest file.
    """

    async def upload(request: Request) -> Response:
        room = Room(folder, household(request.client.host if request.client else ""))
        try:
            async with files_of(request, room, most_mb * 1_000_000, _FIELD) as files:
                room.give_back()  # the files take their own
                return JSONResponse(await folder.store(room.who, files))
        except BusyError as error:
            status, _ = STATUS[error.code]
            detail, headers = str(error), {"retry-after": str(RETRY_S)}
        except HTTPException as error:
            status, detail, headers = error.status_code, error.detail, {}
        except ClientDisconnect:  # there is nobody to be told
            return Response(status_code=400)
        except OSError as error:
            _log.warning("an upload cannot be kept: %s", error.strerror)
            status, detail, headers = 503, DISK, {"retry-after": str(RETRY_S)}
        await let_finish(request)
        return JSONResponse({"detail": detail}, status, headers)

    app.add_route(ROUTE, upload, methods=["POST"])
