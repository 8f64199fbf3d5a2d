import uuid

from django.conf import settings
from django.db import models

from definitions.texts.models import Text
from workshop.sessions.models import Participant, Round


class Card(models.Model):
    """A short text from one person in one round; the round's step says what kind of card it is."""

    class State(models.TextChoices):
        SENT = "sent"
        HIDDEN = "hidden"

    id = models.UUIDField(
        primary_key=True, default=uuid.uuid4
    )  # made by the phone; random, so an order without authors
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="cards")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="cards")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.SENT)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
