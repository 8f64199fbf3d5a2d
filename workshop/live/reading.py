"""The one strict reader of what comes in over a socket. Pure: a frame in, a dict or a reason out."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

MAX_FRAME = 64 * 1024
MAX_DEPTH = 6
MAX_ITEMS = 2_000
MAX_FIELDS = 40
MAX_SEQ = 2**53
CLIENT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DOOR = re.compile(r"[a-z0-9-]{1,30}")


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


@dataclass(frozen=True)
class Command:
    """What a POST to a door brings: the door, the envelope, and the form's fields as a form has them."""

    door: str
    client: UUID
    seq: int
    fields: dict[str, str]


def read_command(message: dict[str, Any]) -> Command:
    """A message that read_frame gave. Raises Unreadable."""
    match message:
        case {"door": str(door), "client": str(client), "seq": int(seq), "fields": dict(fields)}:
            known = DOOR.fullmatch(door) and CLIENT.fullmatch(client) and 1 <= seq <= MAX_SEQ and type(seq) is int
            if (
                known
                and len(fields) <= MAX_FIELDS
                and all(_is_text(value) for pair in fields.items() for value in pair)
            ):
                return Command(door, UUID(client), seq, fields)
    raise Unreadable("no command")


def _is_text(value: Any) -> bool:
    """A text that a form could bring: without half a character."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value))


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
