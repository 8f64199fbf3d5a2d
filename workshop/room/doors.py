"""The doors: every command that a running meeting takes from outside, by name. A door is a form and a command.

POST /<view>/<public id>/do/<name> opens one; its fields pass the form, and nothing else reaches the command.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from definitions.cards import commands as cards
from definitions.decisions.commands import closing, deciding
from definitions.drafting import commands as drafting
from definitions.elements.commands import draft_tags, lines, tagging
from definitions.proposals import commands as proposals
from workshop import fail_points
from workshop.errors import Refused
from workshop.sessions.commands import people, rehearsing, running
from workshop.sessions.models import WorkshopSession

from . import forms as f

MOST_LETTERS = 300  # of what is said about a field


@dataclass(frozen=True)
class Entering:
    """Who stands at a door of which meeting; `device` is the phone's, None at the desk.

    `actor` is a Participant at the phones' doors and a User at the desk's; the command checks what they may do.
    """

    session: WorkshopSession
    actor: Any
    device: Any = None


@dataclass(frozen=True)
class Door:
    form: type[forms.Form]
    command: Callable[[Entering, Mapping[str, Any]], Any]


def go_through(door: Door, entering: Entering, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Check the fields, run the command. Raises Refused with the first thing to mend."""
    form = door.form(data)
    if isinstance(form, f.RoomForm):
        form.session = entering.session
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        # It may repeat what came: of any length, and with a NUL, which no JSON in PostgreSQL can hold.
        raise Refused(f"field-{field.strip('_')}", str(errors[0]).replace("\x00", "")[:MOST_LETTERS])
    fail_points.passing("validated")
    answer = door.command(entering, form.cleaned_data)
    return answer if isinstance(answer, dict) else None


PHONE: dict[str, Door] = {
    "done": Door(
        f.DoneForm, lambda e, d: running.say_done(e.session, actor=e.actor, round_=d["round"], done=d["done"])
    ),
    "leave": Door(forms.Form, lambda e, d: people.leave(e.session, actor=e.actor)),
    "come-back": Door(forms.Form, lambda e, d: people.come_back(e.session, actor=e.actor)),
    "on-poster": Door(f.WantedForm, lambda e, d: people.put_on_poster(e.session, actor=e.actor, wanted=d["wanted"])),
    "rename-me": Door(
        f.NameForm, lambda e, d: people.rename(e.session, actor=e.actor, participant=e.actor, name=d["name"])
    ),
    "share-phone": Door(
        f.NameForm, lambda e, d: people.share_phone(e.session, actor=e.actor, device=e.device, name=d["name"])
    ),
    "pass-phone": Door(
        f.SeatForm, lambda e, d: people.pass_phone(e.session, actor=e.actor, device=e.device, seat=d["seat"])
    ),
    "move-code": Door(
        forms.Form,
        lambda e, d: {"move_code": people.issue_move_code(e.session, actor=e.actor, participant=e.actor)},
    ),
    "add-card": Door(
        f.CardForm,
        lambda e, d: cards.add_card(e.session, actor=e.actor, round_=d["round"], id_=d["id"], body=d["body"]),
    ),
    "remove-card": Door(
        f.CardIdForm, lambda e, d: cards.remove_card(e.session, actor=e.actor, round_=d["round"], id_=d["id"])
    ),
    "keep-unsent": Door(
        f.UnsentForm,
        lambda e, d: proposals.keep_unsent(e.session, actor=e.actor, round_=d["round"], id_=d["id"], body=d["body"]),
    ),
    "send-proposal": Door(
        f.ProposalForm,
        lambda e, d: proposals.send_proposal(e.session, actor=e.actor, round_=d["round"], id_=d["id"], body=d["body"]),
    ),
    "vote": Door(
        f.ChoicesForm,
        lambda e, d: proposals.cast_ballot(e.session, actor=e.actor, round_=d["round"], choices=d["choices"]),
    ),
    "tag": Door(
        f.AnswerForm,
        lambda e, d: tagging.answer_question(
            e.session,
            actor=e.actor,
            round_=d["round"],
            text=d["text"],
            element=d["element"],
            says=d["says"],
            words=d["words"],
        ),
    ),
    "write-line": Door(
        f.LineForm,
        lambda e, d: lines.write_line(e.session, actor=e.actor, round_=d["round"], id_=d["id"], body=d["body"]),
    ),
    "decide": Door(
        f.StanceForm,
        lambda e, d: deciding.say_how_far(
            e.session,
            actor=e.actor,
            round_=d["round"],
            level=d["level"],
            reason=d["reason"],
            words=d["words"],
            says=d["says"],
            consent=d["consent"],
        ),
    ),
    "settle": Door(
        f.SettleForm, lambda e, d: deciding.settle(e.session, actor=e.actor, id_=d["id"], settled=d["settled"])
    ),
    "mark": Door(
        f.MarkForm,
        lambda e, d: drafting.mark(
            e.session,
            actor=e.actor,
            draft=d["draft"],
            id_=d["id"],
            says=d["says"],
            version=d["version"],
            start=d["start"],
            end=d["end"],
            words=d["words"],
        ),  # fmt: skip
    ),
    "unmark": Door(f.MarkIdForm, lambda e, d: drafting.unmark(e.session, actor=e.actor, draft=d["draft"], id_=d["id"])),
    "tag-draft": Door(
        f.DraftTagForm,
        lambda e, d: draft_tags.tag_draft(
            e.session,
            actor=e.actor,
            draft=d["draft"],
            element=d["element"],
            version=d["version"],
            start=d["start"] or 0,
            end=d["end"] or 0,
        ),
    ),
    "untag-draft": Door(
        f.ElementForm,
        lambda e, d: draft_tags.untag_draft(e.session, actor=e.actor, draft=d["draft"], element=d["element"]),
    ),
}

# After these two the phone is another person's; whatever else it has on its way must be read after that.
BY_SOCKET = PHONE.keys() - {"share-phone", "pass-phone"}

DESK: dict[str, Door] = {
    "start": Door(forms.Form, lambda e, d: running.start(e.session, actor=e.actor)),
    "next": Door(f.StandingForm, lambda e, d: running.move_on(e.session, actor=e.actor, standing_seen=d["standing"])),
    "back": Door(f.StandingForm, lambda e, d: running.move_back(e.session, actor=e.actor, standing_seen=d["standing"])),
    "go-to": Door(f.StepForm, lambda e, d: running.go_to(e.session, actor=e.actor, step=d["step"])),
    "reopen": Door(forms.Form, lambda e, d: running.reopen(e.session, actor=e.actor)),
    "extend": Door(f.SecondsForm, lambda e, d: running.extend(e.session, actor=e.actor, seconds=d["seconds"])),
    "page": Door(f.PageForm, lambda e, d: running.show_page(e.session, actor=e.actor, page=d["page"])),
    "door": Door(f.DoorForm, lambda e, d: people.set_door(e.session, actor=e.actor, door=d["door"])),
    "add-person": Door(f.NameForm, lambda e, d: people.add_without_phone(e.session, actor=e.actor, name=d["name"])),
    "rename": Door(
        f.RenameForm,
        lambda e, d: people.rename(e.session, actor=e.actor, participant=d["participant"], name=d["name"]),
    ),
    "hide-name": Door(
        f.HideNameForm,
        lambda e, d: people.hide_name(e.session, actor=e.actor, participant=d["participant"], hidden=d["hidden"]),
    ),
    "stop-colleagues": Door(forms.Form, lambda e, d: rehearsing.stop_colleagues(e.session, actor=e.actor)),
    "remove": Door(
        f.ParticipantForm, lambda e, d: people.remove(e.session, actor=e.actor, participant=d["participant"])
    ),
    "bring-back": Door(
        f.ParticipantForm, lambda e, d: people.bring_back(e.session, actor=e.actor, participant=d["participant"])
    ),
    "move-code": Door(
        f.ParticipantForm,
        lambda e, d: {"move_code": people.issue_move_code(e.session, actor=e.actor, participant=d["participant"])},
    ),
    "type-card": Door(
        f.TypeCardForm,
        lambda e, d: cards.add_card_for(
            e.session, actor=e.actor, round_=d["round"], participant=d["participant"], body=d["body"]
        ),
    ),
    "type-proposal": Door(
        f.TypeForForm,
        lambda e, d: proposals.type_proposal_for(
            e.session, actor=e.actor, round_=d["round"], participant=d["participant"], body=d["body"]
        ),
    ),
    "hide-card": Door(
        f.HiddenForm, lambda e, d: cards.hide_card(e.session, actor=e.actor, id_=d["id"], hidden=d["hidden"])
    ),
    "hide-proposal": Door(
        f.HiddenForm, lambda e, d: proposals.hide_proposal(e.session, actor=e.actor, id_=d["id"], hidden=d["hidden"])
    ),
    "count-hands": Door(
        f.HandsForm, lambda e, d: proposals.count_hands(e.session, actor=e.actor, round_=d["round"], hands=d["hands"])
    ),
    "run-off": Door(f.RoundForm, lambda e, d: proposals.run_off(e.session, actor=e.actor, round_=d["round"])),
    "keep-both": Door(f.RoundForm, lambda e, d: proposals.keep_both(e.session, actor=e.actor, round_=d["round"])),
    "choose": Door(
        f.OptionForm,
        lambda e, d: proposals.choose(
            e.session, actor=e.actor, round_=d["round"], option=d["option"], reason=d["reason"]
        ),
    ),
    "freeze": Door(
        f.FrozenForm, lambda e, d: drafting.freeze(e.session, actor=e.actor, draft=d["draft"], frozen=d["frozen"])
    ),
    "back-30": Door(f.DraftForm, lambda e, d: drafting.go_back(e.session, actor=e.actor, draft=d["draft"])),
    "all-write": Door(
        f.AllWriteForm,
        lambda e, d: drafting.let_all_write(e.session, actor=e.actor, draft=d["draft"], all_write=d["all_write"]),
    ),
    "pen": Door(
        f.PenForm,
        lambda e, d: drafting.give_pen(
            e.session, actor=e.actor, draft=d["draft"], participant=d["participant"], held=d["held"]
        ),
    ),
    "clear-marks": Door(f.DraftForm, lambda e, d: drafting.clear_marks(e.session, actor=e.actor, draft=d["draft"])),
    "leave-out": Door(
        f.LeftOutForm,
        lambda e, d: draft_tags.leave_out(
            e.session, actor=e.actor, draft=d["draft"], element=d["element"], left_out=d["left_out"]
        ),
    ),
    "pick-line": Door(
        f.PickLineForm, lambda e, d: lines.pick_line(e.session, actor=e.actor, line=d["id"], picked=d["picked"])
    ),
    "photo": Door(f.PhotoForm, lambda e, d: closing.show_photo(e.session, actor=e.actor, shown=d["shown"])),
    "count-levels": Door(
        f.LevelHandsForm,
        lambda e, d: deciding.count_hands(e.session, actor=e.actor, round_=d["round"], hands=d["hands"]),
    ),
    "mend": Door(forms.Form, lambda e, d: deciding.mend(e.session, actor=e.actor)),
    "spell": Door(f.SpellForm, lambda e, d: closing.spell(e.session, actor=e.actor, body=d["body"])),
    "take-text-again": Door(
        f.TakeTextForm,
        lambda e, d: closing.take_text_again(e.session, actor=e.actor, from_draft=d["from_draft"]),
    ),
    "seal": Door(
        f.SealForm,
        lambda e, d: closing.seal(e.session, actor=e.actor, outcome=d["outcome"], text_seen=d["body"]),
    ),
}
