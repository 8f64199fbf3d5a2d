"""manage.py serve: the server, and the few lines that a facilitator needs to begin a meeting."""

import errno
import io
import logging
import os
import signal
import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from ipaddress import ip_address
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NoReturn
from urllib.parse import urlsplit

import segno
import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from uvicorn.supervisors import Multiprocess

from workshop import metrics
from workshop.accounts.commands import issue_sign_in_link
from workshop.live.direct import DirectProtocol
from workshop.live.heads import BoundedProtocol

LOCAL_FACILITATOR = "facilitator@localhost"
# The largest thing a browser sends is one person's whole text; the forms behind have smaller limits of their own.
LARGEST_FRAME_BYTES = 64 * 1024
GRACE_SECONDS = 3
SUGGESTED_PORTS = 20


class Command(BaseCommand):
    help = "Serve the site, and print the addresses and the sign-in link that a meeting begins with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000)
        parser.add_argument("--host", default="0.0.0.0", help="the address to listen on; by default every one")  # noqa: S104
        parser.add_argument("--workers", type=int, default=1, help="processes; more than one needs REDIS_URL")
        parser.add_argument("--access-log", action="store_true", help="a line for each request")
        parser.add_argument(
            "--proxy",
            metavar="ADDRESSES",
            help="believe what a reverse proxy at these addresses (10.0.0.0/8, or *) says of scheme and client",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # uvicorn stops in order on either signal, and then raises it again for whoever started it: that is us.
        signal.signal(signal.SIGTERM, stop)
        with suppress(KeyboardInterrupt):
            self.serve(**options)
        self.stdout.write("\nStopped. All that was saved is kept.")

    def serve(self, **options: Any) -> None:
        port, workers = options["port"], options["workers"]
        if workers < 1:
            self.refuse("--workers must be 1 or more.")
        if workers > 1 and not settings.REDIS_URL:
            self.refuse(
                f"{workers} processes need REDIS_URL, or people in one would not see what happens in another. "
                "Set it, or start one process: one holds a large meeting."
            )
        # Bound here, so that a port that is taken is found before anything is printed.
        listener = self.listen(options["host"], port)
        try:
            self.greet(port)
        except DatabaseError as error:
            self.refuse(f"The database does not answer as it should ({first_line(error)}). `make run` sets it up.")
        connections.close_all()
        # A rehearsal’s colleagues come in here; processes that uvicorn starts read it from the environment.
        settings.SERVED_AT = os.environ["SERVED_AT"] = own_address(options["host"], port)

        if options["access_log"]:
            os.environ["ACCESS_LOG"] = "1"  # for processes that uvicorn starts
            logging.getLogger("workshop.requests").setLevel(logging.INFO)

        config = uvicorn.Config(
            "workshop.asgi:application",
            workers=workers,
            log_config=None,  # LOGGING in the settings holds for the server too
            log_level="warning",
            access_log=False,  # it tells whole addresses; ours (workshop/logs.py) tells their patterns
            server_header=False,
            proxy_headers=bool(options["proxy"]),
            forwarded_allow_ips=options["proxy"],
            http=BoundedProtocol,
            ws=DirectProtocol,
            ws_max_size=LARGEST_FRAME_BYTES,
            ws_per_message_deflate=False,  # costs each socket 100 KB and ten times the work; panels are small
            lifespan="on",  # the hub starts and ends with the server: a failure there is one of the server
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        if workers > 1:
            with TemporaryDirectory(prefix="words-metrics-") as folder:
                os.environ.setdefault(metrics.FOLDER, folder)  # whichever process is asked adds up all of them
                Multiprocess(config, sockets=[listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])

    # ---- before the server runs

    def listen(self, host: str, port: int) -> socket.socket:
        try:
            return bound_socket(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                free = next((p for p in range(port + 1, min(port + SUGGESTED_PORTS, 65536)) if can_bind(host, p)), None)
                way_out = f"Take another: make run PORT={free}" if free else "Take another with make run PORT=…"
                self.refuse(f"Port {port} is already taken by another program on this machine. {way_out}")
            if error.errno == errno.EACCES:
                self.refuse(f"This machine keeps port {port} for its administrator. Take another: make run PORT=8000")
            self.refuse(f"Can't listen on {host}, port {port}: {os.strerror(error.errno or 0)}.")

    def greet(self, port: int) -> None:
        if settings.PUBLIC_URL:
            # A server for many: no sign-in link in its logs.
            self.stdout.write(f"Serving {settings.PUBLIC_URL} from port {port}.")
            return
        token = issue_sign_in_link(LOCAL_FACILITATOR)
        here, phones = f"http://localhost:{port}", [f"http://{address}:{port}/" for address in private_addresses()]
        if settings.LAN_ADDRESS_SET:
            phones = [f"http://{settings.LAN_ADDRESS_SET}/"]
        # The QR code on the screen leads here; processes that uvicorn starts read it from the environment.
        settings.LAN_ADDRESS = os.environ["LAN_ADDRESS"] = urlsplit(phones[0] if phones else here).netloc
        self.stdout.write("\n  In Our Own Words\n")
        self.stdout.write(f"  On this laptop            {here}/")
        self.stdout.write(f"  On phones, same Wi-Fi     {phones[0] if phones else 'no network: join one, start again'}")
        for other in phones[1:]:
            self.stdout.write(f"                       or   {other}")
        self.stdout.write(f"\n  Sign in as facilitator (once, within 15 minutes):\n  {here}/accounts/enter/#{token}\n")
        if phones and self.stdout.isatty():
            self.stdout.write(terminal_code(phones[0]))
        self.stdout.write("  Ctrl-C stops it.\n")
        self.stdout.flush()

    def refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(1)


def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def port_number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"{text!r} is no port: a port is a number from 1 to 65535")
    return int(text)


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


# ---- addresses


def bound_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by its number: only then asyncio sets TCP_NODELAY on what is accepted here. Without it whatever is written in
    # two parts (a page and its head, a panel and what is mine) waits 40 ms for the other side to acknowledge the first.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Without this a restart would have to wait a minute for the last run's connections to be forgotten.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
        listener.set_inheritable(True)
    except OSError:
        listener.close()
        raise
    return listener


def can_bind(host: str, port: int) -> bool:
    try:
        bound_socket(host, port).close()
    except OSError:
        return False
    return True


def own_address(host: str, port: int) -> str:
    """Where this machine reaches its own server."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104
        return f"http://127.0.0.1:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def private_addresses() -> list[str]:
    """This machine's own IPv4 addresses on local networks, the likeliest first."""
    # The first stands for the internet: its route goes through the Wi-Fi. The rest are where local networks often are.
    targets = ["198.51.100.1", "192.168.0.1", "192.168.1.1", "10.0.0.1", "172.16.0.1"]
    found = [address for target in targets if (address := source_address(target))]
    with suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [a for a in dict.fromkeys(found) if ip_address(a).is_private and not ip_address(a).is_loopback]


def source_address(target: str) -> str | None:
    """The address this machine would send from. Connecting a UDP socket only chooses a route: nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((target, 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def terminal_code(address: str) -> str:
    """A QR code of half blocks, white on black whatever the terminal's colors: many phones can't read the reverse."""
    out = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(out, border=2, compact=True)
    return "".join(f"  \033[97;40m{line}\033[0m\n" for line in out.getvalue().splitlines())
