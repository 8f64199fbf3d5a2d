"""A request on a connection of its own: in httpx's pool, the time that hundreds need who ask at the same moment grows
with their square."""

import asyncio
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from workshop.rehearsal.address import Address

PATIENCE_SECONDS = 20


async def ask(
    address: Address, method: str, path: str, headers: dict[str, str], fields: dict[str, Any] | None
) -> httpx.Response:
    """Raises httpx.TransportError where no answer comes to its end."""
    to, body = urlsplit(address.connect), urlencode(fields or {}).encode()
    headers = {"Host": urlsplit(address.origin).netloc, "Origin": address.origin, "Connection": "close"} | headers
    headers["Accept-Language"] = "en"
    if method == "POST":
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(to.hostname, to.port)
            try:
                writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
                answer = _whole(await reader.read())
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError) as error:
        raise httpx.ReadError(str(error)) from error
    answer.request = httpx.Request(method, f"{address.connect}{path}")
    return answer


def _whole(raw: bytes) -> httpx.Response:
    head, end, content = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = httpx.Headers([(name, value.strip()) for name, _colon, value in (line.partition(":") for line in lines)])
    if not end or len(content) < int(headers.get("content-length", 0)):
        raise httpx.RemoteProtocolError("the answer was cut off")
    return httpx.Response(int(first.split()[1]), headers=headers, content=content)
