import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from definitions.drafting.models import Draft
from definitions.texts.models import Text
from workshop.sessions.models import Participant, Round, WorkshopSession


class ElementSet(models.Model):
    """The elements that one meeting looks for: copied from a published set, then the team's own."""

    session = models.OneToOneField(WorkshopSession, on_delete=models.CASCADE, related_name="element_set")
    slug = models.CharField(max_length=32)  # of the published set that it was copied from
    created_at = models.DateTimeField(auto_now_add=True)


class Element(models.Model):
    class Hue(models.TextChoices):
        """Color, icon and puzzle piece are one choice: they are never used apart."""

        V = "v", _("orange, a raised hand")
        A = "a", _("sky blue, an arrow")
        D = "d", _("green, an eye")
        G = "g", _("yellow, a gem")
        E = "e", _("blue, a flame")
        S = "s", _("red, a smile")
        C = "c", _("purple, a person")

    element_set = models.ForeignKey(ElementSet, on_delete=models.CASCADE, related_name="elements")
    key = models.CharField(max_length=32)  # stays when the team renames it: samples are marked by it
    position = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=1)
    hue = models.CharField(max_length=1, choices=Hue.choices)
    name = models.CharField(max_length=40)
    phrase = models.CharField(max_length=40)
    question = models.CharField(max_length=80)
    explanation = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["element_set", "key"], name="element_key_unique_in_set"),
        ]

    def __str__(self) -> str:
        return self.name


class TextToTag(models.Model):
    """One text that a Tag step goes through, frozen when it opens."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="texts_to_tag")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["round", "text"], name="text_once_per_tagging")]


class Reading(models.Model):
    """One participant goes through one text: who reads which is settled when the step opens."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="readings")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]  # the order in which they read
        constraints = [
            models.UniqueConstraint(fields=["round", "participant", "text"], name="one_reading_per_person_and_text"),
        ]


class Answer(models.Model):
    """What a reader says to one element's question: these words, not here, or not sure. Each span is a tag."""

    class Says(models.TextChoices):
        WORDS = "words", _("These words")
        NOT_HERE = "not-here", _("Not here")
        NOT_SURE = "not-sure", _("Not sure")

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="answers")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    says = models.CharField(max_length=8, choices=Says.choices)
    spans = models.JSONField(default=list)  # [start, end] in UTF-16 units of the text

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "element"], name="one_answer_per_question")]


class DraftTag(models.Model):
    """Where one person sees an element in the draft, or that they don't. Never shown with its person.

    `start` and `end` count UTF-16 units at `version`; with *not here* both are 0. The words count while they stand
    there as quoted.
    """

    class Says(models.TextChoices):
        HERE = "here", _("These words")
        NOT_HERE = "not-here", _("Not here")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="tags")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    says = models.CharField(max_length=8, choices=Says.choices)
    version = models.PositiveIntegerField()
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    quotation = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "participant", "element"], name="one_draft_tag_per_element"),
        ]


class LeftOut(models.Model):
    """A piece that a draft does without on purpose: the facilitator's word for the room. It counts as complete."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="left_out")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "element"], name="left_out_once")]


class Line(models.Model):
    """What an element looks like here, in the words of the one who holds its piece; one for each is picked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # made by the phone
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="lines")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="lines")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    picked = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]  # made at random: an order that tells nothing of who or when
        constraints = [
            models.UniqueConstraint(fields=["round", "participant"], name="one_line_per_person"),
            models.UniqueConstraint(
                fields=["round", "element"], condition=models.Q(picked=True), name="one_line_picked_per_element"
            ),
        ]
