"""The changes of an overlay, read one by one and put down as edits of its base."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import Literal

from pegmark.language import shown
from pegmark.rulebook.places import Edits, Place, Places, renamed
from pegmark.rulebook.program import Change
from pegmark.rulebook.reading import MAX_RULES, Enough, Reader
from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence
from pegmark.rulebook.targets import Targets

Kind = Literal["rule", "path", "param", "add", "retire"]
KINDS: Lookup[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "add": (("add", "rule"), ("before", "after")),
    "rule": (("rule", "set", "why"), ("cite",)),
    "path": (("path", "to", "why"), ("cite",)),
    "param": (("param", "values", "why"), ("cite",)),
    "retire": (("retire", "date", "why"), ()),
}
"""What a change may be, by the key that says so, with the keys that it has and may have."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One change as it is written: its entries, with the keys as they stand, and its path."""

    kind: Kind
    target: Scalar
    entry: Lookup[str, Node]
    keys: Lookup[str, Scalar]
    path: str

    @property
    def at(self) -> str:
        """Return the path of what is named."""
        return f"{self.path}.{self.kind}"

    def made(self) -> Change:
        """Return what the change comes to."""
        cite = _cited(self.entry.get("cite"))
        return Change(self.kind, self.target.text, _said(self.entry.get("why")), cite, self.target.span)


class Changes:
    """What an overlay's `changes` say, read against the places of its base."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self._reader = reader
        self._places = places
        self._targets = Targets(reader, places)
        self._retired: list[Node] = []
        self._begun: dict[str, tuple[Scalar, list[Node]]] = {}
        self.edits = Edits()
        self.made: list[Change] = []

    def read(self, node: Node | None) -> None:
        """Read every change; raises `Enough` where there are more than a rulebook has rules."""
        for n, (item, path) in enumerate(self._reader.items(node, "changes", least=1)):
            if n >= MAX_RULES:
                message, hint = f"more than {MAX_RULES} changes", "write a rulebook of its own"
                self._reader.report("E0329", message, item.span, path, hint)
                raise Enough
            self._reader.rule_id = None
            found = self._item(item, path)
            if found is not None:
                self._make(found)

    def sections(self) -> Mapping | None:
        """Return a tree of the sections that changes bring: lists that the base has not, and ids retired."""
        entries = [(key, Sequence(tuple(rules), key.span)) for key, rules in self._begun.values()]
        if self._retired:
            span = self._retired[0].span
            key = Scalar("retired", span, lambda _: span.start)
            entries.append((key, Sequence(tuple(self._retired), span)))
        return Mapping(tuple(entries), entries[0][1].span) if entries else None

    def _item(self, node: Node, path: str) -> _Item | None:
        given = {key.text for key, _ in self._reader.entries(node, path)}
        kind = next((kind for kind in KINDS if kind in given), None)
        if not isinstance(node, Mapping):
            return None
        if kind is None:
            message = "a change says what it changes, and this says nothing"
            hint = "write one of " + ", ".join(f"`{kind}`" for kind in KINDS)
            self._reader.report("E0406", message, node.span, path, hint)
            return None
        required, optional = KINDS[kind]
        entry = self._reader.mapping(node, path, required, optional)
        target = self._reader.scalar(entry.get(kind), f"{path}.{kind}")
        if target is None or any(key not in entry for key in required):
            return None
        return _Item(kind, target, entry, {key.text: key for key, _ in node.entries}, path)

    def _make(self, item: _Item) -> None:
        match item.kind:
            case "rule":
                self._set(item)
            case "path":
                self._put(item, item.target.text.split("."), "to")
            case "param":
                self._put(item, ["params", item.target.text, "values"], "values")
            case "add":
                self._add(item)
            case "retire":
                self._retire(item)

    def _set(self, item: _Item) -> None:
        """Change keys of a rule; one that it has not is added, for its section to judge."""
        place = self._targets.rule(item.target, item.at)
        if place is None or not self._targets.may(item.target, place, item.at, is_rule=True):
            return
        if not self._targets.claim(item.target, item.at, (*place, "why")):
            return
        self._reader.rule_id = shown(item.target.text)
        for key, value in self._reader.entries(item.entry["set"], f"{item.path}.set"):
            at, steps = f"{item.path}.set.{key.text}", key.text.split(".")
            if key.text in ("why", "cite"):
                message, hint = f"`{key.text}` is not set", f"write `{key.text}` beside `set`"
                self._reader.report("E0411", message, key.span, at, hint)
                continue
            inner: Place | None = (*place, key.text)
            if len(steps) > 1 or self._places.find(steps, place)[0] is not None:
                inner = self._targets.place(key, steps, at, place)
            if inner is not None and self._targets.claim(key, at, inner):
                self.edits.put(inner, key, value)
        self._reason(item, place)
        self.made.append(item.made())

    def _put(self, item: _Item, steps: list[str], key: str) -> None:
        """Change what stands at a path, and the reason of the rule that it is part of."""
        place = self._targets.place(item.target, steps, item.at)
        if place is None:
            return
        rule = self._places.reasoned(place)
        why = () if rule is None else ((*rule, "why"),)
        if not self._targets.claim(item.target, item.at, place, *why):
            return
        self.edits.put(place, item.keys[key], item.entry[key])
        if rule is None:
            self._reader.text(item.entry["why"], f"{item.path}.why")
            self._reader.citations(item.entry.get("cite"), f"{item.path}.cite")
        else:
            self._reason(item, rule)
        self.made.append(item.made())

    def _add(self, item: _Item) -> None:
        rule = item.entry["rule"]
        entries = {key.text: child for key, child in self._reader.entries(rule, f"{item.path}.rule")}
        place = self._targets.list_of_rules(item.target, item.at)
        before = None if place is None else self._before(item, place)
        if place is None or before is None or not isinstance(rule, Mapping):
            return
        name = entries.get("id")
        if not isinstance(name, Scalar):
            self._reader.report("E0302", "`id` is missing", rule.span, f"{item.path}.rule", "add `id: …`")
        elif self._targets.is_free(name, f"{item.path}.rule.id"):
            if len(place) == 1:
                self._begun.setdefault(item.target.text, (item.target, []))[1].append(rule)
            else:
                self.edits.added.setdefault(place, []).append((before, rule))
            made = Change("add", name.text, _said(entries.get("why")), _cited(entries.get("cite")), name.span)
            self.made.append(made)

    def _before(self, item: _Item, place: Place) -> int | None:
        """Return the index in a list before which a rule is added: beside another, or at the end."""
        for key, after in (("before", 0), ("after", 1)):
            name = self._reader.scalar(item.entry.get(key), f"{item.path}.{key}")
            if name is None:
                continue
            beside = self._targets.rule(name, f"{item.path}.{key}")
            if beside is None:
                return None
            if beside[:-1] == place and isinstance(beside[-1], int):
                return beside[-1] + after
            message = f"`{shown(name.text)}` is not in `{shown(item.target.text)}`"
            self._reader.report("E0407", message, name.span, f"{item.path}.{key}", "name a rule that is")
            return None
        node = self._places.node(place) if len(place) > 1 else None
        return len(node.items) if isinstance(node, Sequence) else 0

    def _retire(self, item: _Item) -> None:
        place = self._targets.rule(item.target, item.at)
        if place is None or not self._targets.may(item.target, place, item.at, is_rule=True):
            return
        if not isinstance(place[-1], int):
            message = f"`{shown(item.target.text)}` is one that every rulebook has"
            self._reader.report(
                "E0411", message, item.target.span, item.at, "change it with `rule` and `set`"
            )
        elif self._targets.claim(item.target, item.at, place):
            self.edits.removed.add(place)
            entries = [(renamed(item.keys["retire"], "id"), item.entry["retire"])]
            entries += [(item.keys[key], item.entry[key]) for key in ("date", "why")]
            self._retired.append(Mapping(tuple(entries), item.target.span))
            self.made.append(item.made())

    def _reason(self, item: _Item, rule: Place) -> None:
        """Let a rule that is changed say why it is as it is now, and on what grounds."""
        for key in ("why", "cite"):
            if key in item.entry:
                self.edits.put((*rule, key), item.keys[key], item.entry[key])


def _said(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""


def _cited(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, Sequence) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar))
