"""Log lines for programs: one JSON object each, and nothing in it that people typed, are called, or could come in with.

An exception is told by its type and where it happened. What it says stays out: a database quotes the row that it
refuses, a parser the text that it stumbled over. Of a request the pattern of its address is told, never the address.
"""

import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse

requests = logging.getLogger("workshop.requests")
request_id: ContextVar[str] = ContextVar("request_id", default="")

# What may stand in an address that a library logs by itself: join codes, query strings, tokens behind a #.
_JOIN_CODE = re.compile(r"/j/[^\s/?#'\"]+")
_BEHIND_THE_PATH = re.compile(r"[?#][^\s'\"]+")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if id_ := request_id.get():
            line["request"] = id_
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            kind, _error, trace = record.exc_info
            line["error"] = {"type": f"{kind.__module__}.{kind.__qualname__}", "at": _places(trace)}
        return json.dumps(line, ensure_ascii=False)


class RequestsMiddleware:
    """Gives each request an id, which all lines about it carry and its answer names; and logs a line for each."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # It stays until this thread's next request: Django logs what failed after the last middleware is done.
        request_id.set(id_ := secrets.token_hex(8))
        began = time.monotonic()
        response = self.get_response(request)
        fields = {
            "method": request.method if request.method in METHODS else "other",
            "route": _route(request),
            "status": response.status_code,
            "ms": round((time.monotonic() - began) * 1000, 1),
        }
        requests.info("%(method)s %(route)s: %(status)s", fields, extra={"fields": fields})
        response["X-Request-Id"] = id_
        return response


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _route(request: HttpRequest) -> str:
    """The pattern behind an address: what stands in its place of a code or an id is left out."""
    match = request.resolver_match
    return f"/{match.route}".replace("/^", "/") if match else "(no address of ours)"


def _message(record: logging.LogRecord) -> str:
    if isinstance(request := getattr(record, "request", None), HttpRequest):
        return f"{getattr(record, 'status_code', 'Failed')} at {_route(request)}"
    if record.name == requests.name:
        return record.getMessage()
    if record.name.startswith("django.security."):
        return f"Refused: {record.name.removeprefix('django.security.')}"  # its own words quote what was sent
    # Libraries put what they hold, as it prints itself, below the first line.
    first = (record.getMessage().splitlines() or [""])[0]
    return _BEHIND_THE_PATH.sub("", _JOIN_CODE.sub("/j/…", first))


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
