"""What goes down, encoded once for everyone who gets it. README.md has the wire, message by message."""

import hashlib
import json
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any

FINAL_TEXT = 0x81  # the first byte of a whole text message, RFC 6455, 5.2


@dataclass(frozen=True)
class Frame:
    """One message. Whoever gets the same gets the same object: its bytes are made once."""

    text: str

    @cached_property
    def wire(self) -> bytes:
        """The message as a WebSocket frame of a server: whole, not masked, not compressed."""
        payload = self.text.encode(errors="replace")  # half a character would end the connection
        size = len(payload)
        if size < 126:
            return struct.pack("!BB", FINAL_TEXT, size) + payload
        if size < 1 << 16:
            return struct.pack("!BBH", FINAL_TEXT, 126, size) + payload
        return struct.pack("!BBQ", FINAL_TEXT, 127, size) + payload


_as_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def encode(message: dict[str, Any]) -> Frame:
    return Frame(_as_json(message))


def panel_frame(name: str, html: str, hash_: str, revision: int) -> Frame:
    return encode({"t": "panel", "name": name, "rev": revision, "hash": hash_, "html": html})


def panel_hash(html: str) -> str:
    return hashlib.blake2b(html.encode(), digest_size=8).hexdigest()
