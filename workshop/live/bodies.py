"""A request's head of bounded size, and its body, whole before a thread is taken for it.

There are a few threads for everyone (http.py). One that reads a body waits for whoever sends it: eight phones that
leave the Wi-Fi in the middle of a word, or one that means harm, and nobody would be answered any more.
"""

import asyncio
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MOST_BYTES = 128 * 1024  # a form is half of that at most; what is a little beyond gets a page that says so
PATIENCE = 20.0  # seconds for all of it

MOST_OF_HEAD = 64 * 1024  # bytes; all of it is looked at several times: 5 MB stop a process for seconds

OF_A_BODY = (b"content-length", b"transfer-encoding")  # RFC 9112, 6: without either there is none

TOO_SLOW, TOO_LARGE, HEAD_TOO_LARGE = 408, 413, 431

WHY = {
    TOO_SLOW: gettext_noop("This took too long to arrive. Go back and send it again."),
    TOO_LARGE: gettext_noop("This is too long to take. Go back, shorten it and send it again."),
    HEAD_TOO_LARGE: gettext_noop("Your browser sent too much about itself. Clear this site's cookies and try again."),
}


async def with_whole_body(app: Any, scope: Any, receive: Any, send: Any) -> None:
    """Run an ASGI application that finds the body there, or answer in its place."""
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_OF_HEAD:
        await _refuse(send, HEAD_TOO_LARGE)
        return
    if not any(name in OF_A_BODY for name, _value in scope["headers"]):
        await app(scope, receive, send)
        return
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(PATIENCE):
            while more:
                event = await receive()
                if event["type"] == "http.disconnect":
                    return
                body += event.get("body", b"")
                more = event.get("more_body", False)
                if len(body) > MOST_BYTES:
                    await _refuse(send, TOO_LARGE)
                    return
    except TimeoutError:
        await _refuse(send, TOO_SLOW)
        return
    read = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def receive_read() -> Any:
        return read.pop() if read else await receive()

    await app(scope, receive_read, send)


async def _refuse(send: Any, status: int) -> None:
    body = _(WHY[status]).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    headers.append((b"connection", b"close"))  # so that the rest of it is not waited for
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
