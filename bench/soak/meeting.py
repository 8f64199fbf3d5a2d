"""One meeting of the soak: a desk that leads it from its first step to its last, and people who do what it asks.

The people are the program's own simulated colleagues. Each has a second page open, which is a phone of the fault tests:
it sends by socket, and takes another device now and then. A screen is on, and some sockets never read.
"""

import asyncio
import contextlib
import re
import socket
import struct
from collections import Counter
from collections.abc import Awaitable
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection

from bench import wire
from bench.program import TOKEN
from tests.faults.phones import FaultyPhone
from workshop.rehearsal.colleagues.browser import Browser, Over, Server
from workshop.rehearsal.colleagues.colleague import Colleague
from workshop.rehearsal.colleagues.pace import Pace
from workshop.rehearsal.colleagues.script import cast
from workshop.rehearsal.colleagues.steering import Steering

AGENDAS = ("huddle", "department-meeting")
PEOPLE = 8
PACE = Pace(30)  # times quicker than people are
FIDGET_SECONDS = (2.0, 10.0)  # between two commands of a second page
MOVES = 0.1  # of those commands: to another device
MUTE_SECONDS = (20.0, 90.0)  # after which one that never reads is cut, if the server has not dropped it by then
COME_BACK_SECONDS = 20.0
AFTERWARDS_SECONDS = 3.0  # that everyone stays to see what was sealed
CODE = re.compile(r'code-s">([^<]+)<')
HELLO = wire.frame(b'{"t":"hello","have":{}}')
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: no goodbye, not even of the kernel


class Meeting:
    """`happened` counts what was done, over all meetings of a stack."""

    def __init__(self, server: Server, signed_in: str, number: int, happened: Counter[str]) -> None:
        self.server, self.number, self.happened = server, number, happened
        self.rng = Random(number)
        self.desk = Steering(server, "", PACE, Random(number))
        self.desk.cookies = {"sessionid": signed_in, "csrftoken": TOKEN}
        self.colleagues = [
            Colleague(server, part, PACE, Random(f"{number} {part.name}"))
            for part in cast(PEOPLE, seed=number, customer="guest")
        ]
        self.screen = Browser(server, self.rng)
        self.screen.view = "screen"
        self.seconds: list[FaultyPhone] = []  # pages of those who are in
        self.faults: list[str] = []

    def pages(self) -> list[Browser]:
        """Those whose socket is open now."""
        everyone: list[Browser] = [self.desk, self.screen, *self.colleagues, *self.seconds]
        return [page for page in everyone if page.connection is not None]

    async def run(self) -> None:
        """To its end. Cancelled, everyone leaves in the middle of it."""
        code = await self._set_up()
        jobs = [asyncio.create_task(self._keep(job)) for job in (self.desk.watch(), self.screen.watch())]
        jobs += [asyncio.create_task(self._keep(one.live(code, ""))) for one in self.colleagues]
        jobs += [asyncio.create_task(self._second_page(one)) for one in self.colleagues]
        jobs += [asyncio.create_task(self._mute(view)) for view in ("desk", "phone")]
        leading = asyncio.create_task(self.desk.lead(PEOPLE))
        try:
            await asyncio.wait({leading, *jobs[:2]}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(AFTERWARDS_SECONDS)
            if leading.done():
                leading.result()
                self.happened["meetings"] += any(press.act in ("seal", "end") for press in self.desk.presses)
        finally:
            for task in (leading, *jobs):
                task.cancel()
            ends = await asyncio.gather(leading, *jobs, return_exceptions=True)
            self.faults += [repr(end) for end in ends if isinstance(end, Exception)]
            self.faults += [fault for one in self.colleagues for fault in one.faults]
            pages: list[Browser] = [self.desk, *self.colleagues]
            self.happened["commands"] += sum(len(one.sent) for one in pages)

    async def _set_up(self) -> str:
        fields = {"title": f"Meeting {self.number}", "agenda": AGENDAS[self.number % 2], "customer_word": "guest"}
        answer = await self.desk.request("POST", "/meetings/new/", fields)
        self.desk.public_id = self.screen.public_id = answer.headers["location"].split("/")[2]
        self.screen.cookies = dict(self.desk.cookies)
        await self.desk.do("door", door="open")
        page = (await self.desk.request("GET", self.desk.base)).text
        found = CODE.search(page)
        assert found, "the desk shows no code"
        return "".join(letter for letter in found[1] if letter.isalnum())

    async def _keep(self, job: Awaitable[Any]) -> None:
        with contextlib.suppress(Over):
            await job

    # ---- second pages, devices

    async def _second_page(self, person: Colleague) -> None:
        while not person.public_id:  # noqa: ASYNC110  # still at the door
            await asyncio.sleep(0.5)
        phone, staying = self._open(person, person.cookies)
        try:
            while True:
                await asyncio.sleep(self.rng.uniform(*FIDGET_SECONDS))
                if self.rng.random() >= MOVES:
                    await phone.deliver("rename-me", name=person.part.name)
                elif cookies := await self._moved(phone):
                    self.seconds.remove(phone)
                    staying.cancel()
                    phone, staying = self._open(person, cookies)
                    self.happened["changes of device"] += 1
                self.happened["commands"] += 1
        finally:
            self.seconds.remove(phone)
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)

    def _open(self, person: Colleague, cookies: dict[str, str]) -> "tuple[FaultyPhone, asyncio.Task[None]]":
        phone = FaultyPhone(self.server, Random(self.rng.random()))
        phone.cookies, phone.public_id = dict(cookies), person.public_id
        self.seconds.append(phone)
        return phone, asyncio.create_task(phone.stay())

    async def _moved(self, phone: FaultyPhone) -> dict[str, str]:
        """The cookies of another device, on which the same person is now; none once the meeting is over."""
        answer = await phone.deliver("move-code")
        if not answer["ok"]:
            return {}
        other = Browser(self.server, self.rng)
        address = f"/j/{answer['move_code']}"
        await other.request("GET", address)
        moved = await other.request("POST", address)
        assert moved.status_code == 302, f"a code for another phone was answered with {moved.status_code}"
        return other.cookies

    # ---- those who never read

    async def _mute(self, view: str) -> None:
        """They say hello all the time, which would bring them every panel anew, and take none of it."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            page = self.desk if view == "desk" else self.colleagues[0]
            if not page.public_id:
                continue
            with socket.socket() as mute:
                mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                mute.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                mute.setblocking(False)
                port = int(self.server.address.connect.rpartition(":")[2])
                try:
                    await loop.sock_connect(mute, ("127.0.0.1", port))
                    cookie = {"Cookie": page.cookie_header()}
                    await loop.sock_sendall(mute, wire.upgrade(f"{page.base}live", f"127.0.0.1:{port}", cookie))
                    await loop.sock_recv(mute, 512)
                    self.happened["sockets that never read"] += 1
                    until = loop.time() + self.rng.uniform(*MUTE_SECONDS)
                    while loop.time() < until:
                        await loop.sock_sendall(mute, HELLO)
                        await asyncio.sleep(1)
                except OSError:
                    self.happened["of them dropped by the server"] += 1


# ---- cuts


async def cut(page: Browser, rng: Random) -> bool:
    """Cut its socket in one of three ways, and wait until it is back with another one. False: it did not come."""
    connection = page.connection
    if connection is None:
        return False
    match rng.choice(("reset", "gone", "goodbye")):
        case "reset":
            reset(connection)
        case "gone":
            connection.transport.abort()  # the kernel's FIN, and no frame
        case "goodbye":
            with contextlib.suppress(OSError):
                await connection.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(COME_BACK_SECONDS):
            while page.connection in (None, connection):  # noqa: ASYNC110  # a browser has no event for it
                await asyncio.sleep(0.05)
            return True
    return False


def reset(connection: ClientConnection) -> None:
    connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.transport.abort()
