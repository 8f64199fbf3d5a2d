"""Static files: what phones fetch is kept in memory, with its head, as it was answered the first time.

They are small, and their names hold a hash of them. Whatever is asked in another way than a page asks (for a part,
for the head alone, whether it has changed) goes on to ServeStatic, which reads the file from the page cache.
"""

from functools import lru_cache
from typing import Any
from wsgiref.headers import Headers

from servestatic import ServeStaticASGI
from servestatic.utils import parse_accept_encoding

MOST_KEPT = 16 * 1024 * 1024  # bytes; all files in all their encodings are fewer
OPEN_FILE = "http.response.zerocopysend"  # what is sent is an open file, and which part of it
CONDITIONS = {b"range", b"if-modified-since", b"if-none-match"}
ENCODINGS = {"br", "gzip", "zstd"}  # those that a file may lie there in: so each has few variants, whoever asks

Answer = tuple[dict[str, Any], dict[str, Any]]  # head and body, as ASGI events
Key = tuple[str, frozenset[str]]


class Files:
    def __init__(self, site: Any, root: Any, url: str) -> None:
        """`site` answers what is no file."""
        self.url = url
        self.kept: dict[Key, Answer] = {}
        self.bytes_kept = 0
        self._files = ServeStaticASGI(site, root, url, add_headers_function=_harden)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        key = self._key(scope)
        if key in self.kept:
            for event in self.kept[key]:
                await send(event)
            return
        sent: list[dict[str, Any]] = []

        async def send_read(event: dict[str, Any]) -> None:
            if event["type"] == OPEN_FILE:
                event["file"].seek(event["offset"])
                event = {"type": "http.response.body", "body": event["file"].read(event.get("count", -1))}
            sent.append(event)
            await send(event)

        await self._files({**scope, "extensions": {OPEN_FILE: {}}}, receive, send_read)
        if key and scope["path"] in self._files.files:
            self._keep(key, sent)

    def _key(self, scope: Any) -> Key | None:
        """None: only ServeStatic knows what to answer."""
        accepted = ""
        for name, value in scope["headers"]:
            if name in CONDITIONS:
                return None
            if name == b"accept-encoding":
                accepted = value.decode("latin-1")
        return (scope["path"], _encodings(accepted)) if scope["method"] == "GET" else None

    def _keep(self, key: Key, sent: list[dict[str, Any]]) -> None:
        match sent:
            case [{"status": 200} as head, {"body": body} as only] if self.bytes_kept + len(body) <= MOST_KEPT:
                if key not in self.kept:  # nobody else has asked for it meanwhile
                    self.bytes_kept += len(body)
                    self.kept[key] = (head, only)


@lru_cache(maxsize=256)
def _encodings(accepted: str) -> frozenset[str]:
    return frozenset(ENCODINGS & parse_accept_encoding(accepted))


def _harden(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
