"""The peers: each a small server, configured as its own documentation recommends. Here is how they are started."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import running
from tests.servers import free_port

HERE = Path(__file__).resolve().parent


@contextmanager
def node_peer(name: str) -> Iterator[tuple[int, list[int]]]:
    """Its port and processes."""
    port = free_port()
    program = shutil.which("node", path=f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        raise RuntimeError("The peers need Node 20 or newer; `make bench` sets it up.")
    environment = {**os.environ, "PORT": str(port), "NODE_ENV": "production"}
    with running([program, str(HERE / f"{name}.mjs")], environment, f"http://127.0.0.1:{port}/") as pids:
        yield port, pids
