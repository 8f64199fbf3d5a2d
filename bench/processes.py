"""Processes under test: started on the servers' core, watched, and gone when we are, however we end."""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from bench.crowd import Crowd

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 10
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


CORES = sorted(os.sched_getaffinity(0))  # those that we may use, before we choose one


def cores() -> tuple[set[int], set[int]]:
    """The servers' core and the clients'; the same one where the machine has no other."""
    return {CORES[0]}, {CORES[-1]}


@contextmanager
def on_servers_core() -> Iterator[None]:
    """What is started within runs on the servers' core; we ourselves stay on the clients'."""
    servers, clients = cores()
    os.sched_setaffinity(0, servers)
    try:
        yield
    finally:
        os.sched_setaffinity(0, clients)


def on_all_cores() -> None:
    """Ourselves and everything that we have started, where no speed is measured."""
    for number in family(os.getpid()):
        for thread in Path(f"/proc/{number}/task").iterdir():
            with suppress(OSError):  # it has ended
                os.sched_setaffinity(int(thread.name), CORES)


def _dies_with_us() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], ready: str) -> Iterator[list[int]]:
    """Start it, wait until GET `ready` is answered, and give the ids of it and its children; end it afterwards."""
    with tempfile.TemporaryFile() as log:
        with on_servers_core():  # left at once: whoever measures would share the core with what is measured
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=_dies_with_us,
            )
        try:
            _wait(process, ready, log)
            yield family(process.pid)
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-3000:])
            raise
        finally:
            stop(process)


def _wait(process: "subprocess.Popen[bytes]", ready: str, log: object) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(ready):
        if process.poll() is not None:
            raise RuntimeError(f"It ended with {process.returncode} before it answered at {ready}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"It did not answer at {ready} in {START_SECONDS} s")
        time.sleep(0.05)


def _answers(address: str) -> bool:
    with suppress(OSError), urlopen(address, timeout=2):
        return True
    return False


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for number in reversed(family(process.pid)):
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            process.wait()


def family(number: int) -> list[int]:
    """A process and all its children."""
    found = [number]
    for thread in Path(f"/proc/{number}/task").glob("*/children"):
        with suppress(OSError):
            for child in thread.read_text().split():
                found += family(int(child))
    return found


def cpu_seconds(numbers: Sequence[int]) -> float:
    """What they and all their children have used so far, in user and system time; those that have ended too."""
    total = 0
    for number in {one for root in numbers for one in family(root)}:
        with suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15])  # its own, and that of children it has waited for
    return total / TICKS


def busy_seconds() -> float:
    """What all cores together have been busy so far, whoever kept them so."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, *interrupts = fields
    return (user + nice + system + sum(interrupts)) / TICKS


def resident_bytes(numbers: Sequence[int]) -> int:
    return sum(int(Path(f"/proc/{number}/statm").read_text().split()[1]) * PAGE for number in numbers)


class Clock:
    """From now on: wall time, the servers' CPU, our own, and that of whoever else is on the machine.

    Our own is what the clients have to do: they never sleep, but where nothing comes they could.
    """

    def __init__(self, servers: Sequence[int]) -> None:
        self.servers = servers
        self._began = self._now()

    def _now(self) -> tuple[float, float, float, float, float]:
        return time.perf_counter(), cpu_seconds(self.servers), time.process_time(), Crowd.idle, busy_seconds()

    def read(self) -> dict[str, float]:
        """Seconds, and shares of one core."""
        wall, server, client, idle, busy = (now - then for now, then in zip(self._now(), self._began, strict=True))
        wall = max(wall, 1e-9)
        return {
            "wall_s": round(wall, 3),
            "server_cpu_s": round(server, 3),
            "server_share": round(server / wall, 3),
            "client_share": round(max(0.0, client - idle) / wall, 3),
            "others_share": round(max(0.0, busy - server - client) / wall, 3),
        }
