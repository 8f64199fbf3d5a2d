import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from workshop.sessions.models import Participant, Step


class Draft(models.Model):
    """The one text that all write together. `version` counts its rows."""

    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="draft")
    body = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    frozen = models.BooleanField(default=False)
    all_write = models.BooleanField(default=True)  # False: only those who hold a pen
    pens = models.ManyToManyField(Participant, through="Pen", related_name="+")


class Pen(models.Model):
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="pen_rows")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "participant"], name="one_pen_per_person")]


class DraftRow(models.Model):
    """One accepted change: from version - 1 to version."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="rows")
    version = models.PositiveIntegerField()
    client = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    left = models.BooleanField(default=False)
    changes = models.JSONField()
    seat = models.PositiveSmallIntegerField()  # whose words these are; 0 is the facilitator
    writer = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "version"], name="draft_version_once"),
            models.UniqueConstraint(fields=["draft", "client", "seq"], name="draft_push_once"),
        ]


class DraftSnapshot(models.Model):
    """The text at a version, with its authors as runs [units, seat], made when the step closes."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="snapshots")
    version = models.PositiveIntegerField()
    body = models.TextField()
    authors = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["draft", "version"], name="one_snapshot_per_version")]


class Mark(models.Model):
    """What someone without a pen says of some words: keep them, change them, or these instead.

    Without a name for the others; `start` and `end` count UTF-16 units at `version`.
    """

    class Says(models.TextChoices):
        KEEP = "keep", _("Keep")
        CHANGE = "change", _("Change")
        SUGGEST = "suggest", _("Suggest")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="marks")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    says = models.CharField(max_length=8, choices=Says.choices)
    version = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quotation = models.CharField(max_length=300)
    words = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
