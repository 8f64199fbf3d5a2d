"""manage.py rehearse: a marked copy of a meeting, run with simulated colleagues who come through the public doors."""

import argparse
import signal
import sys
import threading
from typing import Any, NoReturn

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connections
from django.urls import reverse

from workshop.accounts.commands import LAPTOP_EMAIL, issue_sign_in_link
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.rehearsal.address import Address, NotOurs, own_address
from workshop.rehearsal.colleagues.pace import Pace
from workshop.rehearsal.colleagues.together import OVER, Outcome, Rehearsal, run
from workshop.rehearsal.commands import rehearse_example, rehearse_with_colleagues
from workshop.rehearsal.forms import MOST_PEOPLE, PEOPLE
from workshop.sessions.agendas import TEMPLATES
from workshop.sessions.commands.rehearsing import keep_colleagues, send_colleagues, stop_colleagues
from workshop.sessions.models import CODE_LETTERS, WorkshopSession

DEFAULT_ADDRESS = "http://127.0.0.1:8000"


class Command(BaseCommand):
    help = (
        "Rehearse a meeting with simulated colleagues. They join a marked copy of it, and write, vote and type through "
        "the same doors as phones do. Without a code: an example meeting. Ctrl-C ends it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", default="", help="the join code of the meeting")
        parser.add_argument("--people", type=people, default=PEOPLE, help=f"1 to {MOST_PEOPLE}; {PEOPLE} if not said")
        parser.add_argument("--pace", choices=["human", "fast"], default="human")
        parser.add_argument("--steer", action="store_true", help="press Next too, until the sentence is sealed")
        parser.add_argument("--measure", action="store_true", help="with --steer: how soon reveals were on all phones")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another room")
        parser.add_argument("--minutes", type=float, default=180, help="the longest that they stay")
        parser.add_argument("--agenda", choices=[agenda.slug for agenda in TEMPLATES], default=TEMPLATES[0].slug)
        parser.add_argument("--base-url", default="", help=f"this machine's own server; {DEFAULT_ADDRESS} if not said")
        # For the server that starts us: it has made the copy, and tells the colleagues' token by a pipe.
        parser.add_argument("--token-on-stdin", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        # Both end it, also where a server was started in the background, whose children ignore Ctrl-C.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        address = self.address(options["base_url"])
        token = ""
        try:
            if options["token_on_stdin"]:
                session, token = self.meeting(options["code"]), sys.stdin.readline().strip()
                threading.Thread(target=end_with_stdin, daemon=True).start()
            else:
                session, token = self.begin(options)
        except Refused as refused:
            self.refuse(str(refused))
        except DatabaseError as error:
            self.refuse(f"The database does not answer as it should ({error}). `make run` sets it up.")
        self.greet(session, address, options)
        try:
            outcome = run(self.rehearsal(session, address, token, options), why_end=lambda: why_end(session.pk))
        except httpx.TransportError as error:
            self.refuse(
                f"Nothing answers at {address.connect} ({error}). Start the server, or say where it listens: "
                "--base-url http://127.0.0.1:PORT. The copy that was made is among your meetings."
            )
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. What they gave stays in the rehearsal.")
        else:
            self.tell(outcome)
            if outcome.faults:
                self.refuse(f"Some stumbled: {', '.join(sorted(set(outcome.faults)))}. The lines above say where.")
        finally:
            if WorkshopSession.objects.filter(pk=session.pk).exists():
                stop_colleagues(session, actor=session.owner)

    def rehearsal(self, session: WorkshopSession, address: Address, token: str, options: dict[str, Any]) -> Rehearsal:
        return Rehearsal(
            address=address,
            code=session.code,
            public_id=str(session.public_id),
            token=token,
            people=options["people"],
            pace=Pace.named(options["pace"]),
            seed=options["seed"],
            customer=session.customer_word,
            signs_in=issue_sign_in_link(session.owner.email) if options["steer"] else "",
            measures=options["measure"],
            most_minutes=options["minutes"],
        )

    # ---- before they come

    def address(self, base_url: str) -> Address:
        base_url = base_url or settings.SERVED_AT or DEFAULT_ADDRESS
        try:
            return own_address(base_url, public_url=settings.PUBLIC_URL, served_at=settings.SERVED_AT)
        except NotOurs:
            self.refuse(
                f"{base_url} is not this machine's own server. A rehearsal goes to http://127.0.0.1:PORT only, where "
                "the server itself listens; behind a proxy, too."
            )

    def begin(self, options: dict[str, Any]) -> tuple[WorkshopSession, str]:
        """A rehearsal that nobody has come to yet is taken as it is; of a meeting a copy is made."""
        if not options["code"]:
            if settings.DEPLOYED:
                self.refuse("Say the join code of the meeting to rehearse.")
            return rehearse_example(self.facilitator(), agenda=options["agenda"])
        session = self.meeting(options["code"])
        if session.rehearsal:
            return session, send_colleagues(session, actor=session.owner)
        return rehearse_with_colleagues(session, actor=session.owner)

    def meeting(self, code: str) -> WorkshopSession:
        code = "".join(letter for letter in code.upper() if letter in CODE_LETTERS)
        session = WorkshopSession.objects.filter(code=code).order_by("-created_at").first()
        if session is None:
            self.refuse("No meeting has this code. The desk shows it beside the door.")
        if session.ended_at is not None:
            self.refuse("That meeting has ended. Rehearse one that is still to come.")
        return session

    def facilitator(self) -> User:
        issue_sign_in_link(LAPTOP_EMAIL)  # makes the account, where `make run` has not yet
        return User.objects.get(email=LAPTOP_EMAIL)

    def greet(self, session: WorkshopSession, address: Address, options: dict[str, Any]) -> None:
        count = options["people"]
        self.stdout.write(f"\n  Rehearsal: {session.title}, {count} simulated {'person' if count == 1 else 'people'}\n")
        for name in ("desk", "screen"):
            page = reverse(f"room:{name}", args=[session.public_id])
            self.stdout.write(f"  {name.capitalize():8}{address.origin}{page}")
        self.stdout.write(f"  Join    {address.origin}/j/{session.code}   with your own phone, if you like")
        self.stdout.write(
            "\n  Ctrl-C ends it.\n" if options["steer"] else "\n  You press Next, at the desk. Ctrl-C ends it.\n"
        )
        self.stdout.flush()
        connections.close_all()

    # ---- afterwards

    def tell(self, outcome: Outcome) -> None:
        for line in outcome.spreads:
            self.stdout.write(f"  {line}")
        sent = ", ".join(f"{count} × {door}" for door, count in sorted(outcome.sent.items()))
        self.stdout.write(f"  {outcome.came} came; {sent or 'nothing was sent'}.")
        if outcome.refused:
            self.stdout.write(
                f"  Refused: {', '.join(f'{n} × {what}' for what, n in sorted(outcome.refused.items()))}."
            )
        self.stdout.write(f"  After {outcome.seconds:.0f} s: {outcome.ended}.")

    def refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(1)


def people(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(f"{text!r}: a rehearsal has 1 to {MOST_PEOPLE} people")
    return int(text)


def why_end(session_id: int) -> str:
    """The colleagues' look at the database, which nothing in the room shows them: are they still wanted?"""
    close_old_connections()
    wanted = keep_colleagues(session_id)
    session = WorkshopSession.objects.filter(pk=session_id).first()
    if session is None:
        return "the rehearsal was deleted"
    if session.ended_at is not None:
        return OVER
    return "" if wanted else "they were called back"


def end_with_stdin() -> None:
    """The server holds the other end; whatever becomes of it, the colleagues go with it."""
    while sys.stdin.readline():
        pass
    signal.raise_signal(signal.SIGINT)  # as Ctrl-C ends it
