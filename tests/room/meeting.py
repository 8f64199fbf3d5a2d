"""A meeting for tests of the room: driven by real commands, and seen as its pages and sockets see it."""

import json
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.test import Client

from definitions.cards.commands import add_card
from definitions.decisions.commands.deciding import say_how_far
from definitions.drafting.models import Draft
from definitions.elements.commands.tagging import answer_question
from definitions.elements.queries.sets import elements_of
from definitions.proposals.commands import cast_ballot, send_proposal
from tests.factories import a_session, phone_of, presses_next, sealed
from workshop.accounts.models import User
from workshop.live.handout import Handout
from workshop.live.own import give_mine
from workshop.live.reading import read_command
from workshop.live.sockets import Audience, Socket
from workshop.room.identity import Watcher
from workshop.room.mine import mine_of
from workshop.room.panels import draw_panels
from workshop.room.panels.surroundings import phase
from workshop.room.show import Room
from workshop.room.taking import take
from workshop.sessions.commands import links, people, running, setup
from workshop.sessions.models import Device, Participant, Round, Step, WorkshopSession
from workshop.sessions.queries import Scene

VIEWS = ("phone", "screen", "desk")
NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun")
BUILT_ON = ("propose", "vote", "draft", "decide")  # without the others a meeting comes to the same end
SPACE = uuid.UUID("00000000-0000-4000-8000-000000000000")


def id_of(*what: object) -> uuid.UUID:
    """The same id for the same thing in every meeting: twins differ in nothing but what they are about."""
    return uuid.uuid5(SPACE, " ".join(map(str, what)))


@dataclass
class Phone:
    meeting: "Meeting"
    person: Participant
    device: Device
    cookie: str
    seq: int = 0

    @cached_property
    def http(self) -> Client:
        client = Client()
        client.cookies["phone"] = self.cookie
        return client

    def do(self, door: str, /, **fields: Any) -> dict[str, Any]:
        self.seq += 1
        sent = {"client": id_of("tab", self.person.pk), "seq": self.seq, **fields}
        answer = self.http.post(f"/phone/{self.meeting.public_id}/do/{door}", sent)
        assert answer["Content-Type"] == "application/json", (answer.status_code, door)
        return dict(answer.json())

    def do_by_socket(self, door: str, /, **fields: Any) -> dict[str, Any]:
        self.seq += 1
        message = {"door": door, "client": str(id_of("tab", self.person.pk)), "seq": self.seq}
        message["fields"] = {name: str(value) for name, value in fields.items() if value is not None}
        (answer,) = take([(self.watcher, "en", read_command(message))])
        assert answer is not None
        return answer

    @property
    def watcher(self) -> Watcher:
        return Watcher(self.meeting.session.pk, participant_id=self.person.pk, device_id=self.device.pk)


@dataclass
class Meeting:
    session: WorkshopSession
    owner: User
    phones: list[Phone] = field(default_factory=list)
    seq: int = 0
    screen_cookie: str = ""

    @classmethod
    def set_up(cls, size: int = 3, *, agenda: str = "department-meeting", **settings: Any) -> "Meeting":
        """So many people with phones, the door open, not started."""
        session = a_session(agenda=agenda, **settings)
        meeting = cls(session, session.owner)
        for number in range(size):
            meeting.join(NAMES[number] if number < len(NAMES) else f"Guest {number}")
        return meeting

    def join(self, name: str) -> Phone:
        person, cookie = people.join(self.fresh, name=name)
        phone = Phone(self, person, phone_of(person), cookie)
        self.phones.append(phone)
        return phone

    # Where it stands

    @property
    def fresh(self) -> WorkshopSession:
        return WorkshopSession.objects.select_related("current_step").get(pk=self.session.pk)

    @property
    def public_id(self) -> uuid.UUID:
        return self.session.public_id

    @property
    def scene(self) -> Scene:
        return Scene.of(self.fresh)

    @property
    def round(self) -> Round:
        found = self.scene.round
        assert found is not None
        return found

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(step__session=self.session)

    # The desk

    @cached_property
    def http(self) -> Client:
        client = Client()
        client.force_login(self.owner)
        return client

    def do(self, door: str, /, **fields: Any) -> dict[str, Any]:
        self.seq += 1
        sent = {"client": id_of("desk", self.session.pk), "seq": self.seq, **fields}
        answer = self.http.post(f"/desk/{self.public_id}/do/{door}", sent)
        assert answer["Content-Type"] == "application/json", (answer.status_code, door)
        return dict(answer.json())

    def next(self) -> None:
        presses_next(self.session)

    def option(self, step: str, **values: Any) -> None:
        row = self.session.steps.get(kind=step)
        setup.change_step(self.session, actor=self.owner, step=row, settings=values)

    def to(self, kind: str, wanted: str = "open") -> "Meeting":
        """On to a step's phase, everyone giving something on the way."""
        for _press in range(40):
            scene = self.scene
            if scene.step and (scene.step.kind, phase(scene)) == (kind, wanted):
                return self
            if scene.act == "close":
                self.give()
            if scene.act == "step" and (onward := self._past_what_nothing_builds_on(scene, kind)):
                running.go_to(self.session, actor=self.owner, step=onward)
            else:
                self.next()
        raise AssertionError(f"never at {kind}, {wanted}")

    def _past_what_nothing_builds_on(self, scene: Scene, kind: str) -> Step | None:
        """The next step that the wanted one needs to have happened, or that one itself."""
        return next((step for step in scene.later_steps if step.kind in (kind, *BUILT_ON)), None)

    def give(self) -> None:
        """Everyone gives what the step asks for, in words that are in no panel before the reveal."""
        scene, round_ = self.scene, self.round
        assert scene.step
        here = {person.pk for person in scene.people}
        for number, phone in enumerate(phone for phone in self.phones if phone.person.pk in here):
            who = {"actor": phone.person, "round_": round_}
            match scene.step.kind:
                case "key-words":
                    id_ = id_of("card", round_.pk, number)
                    add_card(self.session, **who, id_=id_, body=f"word{number}")
                case "propose":
                    id_ = id_of("proposal", round_.pk, number)
                    send_proposal(self.session, **who, id_=id_, body=f"We do the sentence {number} gladly")
                case "vote":
                    first = round_.options.order_by("position").first()
                    cast_ballot(self.session, **who, choices=[first.pk] if first else [])
                case "decide":
                    # All of them gladly but the last, who would mend the first words; alone one objects.
                    last = number == len(self.phones) - 1
                    how = {"level": "change", "reason": "wording", "words": [0, 1]} if last else {"level": "gladly"}
                    if not round_.stances.filter(participant=phone.person).exists():
                        say_how_far(self.session, **who, **how)
                case "tag":
                    first_element, *_rest, last_element = elements_of(self.session)
                    for reading in list(round_.readings.filter(participant=phone.person).select_related("text")):
                        answer = {**who, "text": reading.text}
                        answer_question(self.session, **answer, element=first_element, says="words", words=[number % 2])
                        answer_question(self.session, **answer, element=last_element, says="not-here", words=[])

    def end(self, body: str = "We help, gladly.") -> "Meeting":
        self.to("close")
        sealed(self.session, spelling=body)
        return self

    def open_screen(self) -> None:
        """On another machine, by the link."""
        self.screen_cookie = links.issue_link(self.session, actor=self.owner, scope="screen")

    # What is seen of it

    def panels(self, view: str) -> dict[str, str]:
        """As freshly loaded: panel → HTML."""
        return {name: panel.html for name, panel in draw_panels(self.scene, Audience(view, "en")).items()}

    def mine(self, phone: Phone) -> dict[str, Any]:
        return mine_of(self.fresh, [phone.person.pk]).get(phone.person.pk, {})

    def watcher(self, view: str) -> Watcher:
        return self.phones[0].watcher if view == "phone" else Watcher(self.session.pk, user_id=self.owner.pk)

    def browsers(self) -> list["Browser"]:
        """Everyone's page, just loaded."""
        loaded = [Browser(self, "phone", phone.watcher, phone) for phone in self.phones]
        loaded += [Browser(self, view, self.watcher(view)) for view in ("screen", "desk")]
        push(self, loaded)
        for browser in loaded:
            browser.first_mine = browser.mine
            browser.pushed.clear()
        return loaded


async def _nowhere(_what: Any) -> None:
    """Frames are read from the socket's outbox instead."""


class Browser:
    """A page: what it shows is what the hub's own code gave its socket, taken as static/js/live/panels.js takes it."""

    def __init__(self, meeting: Meeting, view: str, watcher: Watcher, phone: Phone | None = None) -> None:
        self.meeting, self.view, self.phone = meeting, view, phone
        self.socket = Socket(watcher, Audience(view, "en"), _nowhere, _nowhere, has={})
        self.shown: dict[str, tuple[int, str, str]] = {}  # panel → revision, hash, HTML
        self.mine: dict[str, Any] | None = None
        self.first_mine: dict[str, Any] | None = None
        self.removed = False
        self.pushed: list[str] = []

    @property
    def panels(self) -> dict[str, str]:
        return {name: html for name, (_rev, _hash, html) in self.shown.items()}

    def take(self) -> None:
        for frame in self.socket.outbox.values():
            message = json.loads(frame.text)
            self.pushed.append(message.get("name", message["t"]))
            if message["t"] == "mine":
                self.mine = message["mine"]
            elif message["rev"] >= self.shown.get(message["name"], (-1,))[0]:
                self.shown[message["name"]] = (message["rev"], message["hash"], message["html"])
        self.socket.outbox.clear()


def push(meeting: Meeting, browsers: list[Browser]) -> None:
    """What the hub does once it was told: draw, and give each socket what it does not have."""
    sockets = [browser.socket for browser in browsers]
    watchers = {socket.watcher for socket in sockets}
    picture = Room().draw(meeting.session.pk, {socket.audience for socket in sockets}, watchers)
    handout = Handout(picture)
    for browser in browsers:
        browser.removed = browser.socket.watcher in picture.gone
        if not browser.removed:
            handout.give(browser.socket)
    mine = Room().mine(meeting.session.pk, {pk for watcher in watchers if (pk := watcher.participant_id)})
    for browser in browsers:
        if not browser.removed:
            give_mine(browser.socket, mine)
            browser.take()
