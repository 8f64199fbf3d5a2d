"""The rules of the house, "Who may import whom" above all, held against the code as it is parsed."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 400

# Between apps each may import only what stands to its left.
APPS = (
    "workshop.accounts",
    "workshop.sessions",
    "definitions.texts",
    "definitions.cards",
    "definitions.proposals",
    "definitions.drafting",
    "definitions.elements",
    "definitions.decisions",
    "definitions.exports",
    "workshop.live",
    "workshop.room",
    "workshop.rehearsal",
    "workshop.keeping",
)
LEAF_NAMES = ("errors", "fail_points", "fields", "health", "logs", "metrics", "plain_text", "settings", "static_files")
LEAVES = {f"workshop.{name}" for name in LEAF_NAMES}  # they import no app
ROOTS = {"workshop.asgi", "workshop.urls"}  # they put the apps together

# Within an app each layer may import only those before it. A module of no other layer is pure.
LAYERS = ("pure", "models", "queries", "commands", "forms", "views", "wiring")
LAYER_OF = {
    "models": "models",
    "queries": "queries",
    "bursts": "queries",  # what several commands read once
    "access": "queries",  # the one permission check reads the models
    "failures": "queries",  # reads and counts in the cache
    "commands": "commands",
    "forms": "forms",
    "views": "views",
    "admin": "views",
    "steps": "wiring",  # registers a kind, with its commands and queries
    "urls": "wiring",
    "apps": "wiring",
    "management": "wiring",
}
# The room has no models of its own: its modules stand in the order in which a request passes them backwards.
ROOM = (
    "hosts",
    "security",
    "templatetags",
    "identity",
    "panels",
    "together",
    "drawing",
    "joining",
    "mine",
    "show",
    "forms",
    "doors",
    "taking",
    "pages",
    "urls",
    "apps",
)
PURE = {
    "workshop.plain_text",
    "workshop.sessions.agendas",
    "workshop.sessions.kinds",
    "workshop.live.reading",
    "workshop.live.frames",
    "definitions.texts.tokens",
    "definitions.cards.counting",
    "definitions.proposals.voting",
    "definitions.drafting.units",
    "definitions.drafting.changes",
    "definitions.drafting.authority",
    "definitions.elements.spans",
    "definitions.elements.sharing",
    "definitions.elements.reliability",
    "definitions.elements.heat",
    "definitions.elements.places",
    "definitions.elements.lamps",
    "workshop.rehearsal.address",
    "workshop.rehearsal.colleagues.page",
    "workshop.rehearsal.colleagues.pen",
    "workshop.rehearsal.colleagues.script",
    "definitions.decisions.rules",
    "workshop.keeping.crossing",
}
WRITES = {
    "save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "select_for_update",
}  # fmt: skip


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    tree: ast.Module

    @property
    def app(self) -> str | None:
        return app_of(self.name)

    @property
    def package(self) -> list[str]:
        parts = self.name.split(".")
        return parts if self.path.name == "__init__.py" else parts[:-1]

    def imports(self) -> Iterator[str]:
        """Every module of ours that this one imports, wherever in it the import stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self.package[: len(self.package) - node.level + 1] if node.level else []
                source = ".".join([*base, *([node.module] if node.module else [])])
                for alias in node.names:
                    whole = f"{source}.{alias.name}"
                    yield whole if whole in names() else source

    def ours(self) -> Iterator[str]:
        yield from (name for name in self.imports() if name.split(".")[0] in ("workshop", "definitions"))


@cache
def names() -> frozenset[str]:
    return frozenset(dotted(path) for path in code_files())


@cache
def code_files() -> tuple[Path, ...]:
    found = [path for top in ("workshop", "definitions") for path in sorted((ROOT / top).rglob("*.py"))]
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def modules() -> tuple[Module, ...]:
    return tuple(Module(dotted(path), path, ast.parse(path.read_text())) for path in code_files())


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def app_of(name: str) -> str | None:
    return next((app for app in APPS if name == app or name.startswith(f"{app}.")), None)


def stem_in_app(name: str) -> str:
    """The part of a module's name that says what it is: commands of workshop.sessions.commands.people."""
    return name.removeprefix(app_of(name) or "").strip(".").split(".")[0]


def layer(name: str) -> int:
    stem = stem_in_app(name)
    if app_of(name) == "workshop.room":
        return ROOM.index(stem) if stem else -1
    return LAYERS.index(LAYER_OF.get(stem, "pure"))


def test_the_parser_sees_the_imports_there_are() -> None:
    """A test of these tests: an import inside a function, a relative one, and one of a submodule are all seen."""
    source = (
        "from . import queries\ndef f():\n    from ..accounts.models import User\n    import definitions.texts.models\n"
    )
    module = Module("workshop.sessions.views", ROOT / "workshop/sessions/views.py", ast.parse(source))
    assert set(module.ours()) == {
        "workshop.sessions.queries", "workshop.accounts.models", "definitions.texts.models"
    }  # fmt: skip
    assert len(modules()) > 60


def test_every_module_has_its_place() -> None:
    homeless = [
        module.name
        for module in modules()
        if module.app is None and module.name not in LEAVES | ROOTS | {"workshop", "definitions"}
    ]
    assert homeless == []


def test_between_apps_imports_go_to_the_left_only() -> None:
    wrong = []
    for module in modules():
        for name in module.ours():
            if name in LEAVES or name in ("workshop", "definitions"):
                continue
            if (
                module.name in LEAVES
                or name in ROOTS
                or module.app
                and app_of(name)
                and APPS.index(app_of(name) or "") > APPS.index(module.app)
            ):
                wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_within_an_app_imports_go_to_the_left_only() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.ours()
        if module.app and module.app == app_of(name) and layer(name) > layer(module.name)
    ]
    assert wrong == []


def test_across_apps_nobody_reaches_into_views_or_forms() -> None:
    """What an app offers to others: pure modules, models, queries, commands."""
    wrong = [
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.ours()
        if module.app
        and app_of(name) not in (None, module.app)
        and stem_in_app(name) in ("views", "forms", "urls", "steps")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_modules_know_no_framework(name: str) -> None:
    module = next(module for module in modules() if module.name == name)
    known = PURE | {"workshop.errors"}
    foreign = [
        one for one in module.imports() if one.startswith("django") or (one in module.ours() and one not in known)
    ]
    assert foreign == []


def test_the_transport_has_no_models_and_no_rules() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in modules()
        if module.app == "workshop.live" and stem_in_app(module.name) != "management"
        for name in module.ours()
        if app_of(name) != "workshop.live"
    ]
    assert wrong == []


def test_imports_stand_at_the_top_of_a_module() -> None:
    """An import inside a function hides a cycle. AppConfig.ready() is where Django wants it there."""
    hidden = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}"
        for module in modules()
        if module.path.name != "apps.py"
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_nothing_is_async_outside_the_transport() -> None:
    forbidden = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    wrong = [
        module.name
        for module in modules()
        if module.app != "workshop.live" and module.name != "workshop.asgi" and not is_colleague(module)
        if any(isinstance(node, forbidden) for node in ast.walk(module.tree))
        or any(name.split(".")[0] in ("asyncio", "asgiref", "channels") for name in module.imports())
    ]
    assert wrong == []


def is_colleague(module: Module) -> bool:
    return module.name.startswith("workshop.rehearsal.colleagues")


def test_simulated_colleagues_know_what_a_phone_gets_and_nothing_else() -> None:
    """They are clients: sixty browsers in one loop, that see no database, no settings and no code of the server's."""
    wrong = [
        f"{module.name} imports {name}"
        for module in modules()
        if is_colleague(module)
        for name in module.imports()
        if name.startswith("django") or (name in names() and name not in PURE and "rehearsal.colleagues" not in name)
    ]
    assert wrong == []


def writes_in(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        rows = ast.unparse(node.func.value)
        if (name in WRITES and rows != "cache") or (
            name == "update" and re.search(r"\.(objects|filter|exclude|all)\b", rows)
        ):
            yield f"{module.name}:{node.lineno} {name}"


def test_only_commands_and_models_write() -> None:
    """Views, pages, panels and queries read. A command writes, and models that are their own way of being made."""
    wrong = [
        found
        for module in modules()
        if stem_in_app(module.name) not in ("commands", "models") and module.app
        for found in writes_in(module)
    ]
    assert wrong == []
    assert sum(len(list(writes_in(module))) for module in modules()) > 50  # the commands do, or this sees nothing


def test_commands_never_see_a_request() -> None:
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if stem_in_app(module.name) in ("commands", "queries", "models", "access")
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id in ("HttpRequest", "request"))
        or (isinstance(node, ast.arg) and node.arg == "request")
        or (isinstance(node, ast.ImportFrom) and node.module == "django.http")
    ]
    assert wrong == []


def test_every_command_names_its_actor() -> None:
    """Keyword-only. Joining and moving to another phone make the actor; hooks run inside a command."""
    makes_the_actor = {"join", "join_together", "redeem_move_code", "become_co_facilitator", "set_up"}
    wrong = []
    for module in modules():
        if stem_in_app(module.name) != "commands" or module.app == "workshop.accounts":
            continue
        for node in module.tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name in makes_the_actor:
                continue
            takes_session = any(
                isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "changing"
                for inner in ast.walk(node)
            )
            if takes_session and "actor" not in [arg.arg for arg in node.args.kwonlyargs]:
                wrong.append(f"{module.name}.{node.name}")
    assert wrong == []


# Files


def own_files() -> list[Path]:
    found = [*code_files()]
    for top, pattern in (
        ("tests", "*.py"),
        ("tests", "*.mjs"),
        ("tools", "*.py"),
        ("static/js", "*.js"),
        ("static/css", "*.css"),
    ):
        found += sorted((ROOT / top).rglob(pattern))
    peers = ROOT / "bench" / "node_modules"
    found += [path for path in sorted((ROOT / "bench").rglob("*.py")) if peers not in path.parents]
    found += sorted((ROOT / "bench" / "peers").glob("*.mjs"))
    return found


def test_no_file_is_longer_than_one_noun() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in own_files()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_nothing_is_named_after_nothing() -> None:
    vague = re.compile(r"^_?(utils?|helpers?|common|managers?|misc)$")
    named = [path for path in own_files() if vague.match(path.stem)]
    assert [str(path.relative_to(ROOT)) for path in named] == []


def test_group_send_has_one_caller() -> None:
    callers = [
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "group_send"
    ]
    assert callers == ["workshop.live.hints"]


def test_a_hint_is_announced_from_one_place() -> None:
    """Commands announce a session by `changing`, after the commit; nobody else sends its signal."""
    senders = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "send" and ast.unparse(node.value) == "session_changed"
    }
    assert senders == {"workshop.sessions.commands.changing"}
