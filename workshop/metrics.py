"""What is counted and timed for whoever runs the server, in the format of Prometheus.

Labels name doors, views and codes of refusals: a few dozen values, and nothing of a meeting or a person.

One process serves its own numbers. Where several share a port (`serve --workers`), PROMETHEUS_MULTIPROC_DIR names a
folder in which all of them write theirs, and whichever is asked adds them up. Containers are asked one by one.
"""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import REGISTRY

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name; it is read when this module is loaded
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

COMMAND_SECONDS = Histogram(
    "words_command_seconds",
    "From a command's arrival behind its door until it is committed or refused; a push to a draft is one too",
    ["door"],
    buckets=SECONDS,
)
REFUSED = Counter("words_refused", "Commands that were answered with a refusal, by its code", ["code"])
JOINED = Counter("words_joined", "People who came in, and people who moved to another phone", ["how"])
PANEL_SECONDS = Histogram(
    "words_panels_seconds", "Drawing all panels of one view for one language", ["view"], buckets=SECONDS
)
PANELS = Counter("words_panels", "Panels drawn", ["view"])
CSP_REPORTS = Counter("words_csp_reports", "Reports of browsers that something was kept from a page")

# From the hub, which knows nothing of this module: see `observe`.
FAN_OUT_SECONDS = Histogram(
    "words_fan_out_seconds", "From a meeting's drawing until every socket was given what it lacks", buckets=SECONDS
)
COMMANDS_AT_ONCE = Histogram(
    "words_commands_at_once", "Commands by socket that were saved in one transaction", buckets=(1, 2, 5, 10, 20, 50)
)
STANDS = {
    "sockets": Gauge("words_sockets", "Open sockets", multiprocess_mode="livesum"),
    "meetings": Gauge("words_meetings", "Meetings that somebody watches", multiprocess_mode="livesum"),
    "commands_waiting": Gauge(
        "words_commands_waiting", "Commands by socket that are not answered yet", multiprocess_mode="livesum"
    ),
    "pushes_waiting": Gauge(
        "words_pushes_waiting", "Changes to drafts by socket that are not decided on yet", multiprocess_mode="livesum"
    ),
    "frames_waiting": Gauge("words_frames_waiting", "Frames that browsers are behind", multiprocess_mode="livesum"),
    "drawings": Gauge(
        "words_drawings",
        "Drawings, and readings of what is people's own, that are due or under way",
        multiprocess_mode="livesum",
    ),
}


def observe(what: str, amount: float, of: str = "", /) -> None:
    """What the hub tells: how it stands every few seconds, and how long things took."""
    match what:
        case "fan_out_seconds":
            FAN_OUT_SECONDS.observe(amount)
        case "command_seconds":
            _command_seconds(of).observe(amount)
        case "commands_at_once":
            COMMANDS_AT_ONCE.observe(amount)
        case _:
            STANDS[what].set(amount)


@cache
def _command_seconds(door: str) -> Histogram:
    """Kept: to find it takes as long as to count. The hub's doors are those that there are."""
    return COMMAND_SECONDS.labels(door)


def text() -> bytes:
    """All numbers of this process, or of all that share its folder."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)
    return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """The gauges of a process that was killed would count for ever; what it counted goes on counting."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another process asked at the same time
                mark_process_dead(pid, str(folder))
        except PermissionError:
            continue
