import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from definitions.texts.models import discard, write
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate, must_take_part
from workshop.sessions.bursts import look_at_round, own_row, read_once
from workshop.sessions.commands.changing import changing
from workshop.sessions.commands.new_rows import insert
from workshop.sessions.commands.running import mark_done, open_round
from workshop.sessions.models import Participant, Round, WorkshopSession

from .models import Ballot, Option, Proposal, Roll, Verdict
from .queries import candidates, leaders_of, options_of, wordings

MAX_LENGTH = 600
RUN_OFF_SECONDS = 30


# Proposals


def keep_unsent(session: WorkshopSession, *, actor: Participant, round_: Round, id_: uuid.UUID, body: str) -> Proposal:
    """What is being typed. Kept even when the step has moved on; shown to nobody but its writer."""
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        proposal = _own(round_, actor, id_)
        proposal.unsent = body
        proposal.save(update_fields=["unsent"])
    return proposal


def send_proposal(
    session: WorkshopSession, *, actor: Participant, round_: Round, id_: uuid.UUID, body: str
) -> Proposal:
    """Send one's sentence, or a better one in its place. After the reveal it waits for the facilitator."""
    with changing(session, touches=[actor]):
        must_take_part(actor, session)
        proposal = _own(round_, actor, id_)
        _send(round_, proposal, body)
        mark_done(round_, actor)
    return proposal


def type_proposal_for(
    session: WorkshopSession, *, actor: Actor, round_: Round, participant: Participant, body: str
) -> Proposal:
    """The facilitator types a sentence for someone; it is marked so."""
    user = must_facilitate(actor, session)
    with changing(session):
        proposal = _own(round_, participant, uuid.uuid4())
        if proposal.text is not None and proposal.entered_by is None:
            raise Refused("wrote-themselves", _("They have sent a sentence themselves."))
        _send(round_, proposal, body, entered_by=user)
        mark_done(round_, participant)
    return proposal


def hide_proposal(session: WorkshopSession, *, actor: Actor, id_: uuid.UUID, hidden: bool) -> Proposal:
    """Hide a sentence, or bring it back. A late one is admitted by the same command."""
    must_facilitate(actor, session)
    with changing(session):
        proposal = Proposal.objects.filter(pk=id_, round__step__session=session, text__isnull=False).first()
        if proposal is None:
            raise Refused("no-such-proposal", _("That sentence is no longer there."))
        proposal.state = Proposal.State.HIDDEN if hidden else Proposal.State.SENT
        proposal.save(update_fields=["state"])
    return proposal


def copy_earlier(round_: Round) -> None:
    """A reopened step begins with the sentences that are there, so that people can better them."""
    earlier = round_.step.rounds.filter(number__lt=round_.number).last()
    if earlier is not None:
        Proposal.objects.bulk_create(
            Proposal(
                round=round_,
                participant_id=proposal.participant_id,
                text_id=proposal.text_id,
                unsent=proposal.unsent,
                state=Proposal.State.SENT if proposal.state == Proposal.State.LATE else proposal.state,
                entered_by_id=proposal.entered_by_id,
                sent_at=proposal.sent_at,
            )
            for proposal in earlier.proposals.all()
        )


def _own(round_: Round, participant: Participant, id_: uuid.UUID) -> Proposal:
    look_at_round(round_)
    proposal = round_.proposals.select_related("text").filter(participant=participant).first()
    if proposal is None:
        if Proposal.objects.filter(pk=id_).exists():
            raise Refused("not-yours", _("That sentence belongs to someone else."))
        proposal = Proposal.objects.create(id=id_, round=round_, participant=participant)
    return proposal


def _send(round_: Round, proposal: Proposal, body: str, entered_by: User | None = None) -> None:
    if round_.is_revealed and proposal.state == Proposal.State.SENT:
        raise Refused("revealed", _("Your sentence is on the screen already; it can't change now."))
    earlier = proposal.text
    proposal.text = write(body)
    proposal.unsent = ""
    proposal.entered_by = entered_by
    proposal.sent_at = timezone.now()
    if proposal.state != Proposal.State.HIDDEN:
        proposal.state = Proposal.State.LATE if round_.is_revealed else Proposal.State.SENT
    proposal.save(update_fields=["text", "unsent", "entered_by", "sent_at", "state"])
    if earlier is not None:
        discard(earlier)


# Votes


def cast_ballot(session: WorkshopSession, *, actor: Participant, round_: Round, choices: Sequence[int]) -> Roll:
    """Vote, or change one's vote, while the vote is open."""
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        look_at_round(round_)
        if not round_.is_open:
            raise Refused("vote-closed", _("The vote has closed. Your earlier vote counts, if you sent one."))
        known = read_once(session, ("options", round_.pk), lambda: set(options_of(round_).values_list("pk", flat=True)))
        if not set(choices) <= known:
            raise Refused("no-such-option", _("The list has changed. Look again, then send your vote."))
        marked = sorted(set(choices))
        roll = own_row(actor, ("roll", round_.pk), partial(_rolls, round_))
        if roll is None:
            ballot = Ballot(round=round_, choices=marked)
            roll = Roll(round=round_, participant=actor, ballot=ballot)
            insert(session, ballot, roll)
        elif roll.ballot_id is None:  # what it pointed to was erased
            roll.ballot = Ballot.objects.create(round=round_, choices=marked)
            roll.save(update_fields=["ballot"])
        else:
            Ballot.objects.filter(pk=roll.ballot_id).update(choices=marked)
        mark_done(round_, actor)
    return roll


def _rolls(round_: Round, participant_ids: Iterable[int]) -> dict[int, Roll]:
    return {roll.participant_id: roll for roll in round_.rolls.filter(participant__in=participant_ids)}


def count_hands(session: WorkshopSession, *, actor: Actor, round_: Round, hands: Mapping[int, int]) -> None:
    """Hands counted in the room, for people without a phone. Marked so in the result."""
    must_facilitate(actor, session)
    with changing(session):
        look_at_round(round_)
        if round_.is_revealed:
            raise Refused("revealed", _("The result is on the screen already. Reopen the vote to count again."))
        options = list(round_.options.filter(pk__in=hands))
        for option in options:
            option.hands = min(max(hands[option.pk], 0), 500)
        Option.objects.bulk_update(options, ["hands"])


def run_off(session: WorkshopSession, *, actor: Actor, round_: Round) -> Round:
    """Thirty seconds more between those that are tied."""
    must_facilitate(actor, session)
    with changing(session):
        leaders = _tied(round_)
        texts = list(round_.options.filter(pk__in=leaders).values_list("text_id", flat=True))
        again = open_round(round_.step, timezone.now(), seconds=RUN_OFF_SECONDS)
        again.options.exclude(text__in=texts).delete()
    return again


def keep_both(session: WorkshopSession, *, actor: Actor, round_: Round) -> Verdict:
    """Build on all that are tied."""
    must_facilitate(actor, session)
    with changing(session):
        leaders = _tied(round_)
        verdict = Verdict.objects.create(round=round_, how=Verdict.How.BOTH)
        _choose(round_, leaders)
    return verdict


def choose(session: WorkshopSession, *, actor: Actor, round_: Round, option: Option, reason: str) -> Verdict:
    """The facilitator settles a tie, and says why; the reason is shown and kept."""
    must_facilitate(actor, session)
    if not reason:
        raise Refused("reason-missing", _("Say why: the room will read it."))
    with changing(session):
        if option.pk not in _tied(round_):
            raise Refused("not-tied", _("That one is not among those that are tied."))
        verdict = Verdict.objects.create(round=round_, how=Verdict.How.FACILITATOR, reason=reason)
        _choose(round_, (option.pk,))
    return verdict


def freeze_options(round_: Round) -> None:
    """What is voted on: every sentence revealed before this step, each wording once."""
    for position, (text, proposal) in enumerate(wordings(candidates(round_.step)), start=1):
        Option.objects.create(round=round_, text=text, proposal=proposal, position=position)


def seal_ballots(round_: Round) -> None:
    """At the close of a secret vote the ballots get new random ids in a shuffled order, and no roll points to them."""
    if not round_.step.session.secret:
        return
    ballots = list(round_.ballots.all())
    round_.rolls.update(ballot=None)
    round_.ballots.all().delete()
    random.SystemRandom().shuffle(ballots)
    Ballot.objects.bulk_create(Ballot(round=round_, choices=ballot.choices) for ballot in ballots)


def choose_leaders(round_: Round) -> None:
    """At the reveal: whoever leads is what we build on; a tie keeps all of them until it is settled."""
    _choose(round_, leaders_of(round_))


def _choose(round_: Round, option_ids: Sequence[int]) -> None:
    round_.options.update(chosen=False)
    round_.options.filter(pk__in=option_ids).update(chosen=True)


def _tied(round_: Round) -> tuple[int, ...]:
    look_at_round(round_)
    leaders = leaders_of(round_)
    if len(leaders) < 2:
        raise Refused("no-tie", _("There is no tie to settle."))
    if Verdict.objects.filter(round=round_).exists() or round_.step.rounds.filter(number__gt=round_.number).exists():
        raise Refused("settled", _("This tie has been settled already."))
    return leaders
