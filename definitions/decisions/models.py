import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from definitions.drafting.models import Draft
from definitions.texts.models import Text
from workshop.sessions.models import Participant, Round, WorkshopSession

from .rules import SCALES, Level, level_of


class Decision(models.Model):
    """What one round decides on, and by which rule: pinned when it opens."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="decision")
    body = models.TextField()
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="decisions")
    draft_version = models.PositiveIntegerField(null=True)  # null: not from a draft
    scale = models.CharField(max_length=1)
    threshold = models.CharField(max_length=4)
    turnout = models.CharField(max_length=4)
    hands = models.JSONField(default=dict)  # level → counted in the room, for people without a phone
    present = models.PositiveSmallIntegerField(default=0)  # who was here when it closed

    @property
    def levels(self) -> tuple[Level, ...]:
        return SCALES[self.scale]

    def level(self, slug: str) -> Level | None:
        return level_of(self.scale, slug)


class Stance(models.Model):
    """How far one participant agrees. Private, not secret: it can be changed until the round closes."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="stances")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "participant"], name="one_stance_per_person_and_round"),
        ]


class Objection(models.Model):
    """A reservation with its reason, pinned to the words it is about; none: it is about the whole sentence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # random: an order without authors
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="objections")
    participant = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12)
    spans = models.JSONField(default=list)  # [start, end] in UTF-16 units of the decision's body
    quotation = models.TextField(blank=True)
    words = models.CharField(max_length=200, blank=True)
    consent = models.BooleanField(default=False)  # it may be printed beside the definition
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "participant"], name="one_objection_per_person_and_round"),
        ]

    @property
    def place(self) -> tuple[Any, ...]:
        """Its order among others: where it begins in the text; what is about the whole comes last."""
        return (not self.spans, self.spans, str(self.pk))


class Closing(models.Model):
    """The text that is about to be sealed, while its spelling is put right."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="closing")
    body = models.TextField(blank=True)
    draft_version = models.PositiveIntegerField(null=True)
    photo = models.BooleanField(default=False)  # every phone is a piece to hold up
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    """The decision whose text this is; none where the room has not decided on it."""


class AgreedDefinition(models.Model):
    """The outcome. Never changes afterwards; a new version is a new meeting that starts from it."""

    class Outcome(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        WITH_RESERVATIONS = "agreed-with-reservations", _("Agreed with reservations")
        WORKING_SENTENCE = "working-sentence", _("A working sentence, not agreed yet")
        FACILITATORS_CALL = "facilitators-call", _("The facilitator's call")

    session = models.OneToOneField(WorkshopSession, on_delete=models.PROTECT, related_name="agreed")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    draft_version = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=24, choices=Outcome.choices)
    report = models.JSONField(default=dict)
    sealed_at = models.DateTimeField(auto_now_add=True)
