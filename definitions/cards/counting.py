"""Equal cards counted once, with their number. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from workshop.plain_text import skeleton


@dataclass(frozen=True)
class Counted:
    body: str
    count: int
    ids: tuple[str, ...]


def counted(cards: Iterable[tuple[str, str]]) -> list[Counted]:
    """(id, body) pairs → one entry for all that look alike, under its most frequent spelling; most named first."""
    alike: dict[str, list[tuple[str, str]]] = {}
    for id_, body in cards:
        alike.setdefault(skeleton(body) or body, []).append((id_, body))
    entries = []
    for group in alike.values():
        bodies = [body for _id, body in group]
        spelling = max(dict.fromkeys(bodies), key=bodies.count)
        entries.append(Counted(spelling, len(group), tuple(id_ for id_, _body in group)))
    return sorted(entries, key=lambda entry: (-entry.count, skeleton(entry.body)))
