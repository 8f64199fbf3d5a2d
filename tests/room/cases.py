"""For every command of a running meeting: where the meeting stands when it is possible, and what is sent.

The tests of the panel law, of access and of bad input all go through these tables. Whoever adds a door adds its row.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from definitions.cards.models import Card
from definitions.decisions.commands import deciding
from definitions.decisions.models import Closing, Objection
from definitions.drafting.commands import take
from definitions.elements.commands import sets
from definitions.elements.models import Element
from definitions.elements.queries.sets import elements_of
from definitions.proposals.commands import cast_ballot
from tests.room.meeting import Meeting, id_of
from workshop.accounts.models import User
from workshop.keeping.commands.erasing import erase
from workshop.sessions.commands import links, people, rehearsing, running, setup
from workshop.sessions.models import WorkshopSession

Case = Callable[[Meeting], dict[str, Any]]


# ---- for each door: where the meeting stands, and what is sent


def ballot(m: Meeting) -> dict[str, Any]:
    m.to("vote")
    return {"round": m.round.pk, "choices": ",".join(str(option.pk) for option in m.round.options.all())}


def tied(m: Meeting) -> dict[str, Any]:
    m.to("vote")
    options = [option.pk for option in m.round.options.all()]
    for phone in m.phones:
        cast_ballot(m.session, actor=phone.person, round_=m.round, choices=options[:2])
    m.next()
    m.next()
    return {"round": m.round.pk}


def shared_phone(m: Meeting) -> dict[str, Any]:
    phone = m.phones[0]
    people.share_phone(m.session, actor=phone.person, device=phone.device, name="Zoe")
    people.pass_phone(m.session, actor=phone.person, device=phone.device, seat=phone.person.seat)
    return {"seat": 4}


def words(m: Meeting) -> dict[str, Any]:
    m.to("draft")
    return {"draft": m.draft.pk, "id": id_of("mark"), "says": "keep", "version": m.draft.version, "start": 0, "end": 2}


def element_of(m: Meeting, key: str) -> dict[str, Any]:
    element = Element.objects.get(element_set__session=m.session, key=key)
    return {"draft": m.draft.pk, "element": element.pk}


def seen_in(m: Meeting, key: str) -> dict[str, Any]:
    """An element is seen in the draft's first word."""
    return {**element_of(m.to("draft"), key), "version": m.draft.version, "start": 0, "end": 2}


def said(m: Meeting, key: str) -> dict[str, Any]:
    m.phones[0].do("tag-draft", **seen_in(m, key))
    return element_of(m, key)


def marked(m: Meeting) -> dict[str, Any]:
    m.phones[0].do("mark", **words(m))
    return {"draft": m.draft.pk, "id": id_of("mark")}


def written_in(m: Meeting) -> dict[str, Any]:
    """Rows of half a minute ago and of now."""
    m.to("draft")
    m.draft.rows.update(at=timezone.now() - timedelta(minutes=1))
    push_of(m, 0, " indeed")
    return {"draft": m.draft.pk}


def push_of(m: Meeting, number: int, words_: str) -> None:
    draft = m.draft
    sent = {"version": draft.version, "client": f"tab{number}", "seq": 1, "left": False}
    answer = take(draft.pk, [(m.phones[number].person, {**sent, "changes": [len(draft.body), [0, words_]]})])
    assert answer == [None]


def carded(m: Meeting) -> dict[str, Any]:
    m.to("key-words")
    m.give()
    return {"round": m.round.pk, "id": id_of("card", m.round.pk, 0)}


def at(kind: str, phase: str = "open", **fields: Any) -> Case:
    return lambda m: {"round": m.to(kind, phase).round.pk, **fields}


def standing(m: Meeting) -> dict[str, Any]:
    return {"standing": m.to("propose").scene.standing}


def person(m: Meeting, number: int = 1) -> dict[str, Any]:
    return {"participant": m.phones[number].person.pk}


def tagged(m: Meeting) -> dict[str, Any]:
    m.to("tag")
    text = m.round.readings.filter(participant=m.phones[0].person)[0].text_id
    return {"round": m.round.pk, "text": text, "element": elements_of(m.session)[0].pk, "says": "words", "words": "0,1"}


def deciding_on(m: Meeting) -> dict[str, Any]:
    m.to("decide")
    sent = {"level": "not-yet", "reason": "too-much", "words": "0,1", "says": "Never all of it", "consent": "1"}
    return {"round": m.round.pk, **sent}


def objected(m: Meeting, phase: str = "revealed") -> None:
    """The first of them objects, at words; then the round goes on."""
    fields = deciding_on(m)
    assert m.phones[0].do("decide", **fields)["ok"]
    m.to("decide", phase)


def mending(m: Meeting) -> dict[str, Any]:
    objected(m)
    deciding.mend(m.session, actor=m.owner)
    return {"id": Objection.objects.get(participant=m.phones[0].person).pk, "settled": "1"}


PHONE_CASES: dict[str, Case] = {
    "done": at("key-words", done="1"),
    "leave": lambda m: {},
    "come-back": lambda m: {"left": m.phones[0].do("leave")},
    "on-poster": lambda m: m.to("close") and {"wanted": "1"},
    "rename-me": lambda m: {"name": "Adah"},
    "share-phone": lambda m: {"name": "Zoe"},
    "pass-phone": shared_phone,
    "move-code": lambda m: {},
    "add-card": at("key-words", id=id_of("new"), body="kind"),
    "remove-card": carded,
    "keep-unsent": at("propose", id=id_of("new"), body="We begi"),
    "send-proposal": at("propose", id=id_of("new"), body="We begin to smile"),
    "vote": ballot,
    "tag": tagged,
    "write-line": lambda m: {"round": m.to("close").round.pk, "id": id_of("line"), "body": "We say what is true."},
    "decide": deciding_on,
    "settle": mending,
    "mark": words,
    "unmark": marked,
    "tag-draft": lambda m: seen_in(m, "genuine"),
    "untag-draft": lambda m: said(m, "genuine"),
}

DESK_CASES: dict[str, Case] = {
    "start": lambda m: {},
    "next": standing,
    "back": standing,
    "go-to": lambda m: m.to("welcome") and {"step": m.session.steps.get(kind="vote").pk},
    "reopen": at("key-words", "closed"),
    "extend": at("key-words", seconds=60),
    "page": lambda m: paged(m),
    "door": lambda m: {"door": "locked"},
    "add-person": lambda m: {"name": "Grandpa"},
    "rename": lambda m: {**person(m), "name": "Benjamin"},
    "hide-name": lambda m: {**person(m), "hidden": "1"},
    "remove": person,
    "stop-colleagues": lambda m: rehearsed(m),
    "bring-back": lambda m: m.do("remove", **person(m)) and person(m),
    "move-code": person,
    "type-card": lambda m: {**at("key-words", body="typed")(m), **person(m)},
    "type-proposal": lambda m: {**at("propose", body="Typed by Dana")(m), **person(m)},
    "hide-card": lambda m: {
        "id": Card.objects.filter(round=m.to("key-words", "revealed").round).first().pk,
        "hidden": "1",
    },
    "hide-proposal": lambda m: {"id": m.to("propose", "revealed").round.proposals.first().pk, "hidden": "1"},
    "count-hands": lambda m: {**ballot(m), f"hands-{m.round.options.first().pk}": "2"},
    "run-off": tied,
    "keep-both": tied,
    "choose": lambda m: {**tied(m), "option": m.round.options.first().pk, "reason": "It is shorter"},
    "freeze": lambda m: {"draft": m.to("draft").draft.pk, "frozen": "1"},
    "back-30": written_in,
    "all-write": lambda m: {"draft": m.to("draft").draft.pk},
    "pen": lambda m: {**pens(m), **person(m)},
    "clear-marks": marked,
    "leave-out": lambda m: {**element_of(m.to("draft"), "genuine"), "left_out": "1"},
    "pick-line": lambda m: lined(m),
    "photo": lambda m: m.to("close") and {"shown": "1"},
    "count-levels": at("decide", **{"hands-gladly": "2"}),
    "mend": lambda m: m.to("decide", "revealed") and {},
    "spell": lambda m: m.to("close") and {"body": "We help at once."},
    "take-text-again": lambda m: respelled(m),
    "seal": lambda m: {"body": text(m.to("close")), "outcome": "agreed-with-reservations"},
}


def rehearsed(m: Meeting) -> dict[str, Any]:
    WorkshopSession.objects.filter(pk=m.session.pk).update(rehearsal=True)
    rehearsing.send_colleagues(m.session, actor=m.owner)
    return {}


def paged(m: Meeting) -> dict[str, Any]:
    for number in range(11):
        m.join(f"More {number}")
    m.to("propose", "revealed")
    return {"page": 2}


def lined(m: Meeting) -> dict[str, Any]:
    """Everyone has written a line."""
    m.to("close")
    for number, phone in enumerate(m.phones):
        phone.do("write-line", round=m.round.pk, id=id_of("line", m.round.pk, number), body=f"line {number}")
    return {"id": id_of("line", m.round.pk, 0), "picked": "1"}


def pens(m: Meeting) -> dict[str, Any]:
    m.to("draft")
    m.do("all-write", draft=m.draft.pk)
    return {"draft": m.draft.pk}


def text(m: Meeting) -> str:
    return Closing.objects.get(round=m.round).body


def respelled(m: Meeting) -> dict[str, Any]:
    m.to("close")
    m.do("spell", body="Nothing like the draft.")
    return {}


# What changes nothing that anyone sees: a code for the one who asked, and rows that the draft's own messages carry.
# A phone that is handed over loads its page anew (test_a_phone_that_is_handed_over_loads_its_page_anew).
UNSEEN = {"move-code", "back-30", "pass-phone"}


# ---- the same for commands that no door opens


def set_up_step(m: Meeting) -> Any:
    return m.session.steps.get(kind="vote")


OTHERS: dict[str, Callable[[Meeting], Any]] = {
    "people.join_together": lambda m: (
        lambda: people.join_together(m.session, [people.Comer("Zoe"), people.Comer("Yan")])
    ),
    "people.redeem_move_code": lambda m: redeeming(m),
    "links.issue_link": lambda m: lambda: links.issue_link(m.session, actor=m.owner, scope="screen"),
    "links.withdraw_links": lambda m: lambda: links.withdraw_links(m.session, actor=m.owner, scope="screen"),
    "links.become_co_facilitator": lambda m: joining_in(m),
    "setup.change_settings": lambda m: (
        m.to("vote", "revealed") and (lambda: setup.change_settings(m.session, actor=m.owner, title="Back office"))
    ),
    "setup.add_step": lambda m: lambda: setup.add_step(m.session, actor=m.owner, kind="vote"),
    "setup.remove_step": lambda m: lambda: setup.remove_step(m.session, actor=m.owner, step=set_up_step(m)),
    "setup.move_step": lambda m: lambda: setup.move_step(m.session, actor=m.owner, step=set_up_step(m), to=1),
    "setup.change_step": lambda m: lambda: setup.change_step(m.session, actor=m.owner, step=set_up_step(m), minutes=9),
}
OTHERS["sets.take_set"] = lambda m: lambda: sets.take_set(m.session, actor=m.owner, slug="curtin-six")
OTHERS["sets.change_elements"] = lambda m: lambda: sets.change_elements(m.session, actor=m.owner, elements=[ELEMENT])
ELEMENT = {"name": "Warm", "phrase": "warm", "question": "Which words?", "explanation": "", "hue": "v"}
OTHERS["rehearsing.send_colleagues"] = lambda m: lambda: rehearsed(m)
OTHERS["erasing.erase"] = lambda m: (
    m.to("vote", "revealed") and (lambda: erase(m.session, actor=m.owner, participant=m.phones[1].person))
)
UNSEEN_OTHERS = {
    "sets.take_set",
    "sets.change_elements",
    "people.redeem_move_code",
    "links.issue_link",
    "links.withdraw_links",
    "links.become_co_facilitator",
}


def redeeming(m: Meeting) -> Callable[[], Any]:
    code = people.issue_move_code(m.session, actor=m.owner, participant=m.phones[0].person)
    return lambda: people.redeem_move_code(code)


def joining_in(m: Meeting) -> Callable[[], Any]:
    token = links.issue_link(m.session, actor=m.owner, scope="co-facilitate")
    helper = User.objects.create(email="helper@example.org", name="Hugo")
    return lambda: links.become_co_facilitator(helper, token=token)


# ---- a whole meeting, with a stop wherever something else is seen


STANDS = [("before", ""), ("welcome", "open")]
STANDS += [("key-words", phase) for phase in ("open", "closed", "revealed")]
STANDS += [("samples", "open")]
STANDS += [(kind, phase) for kind in ("propose", "vote", "tag") for phase in ("open", "closed", "revealed")]
STANDS += [("draft", "open")]
STANDS += [("decide", phase) for phase in ("open", "closed", "revealed")]
STANDS += [("draft", "mended"), ("close", "open"), ("draft", "closed"), ("after", "")]


def through(meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Take a meeting through every step and phase there is, one after the other."""
    for kind, phase in STANDS:
        if kind == "after":
            meeting.end()
        elif (kind, phase) == ("draft", "mended"):
            deciding.mend(meeting.session, actor=meeting.owner)
        elif (kind, phase) == ("draft", "closed"):
            for _from in ("close", "decide"):
                running.move_back(meeting.session, actor=meeting.owner, standing_seen=meeting.scene.standing)
        elif kind != "before":
            meeting.to(kind, phase)
        yield kind, phase
