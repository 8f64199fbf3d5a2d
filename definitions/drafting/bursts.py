"""Pushes that are taken together, under one lock of their draft: what is read once for all of them.

Of a draft what workshop.sessions.bursts is of a session.
"""

from collections.abc import Iterable
from functools import cached_property

from django.db.models import Max

from workshop.sessions.models import Participant

from .authority import Row
from .models import Draft, DraftRow
from .queries import read_rows


class Burst:
    """Of a draft that is locked, which keeps everyone else from adding rows meanwhile. Those of the burst are added."""

    def __init__(self, draft: Draft, people: Iterable[int] = (), clients: Iterable[str] = ()) -> None:
        self.draft = draft
        self._people_wanted, self._clients_wanted = set(people), set(clients)
        self._after = draft.version
        self._rows: list[Row] = []
        self.unsaved: list[DraftRow] = []

    @cached_property
    def is_open(self) -> bool:
        last = self.draft.step.rounds.last()
        return last is not None and last.is_open and self.draft.step.session.ended_at is None

    @cached_property
    def people(self) -> dict[int, Participant]:
        return Participant.objects.in_bulk(self._people_wanted)

    @cached_property
    def _pens(self) -> set[int]:
        return set(self.draft.pen_rows.values_list("participant_id", flat=True))

    def may_write(self, participant: Participant) -> bool:
        return self.draft.all_write or participant.pk in self._pens

    @cached_property
    def _clients(self) -> dict[str, tuple[int | None, int]]:
        """Of each client its writer, and the last seq that was accepted."""
        known = self.draft.rows.filter(client__in=self._clients_wanted).order_by().values_list("client", "writer_id")
        return {client: (writer_id, last) for client, writer_id, last in known.annotate(Max("seq"))}

    def belongs(self, client: str, writer: Participant | None) -> bool:
        """To this writer (None: the facilitator), or to nobody yet."""
        writer_id = writer.pk if writer else None
        return self._clients.get(client, (writer_id, 0))[0] == writer_id

    def last_seq(self, client: str) -> int:
        return self._clients.get(client, (None, 0))[1]

    def since(self, version: int) -> list[Row]:
        """The rows after a version."""
        if version < self._after:
            self._rows = read_rows(self.draft, version, self._after) + self._rows
            self._after = version
        return self._rows[version - self._after :]

    def add(self, row: Row, to_save: DraftRow) -> None:
        self._rows.append(row)
        self._clients[row.client] = (to_save.writer_id, row.seq)
        self.unsaved.append(to_save)
