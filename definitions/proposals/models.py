import uuid

from django.conf import settings
from django.db import models

from definitions.texts.models import Text
from workshop.sessions.models import Participant, Round


class Proposal(models.Model):
    """A definition written by one participant.

    `text` is what they sent; `unsent` is what they are still typing, kept from every pause so that nothing is lost.
    Only `text` is ever shown to others.
    """

    class State(models.TextChoices):
        UNFINISHED = "unfinished"
        SENT = "sent"
        LATE = "late"  # sent after the reveal: the facilitator admits it
        HIDDEN = "hidden"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # random: an order without authors
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposals")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="proposals")
    text = models.ForeignKey(Text, null=True, on_delete=models.PROTECT, related_name="+")
    unsent = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNFINISHED)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "participant"], name="one_proposal_per_person_and_round"),
        ]


class Option(models.Model):
    """One thing to vote for, frozen when the vote opens."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="options")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    hands = models.PositiveSmallIntegerField(default=0)  # counted in the room, for people without a phone
    chosen = models.BooleanField(default=False)  # the room builds on it

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["round", "text"], name="text_once_per_vote")]


class Ballot(models.Model):
    """What someone marked. In a secret vote nothing here says who: no time, no order, a random id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="ballots")
    choices = models.JSONField(default=list)


class Roll(models.Model):
    """Who has voted. It points to the ballot while the vote is open, so that it can be changed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="rolls")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    ballot = models.OneToOneField(Ballot, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "participant"], name="one_roll_per_person_and_round")]


class Verdict(models.Model):
    """How a tie was settled. Without a row the leader leads by its marks alone."""

    class How(models.TextChoices):
        BOTH = "both"
        FACILITATOR = "facilitator"

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="verdict")
    how = models.CharField(max_length=12, choices=How.choices)
    reason = models.CharField(max_length=200, blank=True)
