"""What goes down, encoded once for everyone who gets it. README.md has the wire, message by message."""

import hashlib
import json
from typing import Any


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def panel_frame(name: str, html: str, hash_: str, revision: int) -> str:
    return encode({"t": "panel", "name": name, "rev": revision, "hash": hash_, "html": html})


def panel_hash(html: str) -> str:
    return hashlib.blake2b(html.encode(), digest_size=8).hexdigest()
