"""A panel's HTML, read as a person reads it: what is asked, what can be filled in, what can be pressed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

PAGES = 64  # that are remembered


class Node:
    """One element. `first` and `every` look below it, in the order of the page."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Node | str] = []
        self._found: dict[str, list[Node]] = {}

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def below(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.below()

    def every(self, what: str) -> list[Node]:
        """By tag ("form"), by attribute ("[data-ballot]") or by an attribute's value ("[data-door=done]")."""
        if what not in self._found:
            self._found[what] = [node for node in self.below() if node.matches(what)]
        return self._found[what]

    def first(self, what: str) -> Node | None:
        return next(iter(self.every(what)), None)

    def matches(self, what: str) -> bool:
        if not what.startswith("["):
            return self.tag == what
        name, equals, value = what[1:-1].partition("=")
        return name in self and (not equals or self[name] == value)

    @property
    def text(self) -> str:
        """Its words, in one line."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()
                yield " "  # what stands in two elements is two words

    def fields(self) -> dict[str, str]:
        """What a browser would send for this form, untouched."""
        found: dict[str, str] = {}
        for node in self.below():
            name = node.get("name")
            if not name or "disabled" in node:
                continue
            if node.tag == "input" and (node.get("type") not in ("checkbox", "radio") or "checked" in node):
                found[name] = node.get("value")
            elif node.tag == "textarea":
                found[name] = "".join(node._texts())
            elif node.tag == "select" and (options := node.every("option")):
                found[name] = next((option for option in options if "selected" in option), options[0]).get("value")
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        if tag != "template":  # what stands in one is not on the page yet
            self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index].tag == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@lru_cache(PAGES)
def read(html: str) -> Node:
    """The page as a tree, for everyone who has the same. What is not well formed is read as far as it goes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root
