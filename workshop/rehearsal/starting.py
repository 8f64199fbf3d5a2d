"""Sending simulated colleagues off: a process of their own, beside the server.

In the server's process sixty of them would take their share of its one interpreter, and the room would feel it at each
reveal; and whatever goes wrong with them would go wrong in the meeting. The process hears of its end from the
database (stop_colleagues), so it matters not which server process, or which machine, is asked to stop it. Its standard
input is a pipe: their token comes through it, where no list of processes shows it, and it closes with the server,
however that ends, and the colleagues go.
"""

import os
import subprocess
import sys
import threading

from django.conf import settings
from django.utils.translation import gettext as _

from workshop.errors import Refused
from workshop.sessions.models import WorkshopSession


def is_served() -> bool:
    """Whether this server knows where it listens; one that `manage.py serve` started does."""
    return bool(settings.SERVED_AT)


def must_be_served() -> None:
    if not is_served():
        raise Refused(
            "not-served",
            _("This server can’t send simulated colleagues. Start it with “manage.py serve” or “make run”."),
        )


def start_process(session: WorkshopSession, token: str, *, people: int, pace: str) -> None:
    """`manage.py rehearse` on a rehearsal, with the token of its colleagues; what goes wrong is said in our own log."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "rehearse", session.code]
    command += ["--people", str(people), "--pace", pace, "--base-url", settings.SERVED_AT, "--token-on-stdin"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=os.environ.copy(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin is not None
    process.stdin.write(f"{token}\n".encode())
    process.stdin.flush()
    # Waited for, so that it leaves no zombie; the thread also holds the pipe.
    threading.Thread(target=process.wait, name="rehearsal", daemon=True).start()
