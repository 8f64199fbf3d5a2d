"""The load client reads bytes by itself: cut anywhere, they are the same frames and answers."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from bench.wire import Answer, frame, read_answer, read_frames, request


def from_server(*payloads: bytes) -> bytes:
    """Frames as a WebSocket library writes them."""
    return b"".join(Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536])
def test_frames_of_every_length_are_read(size: int) -> None:
    payload = b"x" * size
    assert read_frames(from_server(payload, b"next")) == ([(1, payload), (1, b"next")], b"")


def test_what_is_not_whole_waits() -> None:
    """However many bytes have come: none, some, all but one."""
    whole = from_server(b"a" * 300, b"b" * 5)
    for cut in range(len(whole)):
        first, rest = read_frames(whole[:cut])
        second, left = read_frames(rest + whole[cut:])
        assert (first + second, left) == ([(1, b"a" * 300), (1, b"b" * 5)], b"")


@pytest.mark.parametrize("size", [0, 125, 126, 65536])
def test_a_library_reads_our_frames(size: int) -> None:
    server = ServerProtocol(max_size=None)
    server.state = server.state.OPEN
    server.parser = server.parse()
    next(server.parser)
    server.receive_data(frame(b"y" * size))
    (event,) = server.events_received()
    assert isinstance(event, Frame)
    assert event.data == b"y" * size


ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n\r\nhello"
    b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    b"HTTP/1.1 304 Not Modified\r\n\r\n"
)


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_answers_are_read_however_they_are_cut(step: int) -> None:
    got: list[Answer] = []
    rest = b""
    for at in range(0, len(ANSWERS), step):
        rest += ANSWERS[at : at + step]
        while rest:
            answer, rest = read_answer(rest)
            if answer is None:
                break
            got.append(answer)
    assert [(answer.status, answer.body) for answer in got] == [
        (200, b"hello"),
        (302, b""),
        (200, b"abcde"),
        (304, b""),
    ]
    assert got[0].cookies() == {"a": "1", "b": "2"}
    assert got[1].header("location") == "/x"
    assert sum(answer.size for answer in got) == len(ANSWERS)


def test_a_form_is_encoded() -> None:
    sent = request("POST", "/do", "h:1", {"Cookie": "a=1"}, {"body": "a b&c"})
    head, body = sent.split(b"\r\n\r\n")
    assert body == b"body=a+b%26c"
    assert b"Content-Length: 12" in head and b"Host: h:1" in head and b"Cookie: a=1" in head
