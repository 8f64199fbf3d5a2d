"""The step kinds Decide and Close."""

from django.utils.translation import gettext_lazy as _

from definitions.elements.queries.lines import my_piece
from workshop.sessions import kinds
from workshop.sessions.models import Round, Step

from . import rules, wording
from .commands import closing, deciding
from .queries import closing as closings
from .queries import deciding as decisions


def _has_a_text(step: Step) -> bool:
    return decisions.has_a_draft(step) or bool(decisions.text_to_decide(step)[0])


def _same_text(round_: Round) -> bool:
    return not decisions.is_overtaken(round_)


DECIDE = kinds.Kind(
    slug="decide",
    name=_("Decide"),
    summary=_("How far do we agree? Alone and at once"),
    prompt=_("How far do you agree?"),
    say=_("“Not yet” helps. One no is not a veto."),
    watch=_("Eyes on the manager."),
    minutes=6,
    reveals=True,
    protected=True,
    sources=("draft", "vote", "propose"),
    options=(
        kinds.Option(
            "scale",
            _("Steps of agreement"),
            _("After Sam Kaner’s gradients of agreement: a yes can carry a reservation."),
            "5",
            choices=tuple(wording.SCALES.items()),
        ),
        kinds.Option(
            "threshold",
            _("Agreed when this share supports it"),
            _("Of those who answer; who stands aside does not count. Phones and screen say it before anyone answers."),
            "3/4",
            choices=tuple((share, wording.SHARES[share]) for share in rules.THRESHOLDS),
        ),
        kinds.Option(
            "turnout",
            _("And when this share of the room answers"),
            _("Of those who are here when the round closes"),
            "2/3",
            choices=tuple((share, wording.SHARES[share]) for share in rules.TURNOUTS),
        ),
    ),
    why=_("A vote counts yes and no; this shows who could carry the sentence if some words were mended, and which."),
    on_open=deciding.open_decision,
    on_close=deciding.close_decision,
    may_go_on=_same_text,
    fits=_has_a_text,
    anew=decisions.is_overtaken,
    mine=decisions.my_stances,
    so_far=decisions.decide_so_far,
    report=decisions.decide_report,
)

CLOSE = kinds.Kind(
    slug="close",
    name=_("Close"),
    summary=_("A line for each element, spelling, a photo; then sealed"),
    prompt=_("Let’s read it aloud together"),
    say=_("Let’s read it aloud together."),
    watch=_("Packing up: photo first."),
    minutes=4,
    asks=False,
    seals=True,
    sources=("decide", "draft", "vote", "propose"),
    on_open=closing.open_closing,
    anew=closings.is_overtaken,
    mine=my_piece,
)


def register() -> None:
    kinds.register(DECIDE)
    kinds.register(CLOSE)
