from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from workshop.errors import Refused
from workshop.keeping.commands.erasing import empty_log, erase
from workshop.sessions.models import WorkshopSession


class Command(BaseCommand):
    help = (
        "Erase one person from one meeting: name, phones, and every text of theirs. What the room agreed on and all "
        "tallies stay. Without a seat: who is in the meeting. Backups made before still hold them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("meeting", help="its id, as in the address of its pages, or the join code of one that runs")
        parser.add_argument("seat", nargs="?", type=int)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, meeting: str, seat: int | None, yes: bool, **options: Any) -> None:
        session = self.session(meeting)
        people = {person.seat: person for person in session.participants.all()}
        if seat is None:
            for person in people.values():
                name = "(erased)" if person.erased_at else person.name or "(no name)"
                self.stdout.write(f"{person.seat:4}  {name}")
            return
        if seat not in people:
            raise CommandError(f"Nobody has seat {seat} in this meeting. Without a seat this lists who is in it.")
        if not yes and input(f"Erase {people[seat]} from “{session.title}”? Nothing brings it back. [y/N] ") != "y":
            raise CommandError("Nothing was erased.")
        try:
            erase(session, actor=session.owner, participant=people[seat])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if not empty_log():
            self.stderr.write("The database is in use: its log keeps what went until the server is quiet or stops.")
        self.stdout.write(f"Seat {seat} is nobody's now. Backups made before still hold them: delete those in time.")

    def session(self, meeting: str) -> WorkshopSession:
        try:
            which = Q(public_id=UUID(meeting))
        except ValueError:
            which = Q(code=meeting.upper(), ended_at=None)
        if (session := WorkshopSession.objects.filter(which).first()) is None:
            raise CommandError("There is no such meeting. Take the id from the address of its desk or its outcome.")
        return session
