import contextlib
from typing import Any

from django.db import models

from . import tokens


class Text(models.Model):
    """What someone wrote, as they sent it. Never changes: another wording is another Text."""

    body = models.TextField()
    words = models.PositiveSmallIntegerField()
    tokeniser_version = models.PositiveSmallIntegerField(default=tokens.VERSION)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.body

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A Text never changes. Write a new one.")
        super().save(*args, **kwargs)


def write(body: str) -> Text:
    return Text.objects.create(body=body, words=tokens.word_count(body))


def discard(text: Text) -> None:
    """Delete a text that its writer took back, unless something else holds it."""
    with contextlib.suppress(models.ProtectedError):
        text.delete()
