"""Python imports this at its start where this folder is on its path: it notes who is called.

``MOOD_SPY`` names the file: a line for each connection, each name that is looked up, each program
that is started.
"""

import os
import sys

_WATCHED = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen", "os.exec"}
_WATCHED |= {"socket.gethostbyname", "socket.gethostbyaddr", "os.posix_spawn", "os.system"}
_NOTES = os.open(os.environ["MOOD_SPY"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def _note(event, arguments):
    if event in _WATCHED:
        os.write(_NOTES, f"{event} {arguments!r}"[:300].encode() + b"\n")


sys.addaudithook(_note)
