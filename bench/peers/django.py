"""The Django peer, from Python: its database, its process, and the requests that it takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import wire
from bench.processes import ROOT, running
from bench.program import TOKEN, Engine, House
from tests.servers import free_port

SITE = "bench.peers.django_site"


@dataclass
class DjangoSite:
    port: int
    pids: list[int]
    code: str
    options: list[int]
    sessions: list[str]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def socket(self, number: int) -> bytes:
        return wire.upgrade(f"/live/{self.code}", self.host, {"Cookie": f"sessionid={self.sessions[number]}"})

    def vote(self, number: int) -> bytes:
        headers = {"Cookie": f"sessionid={self.sessions[number]}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        form = {"choices": str(self.options[number % len(self.options)])}
        return wire.request("POST", f"/vote/{self.code}", self.host, headers, form)


@contextmanager
def django_site(house: House, people: int, engine: Engine = "sqlite") -> Iterator[DjangoSite]:
    """Under uvicorn, on a database of its own, with the Redis layer for its sockets."""
    port = free_port()
    redis_url, layer = house.valkey()
    url, beside = house.fresh_database(engine)
    environment = house.environment(url, redis_url)
    environment |= {"DJANGO_SETTINGS_MODULE": f"{SITE}.settings", "BENCH_STATIC": str(house.folder / "django-static")}
    prepare = [sys.executable, "-m", f"{SITE}.prepare", str(people)]
    done = subprocess.run(prepare, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The Django peer could not be prepared:\n{done.stderr[-3000:]}")
    command = [sys.executable, "-m", "uvicorn", f"{SITE}.asgi:application", "--port", str(port)]
    command += ["--log-level", "warning", "--no-access-log"]
    with running(command, environment, f"http://127.0.0.1:{port}/healthz") as pids:
        yield DjangoSite(port, [*pids, *layer, *beside], **json.loads(done.stdout))
