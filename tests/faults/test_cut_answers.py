"""An answer that is cut at every byte: sent again, the command has had exactly one effect."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import httpx
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.faults.proxy import Proxy, Weather
from tests.faults.scale import scaled
from tests.live.meeting import Desk, Phone

pytestmark = pytest.mark.faults

EVERY = scaled(29, 1)  # byte of the answer
TLS = httpx.create_ssl_context()  # unused here; but each client would make its own, which takes longer than the rest

Figure = Callable[[str, Any], None]


@pytest.fixture
def codes(desk: Desk, ada: Phone) -> Callable[[], int]:
    """How many codes for moving to another phone there are: each time that command runs, it makes one more."""
    session = desk.newest("id", "workshop_sessions_workshopsession")
    count = "SELECT count(*) FROM workshop_sessions_capability WHERE session_id = %s AND scope = 'move-device'"
    return lambda: int(desk.sql(count, session)[0][0])


def by_post(ada: Phone, base_url: str, seq: int) -> httpx.Response:
    with httpx.Client(base_url=base_url, cookies=ada.http.cookies, timeout=10, verify=TLS) as http:
        token = next(cookie.value for cookie in http.cookies.jar if cookie.name == "csrftoken")
        fields = {"client": ada.client, "seq": str(seq)}
        return http.post(f"{ada.base}do/move-code", data=fields, headers={"X-CSRFToken": token})


def test_of_a_post(desk: Desk, ada: Phone, codes: Callable[[], int], rng: Random, figure: Figure) -> None:
    with Proxy(desk.stack.base_url, rng) as proxy:
        whole = by_post(ada, proxy.base_url, 1)
        head = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in whole.headers.items()), ""]
        length = len("\r\n".join(head)) + len("\r\n") + len(whole.content)
        offsets = list(range(0, length, EVERY))
        for seq, offset in enumerate(offsets, 2):
            proxy.weather = Weather(cut_after=offset)
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                by_post(ada, proxy.base_url, seq)
            proxy.weather = Weather()
            again = by_post(ada, proxy.base_url, seq).json()
            assert again["ok"] and again["move_code"], again
            assert codes() == seq, f"cut after byte {offset} of {length}"
    assert proxy.cuts == len(offsets)
    figure("bytes of the answer", length)
    figure("cuts, each with one effect", len(offsets))


def test_of_a_socket(desk: Desk, ada: Phone, codes: Callable[[], int], rng: Random, figure: Figure) -> None:
    """The bytes of the answer are counted from where nothing else was on its way."""
    with Proxy(desk.stack.base_url, rng) as proxy:
        length, _answer = cut_socket(ada, proxy, 1, None)
        offsets = list(range(0, length, EVERY))
        for seq, offset in enumerate(offsets, 2):
            _got, answer = cut_socket(ada, proxy, seq, offset)
            assert answer is None, f"cut after byte {offset} of {length}: {answer}"
            proxy.weather = Weather()
            again = by_post(ada, proxy.base_url, seq).json()  # as a page does it
            assert again["ok"] and again["move_code"], again
            assert codes() == seq, f"cut after byte {offset} of {length}"
    figure("bytes of the answer", length)
    figure("cuts, each with one effect", len(offsets))


def cut_socket(ada: Phone, proxy: Proxy, seq: int, offset: int | None) -> tuple[int, dict[str, Any] | None]:
    """A command by a new socket. Its answer's length in bytes and the answer, where it was not cut before its end."""
    proxy.weather = Weather()
    headers = {"Cookie": ada.cookie_header(ada.stack.base_url)}
    address = f"ws://127.0.0.1:{proxy.port}{ada.base}live"
    with connect(
        address, origin=proxy.base_url, additional_headers=headers, compression=None, close_timeout=0.1
    ) as wire:
        greeted(wire)
        (way,) = proxy.ways
        before = way.down
        if offset is not None:
            proxy.weather = Weather(cut_after=offset, cut_skips=before)
        message = {"t": "do", "door": "move-code", "client": ada.client, "seq": seq, "fields": {}}
        wire.send(json.dumps(message))
        try:
            while True:
                told = json.loads(wire.recv(10))
                if told["t"] == "answer":
                    return way.down - before, told["answer"]
        except WebSocketException:
            return way.down - before, None


def greeted(wire: ClientConnection) -> None:
    wire.send(json.dumps({"t": "hello", "have": {}}))
    while json.loads(wire.recv(10))["t"] != "mine":
        pass
