"""What is counted and timed for whoever runs the server, in the format of Prometheus.

Labels name doors, views and codes of refusals: a few dozen values, and nothing of a meeting or a person.

One process serves its own numbers. Where several share a port (`serve --workers`), PROMETHEUS_MULTIPROC_DIR names a
folder in which all of them write theirs, and whichever is asked adds them up. Containers are asked one by one.
"""

import os
from contextlib import suppress
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

# For the hub, which works in one thread.
SOCKETS = Gauge("words_sockets", "Open sockets", ["view"], multiprocess_mode="livesum")
SOCKETS_CLOSED = Counter("words_sockets_closed", "Sockets that the server closed, by the code", ["code"])
FAN_OUT_SECONDS = Histogram(
    "words_fan_out_seconds", "From a hint until every socket's outbox has what it needs", ["what"], buckets=SECONDS
)
FRAMES_WAITING = Gauge("words_frames_waiting", "Frames in all outboxes", multiprocess_mode="livesum")
PUSHES_WAITING = Gauge("words_pushes_waiting", "Changes to drafts that are not decided on", multiprocess_mode="livesum")
BEHIND = Counter("words_behind", "Times that a socket was told to ask anew because too much waited for it")


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
