"""The one strict reader of what comes in over a socket. Pure: a frame in, a dict or a reason out."""

import json
import math
from typing import Any

MAX_FRAME = 64 * 1024
MAX_DEPTH = 6
MAX_ITEMS = 2_000


class Unreadable(ValueError):
    """The frame is not one that our pages send."""


def read_frame(frame: str | bytes | None) -> dict[str, Any]:
    """A JSON object with a short text under "t". Raises Unreadable, and nothing else, whatever comes."""
    if not isinstance(frame, str):
        raise Unreadable("not text")
    if len(frame) > MAX_FRAME:
        raise Unreadable("too long")
    try:
        message = json.loads(frame, parse_int=_natural, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("t"), str):
        raise Unreadable("no type")
    _bounded(message, MAX_DEPTH, [MAX_ITEMS])
    return message


def _natural(digits: str) -> int:
    if len(digits) > 16:
        raise Unreadable("number too long")
    return int(digits)


def _number(digits: str) -> float:
    if len(digits) > 32:
        raise Unreadable("number too long")
    number = float(digits)
    if not math.isfinite(number):
        raise Unreadable("number too large")
    return number


def _no_constant(name: str) -> None:
    raise Unreadable(name)


def _bounded(value: Any, depth: int, items: list[int]) -> None:
    items[0] -= 1
    if depth < 0 or items[0] < 0:
        raise Unreadable("too deep or too much")
    if isinstance(value, dict):
        for key, item in value.items():
            _bounded(key, depth - 1, items)
            _bounded(item, depth - 1, items)
    elif isinstance(value, list):
        for item in value:
            _bounded(item, depth - 1, items)
    elif isinstance(value, str) and "\x00" in value:
        raise Unreadable("NUL")
