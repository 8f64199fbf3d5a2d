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

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 10
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


def cores() -> tuple[set[int], set[int]]:
    """The servers' core and the clients'; the same one where the machine has no other."""
    able = sorted(os.sched_getaffinity(0)) if not _all_cores else sorted(_all_cores)
    return {able[0]}, {able[-1]}


_all_cores: set[int] = set(os.sched_getaffinity(0))


@contextmanager
def on_servers_core(every: bool = False) -> Iterator[None]:
    """What is started within runs on the servers' core (or on every one); we ourselves stay on the clients'."""
    servers, clients = cores()
    os.sched_setaffinity(0, _all_cores if every else servers)
    try:
        yield
    finally:
        os.sched_setaffinity(0, clients)


def _dies_with_us() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], ready: str, every_core: bool = False
) -> Iterator[list[int]]:
    """Start it, wait until GET `ready` is answered, and give the ids of it and its children; end it afterwards."""
    with tempfile.TemporaryFile() as log, on_servers_core(every_core):
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, preexec_fn=_dies_with_us  # noqa: PLW1509
        )
        try:
            _wait(process, ready, log)
            yield family(process.pid)
        except BaseException:
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
    """What they have used so far, in user and system time."""
    total = 0
    for number in numbers:
        with suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_bytes(numbers: Sequence[int]) -> int:
    return sum(int(Path(f"/proc/{number}/statm").read_text().split()[1]) * PAGE for number in numbers)


class Clock:
    """Wall time, the servers' CPU and our own, from now on."""

    def __init__(self, servers: Sequence[int]) -> None:
        self.servers = servers
        self._began = (time.perf_counter(), cpu_seconds(servers), time.process_time())

    def read(self) -> dict[str, float]:
        wall, server, client = self._began
        passed = max(time.perf_counter() - wall, 1e-9)
        server, client = cpu_seconds(self.servers) - server, time.process_time() - client
        return {
            "wall_s": round(passed, 3),
            "server_cpu_s": round(server, 3),
            "server_share": round(server / passed, 3),
            "client_share": round(client / passed, 3),
        }
