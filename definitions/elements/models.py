from django.db import models
from django.utils.translation import gettext_lazy as _

from workshop.sessions.models import WorkshopSession


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
