"""What goes over a connection, as bytes: WebSocket frames (RFC 6455) and HTTP/1.1. Pure.

A client's frames must be masked; with a mask of zeros the bytes stay as they are, and the server unmasks all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_NO_MASK = b"\0\0\0\0"


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One masked frame, as a client sends it."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    elif length < 65536:
        head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 0x80 | 127)) + length.to_bytes(8, "big")
    return head + _NO_MASK + payload


def read_frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames that a server sent, each as (opcode, payload), and the rest. Fragments are not joined."""
    frames = []
    at, end = 0, len(data)
    while end - at >= 2:
        length, start = data[at + 1] & 0x7F, at + 2
        if length == 126:
            if end - at < 4:
                break
            length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        elif length == 127:
            if end - at < 10:
                break
            length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
        if start + length > end:
            break
        frames.append((data[at] & 0x0F, data[start : start + length]))
        at = start + length
    return frames, data[at:] if at else data


def upgrade(path: str, host: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The request that makes a WebSocket of a connection."""
    fixed = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Origin": f"http://{host}",
    }
    return _head("GET", path, {**fixed, **(headers or {})})


def request(
    method: str,
    path: str,
    host: str,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> bytes:
    if form is None:
        return _head(method, path, {"Host": host, **(headers or {})})
    body = urlencode(form).encode()
    typed = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return _head(method, path, {"Host": host, **typed, **(headers or {})}) + body


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]  # names in small letters
    body: bytes
    size: int  # bytes, head and body as they came

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def cookies(self) -> dict[str, str]:
        pairs = [value.split(";")[0].split("=", 1) for key, value in self.headers if key == "set-cookie"]
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def read_answer(data: bytes) -> tuple[Answer | None, bytes]:
    """The first whole answer in what has come, and the rest; None while it is not whole."""
    head_end = data.find(b"\r\n\r\n")
    if head_end < 0:
        return None, data
    first, *lines = data[:head_end].decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    known = dict(headers)
    start = head_end + 4
    if status < 200 or status in (204, 304):
        body, end = b"", start
    elif "chunked" in known.get("transfer-encoding", ""):
        chunks = _read_chunks(data, start)
        if chunks is None:
            return None, data
        body, end = chunks
    else:
        end = start + int(known.get("content-length", "0"))
        if len(data) < end:
            return None, data
        body = data[start:end]
    return Answer(status, headers, body, end), data[end:]


def _read_chunks(data: bytes, at: int) -> tuple[bytes, int] | None:
    body = b""
    while True:
        line_end = data.find(b"\r\n", at)
        if line_end < 0:
            return None
        length, start = int(data[at:line_end].split(b";")[0], 16), line_end + 2
        if len(data) < start + length + 2:
            return None
        body, at = body + data[start : start + length], start + length + 2
        if length == 0:
            return body, at
