"""New rows that nobody but their sender looks at: those of a burst of commands are saved together, at its end."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db.models import Model, QuerySet

from ..bursts import all_held, held
from ..models import WorkshopSession


def insert(session: WorkshopSession, *rows: Model) -> None:
    """Inside a command's transaction, in the order in which they refer to each other.

    Among others of a burst they are saved at its end, or before the same sender's next command.
    """
    if (burst := held(session.pk)) is not None:
        burst.unsaved += rows
    else:
        _save(rows)


def save_all() -> None:
    """Of all bursts that run in this thread."""
    for burst in all_held():
        rows, burst.unsaved = burst.unsaved, []
        _save(rows)


@contextmanager
def dropped_on_failure() -> Iterator[None]:
    """What the block left to be saved goes with it, as what it has saved goes with its savepoint."""
    before = [(burst, len(burst.unsaved)) for burst in all_held()]
    try:
        yield
    except BaseException:
        for burst, count in before:
            del burst.unsaved[count:]
        raise


def _save(rows: Iterable[Model]) -> None:
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, its_rows in by_model.items():
        QuerySet[Model](model).bulk_create(its_rows)
