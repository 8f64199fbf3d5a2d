"""A running meeting outlives `migrate`: the code of before goes on working on the tables of after, and waits for none.

Servers are replaced once the tables are new (docs/operations.md). So one version only adds, in ways that the code of
before need not know of; what is not wanted any more goes with the version after.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tests.test_architecture import APPS

# From before the first version, when there was no meeting to keep.
BEFORE = {("decisions", "0004_photo"), ("workshop_sessions", "0002_rehearsal")}
# (app, name) → why it may all the same: mostly that the version before has done without for long.
MAY: dict[tuple[str, str], str] = {}

ADDS = (migrations.CreateModel, migrations.AlterModelOptions, migrations.AlterModelManagers)
TAKES_A_RULE_AWAY = (migrations.RemoveConstraint, migrations.RemoveIndex)

LOADER = MigrationLoader(None, ignore_no_migrations=True)
OURS = {config.label for config in apps.get_app_configs() if config.name in APPS}


def later() -> list[tuple[str, str]]:
    """All of ours but those that make an app's first tables."""
    ours = {key: migration for key, migration in sorted(LOADER.disk_migrations.items()) if key[0] in OURS}
    return [key for key, migration in ours.items() if not (migration.initial or key in BEFORE or key in MAY)]


def complaints(before: ProjectState, app: str, operations: list[Operation]) -> Iterator[str]:
    """What of these would stop the code of before, or hold a table locked while all of it is read."""
    state, new_tables = before.clone(), set()
    for operation in operations:
        table = getattr(operation, "model_name_lower", "")
        match operation:
            case migrations.CreateModel():
                new_tables.add(operation.name_lower)
            case migrations.AddField() if table not in new_tables and not fits_beside(operation.field):
                yield f"{table}.{operation.name}: the code of before adds rows without it; give it db_default, or null"
            case migrations.AlterField() if narrower(state.models[app, table].fields[operation.name], operation.field):
                yield f"{table}.{operation.name}: another type, or a stricter one"
            case migrations.AddField() | migrations.AlterField():
                pass
            case _ if not (table in new_tables or isinstance(operation, ADDS + TAKES_A_RULE_AWAY)):
                yield f"{operation.describe()}: the code of before still uses it, or a whole table is read under a lock"
        operation.state_forwards(app, state)


def fits_beside(field: models.Field) -> bool:  # type: ignore[type-arg]
    return field.many_to_many or field.null or field.has_db_default()


def narrower(old: models.Field, new: models.Field) -> bool:  # type: ignore[type-arg]
    other_type = old.get_internal_type() != new.get_internal_type()
    shorter = new.max_length is not None and (old.max_length is None or old.max_length > new.max_length)
    return other_type or shorter or (old.null and not new.null) or (new.unique and not old.unique)


@pytest.mark.parametrize("key", later(), ids="/".join)
def test_the_code_of_before_works_on_the_tables_of_after(key: tuple[str, str]) -> None:
    before = LOADER.project_state(key, at_end=False)
    assert list(complaints(before, key[0], LOADER.disk_migrations[key].operations)) == []


SHORT = models.CharField(max_length=1, blank=True, default="")


@pytest.mark.parametrize(
    ("operation", "may"),
    [
        (migrations.AddField("proposal", "mood", SHORT), False),
        (migrations.AddField("proposal", "mood", models.CharField(max_length=1, db_default="")), True),
        (migrations.AddField("proposal", "mood", models.DateTimeField(null=True)), True),
        (migrations.AlterField("proposal", "unsent", SHORT), False),
        (migrations.AlterField("proposal", "unsent", models.TextField(blank=True, help_text="…")), True),
        (migrations.RemoveField("proposal", "unsent"), False),
        (migrations.RenameField("proposal", "unsent", "typed"), False),
        (migrations.DeleteModel("Verdict"), False),
        (migrations.AddIndex("proposal", models.Index(fields=["unsent"], name="slow")), False),
        (migrations.RunSQL("SELECT 1"), False),
        (migrations.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]), True),
    ],
    ids=lambda value: value.describe() if isinstance(value, Operation) else "",
)
def test_what_a_migration_may_do(operation: Operation, may: bool) -> None:
    assert bool(list(complaints(LOADER.project_state(), "proposals", [operation]))) is not may
