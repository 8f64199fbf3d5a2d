"""The step kinds Propose and Vote."""

from django.utils.translation import gettext_lazy as _

from workshop.sessions import kinds
from workshop.sessions.models import Round, Step

from . import commands, queries

PROPOSE = kinds.Kind(
    slug="propose",
    name=_("Propose"),
    summary=_("One sentence each"),
    prompt=_("Customer service, in one sentence of your own: what does a {customer} get from us?"),
    say=_("One rough sentence. Spelling doesn’t matter."),
    watch=_("Idle hands: pair them."),
    minutes=6,
    reveals=True,
    paper="sentence",
    options=(
        kinds.Option(
            "look_first",
            _("Look first"),
            _("Before the reveal you see the sentences without names and can hide some. Phones say so beforehand."),
            False,
        ),
        kinds.Option("ruler", _("Word ruler"), _("With the 18 words of Steve Curtin’s definition marked on it"), True),
    ),
    on_open=commands.copy_earlier,
    mine=queries.my_proposals,
    pages=queries.proposal_pages,
    so_far=queries.proposals_so_far,
    report=queries.proposals_report,
)


def _may_go_on(round_: Round) -> bool:
    return not round_.step.session.secret


def _on_close(round_: Round) -> None:
    commands.seal_ballots(round_)


def _fits(step: Step) -> bool:
    """Two wordings or more: one needs no vote, and none can't have one."""
    return len(queries.wordings(queries.candidates(step))) > 1


VOTE = kinds.Kind(
    slug="vote",
    name=_("Vote"),
    summary=_("Mark every one we could build on"),
    prompt=_("Which could we build on?"),
    say=_("Mark every one we could build on."),
    watch=_("Lobbying."),
    minutes=3,
    reveals=True,
    paper="marks",
    sources=("propose",),
    on_open=commands.freeze_options,
    on_close=_on_close,
    on_reveal=commands.choose_leaders,
    may_go_on=_may_go_on,
    fits=_fits,
    mine=queries.my_ballots,
    so_far=queries.vote_so_far,
    report=queries.vote_report,
)


def register() -> None:
    kinds.register(PROPOSE)
    kinds.register(VOTE)
