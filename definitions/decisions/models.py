from django.db import models
from django.utils.translation import gettext_lazy as _

from definitions.texts.models import Text
from workshop.sessions.models import Round, WorkshopSession


class Closing(models.Model):
    """The text that is about to be sealed, while its spelling is put right."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="closing")
    body = models.TextField(blank=True)
    draft_version = models.PositiveIntegerField(null=True)
    photo = models.BooleanField(default=False)  # every phone is a piece to hold up


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
