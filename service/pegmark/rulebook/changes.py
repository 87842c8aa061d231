"""The changes of an overlay: read one by one, each held to what may be changed, and put down as edits."""

from __future__ import annotations

from typing import Literal

from pegmark.language import nearest, shown
from pegmark.problems import Related, Span
from pegmark.rulebook.places import Edits, Place, Places, renamed
from pegmark.rulebook.program import Change
from pegmark.rulebook.reading import MAX_RULES, NOWHERE, Enough, Reader
from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence

Kind = Literal["rule", "path", "param", "add", "retire"]
KINDS: tuple[Kind, ...] = ("add", "retire", "param", "path", "rule")
"""What a change may be, by the key that says so; `add` has a `rule` too."""
KEYS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "rule": (("rule", "set", "why"), ("cite",)),
    "path": (("path", "to", "why"), ("cite",)),
    "param": (("param", "values", "why"), ("cite",)),
    "add": (("add", "rule"), ("before", "after")),
    "retire": (("retire", "date", "why"), ()),
}
LISTS = (
    "classify.rules",
    "rating.knock_outs",
    "rating.status.rules",
    "haircut.maintenance.steps",
    "caps.limits",
    "conditions",
    "review",
    "guardrails",
)
"""Lists of rules that one may be added to, beside `scorecards.<pillar>.characteristics`."""
FIXED = ("guardrails", "sources", "retired", "facts")
"""Sections of the base that stay as they are."""


class Changes:
    """What an overlay's `changes` say, read against the places of its base."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self._reader = reader
        self._places = places
        self._claimed: dict[Place, Span] = {}
        self._around: dict[Place, Span] = {}
        self._new: dict[str, Span] = {}
        self.edits = Edits()
        self.made: list[Change] = []
        self._retired: list[Node] = []
        self._begun: dict[str, tuple[Scalar, list[Node]]] = {}

    def read(self, node: Node | None) -> None:
        """Read every change; raises `Enough` where there are more than a rulebook has rules."""
        for n, (item, path) in enumerate(self._reader.items(node, "changes", least=1)):
            if n >= MAX_RULES:
                message, hint = f"more than {MAX_RULES} changes", "write a rulebook of its own"
                self._reader.report("E0329", message, item.span, path, hint)
                raise Enough
            self._read(item, path)

    def sections(self) -> Mapping | None:
        """Return a tree of the sections that changes bring: lists that the base has not, and ids retired."""
        entries = [(key, Sequence(tuple(rules), key.span)) for key, rules in self._begun.values()]
        if self._retired:
            span = self._retired[0].span
            entries.append(
                (Scalar("retired", span, lambda _: span.start), Sequence(tuple(self._retired), span))
            )
        return Mapping(tuple(entries), entries[0][1].span) if entries else None

    def _read(self, item: Node, path: str) -> None:
        reader = self._reader
        reader.rule_id = None
        given = {key.text for key, _ in reader.entries(item, path)}
        kind = next((kind for kind in KINDS if kind in given), None)
        if not isinstance(item, Mapping):
            return
        if kind is None:
            hint = "write one of " + ", ".join(f"`{kind}`" for kind in KEYS)
            reader.report(
                "E0406", "a change says what it changes, and this says nothing", item.span, path, hint
            )
            return
        required, optional = KEYS[kind]
        entry = reader.mapping(item, path, required, optional)
        if kind == "add" and not isinstance(entry.get("add"), Scalar):
            reader.scalar(entry.get("add"), f"{path}.add")
            return
        target = reader.scalar(entry.get(kind), f"{path}.{kind}")
        if target is None or any(key not in entry for key in required):
            return
        keys = {key.text: key for key, _ in item.entries}
        match kind:
            case "rule":
                self._set(target, entry, keys, path)
            case "path":
                self._put(target, target.text.split("."), entry["to"], entry, keys, path)
            case "param":
                steps = ["params", target.text, "values"]
                self._put(target, steps, entry["values"], entry, keys, path, "param")
            case "add":
                self._add(target, entry, path)
            case "retire":
                self._retire(target, entry, keys, path)

    # Kinds

    def _set(self, target: Scalar, entry: dict[str, Node], keys: dict[str, Scalar], path: str) -> None:
        place = self._rule(target, f"{path}.rule")
        if place is None or not self._is_open(place, target, f"{path}.rule"):
            return
        if not self._claim(target, f"{path}.rule", (*place, "why")):
            return
        self._reader.rule_id = shown(target.text)
        for key, value in self._reader.entries(entry["set"], f"{path}.set"):
            at = f"{path}.set.{key.text}"
            steps = key.text.split(".")
            if len(steps) == 1 and key.text in ("why", "cite"):
                hint = f"write `{key.text}` beside `set`"
                self._reader.report("E0411", f"`{key.text}` is not set", key.span, at, hint)
                continue
            if len(steps) == 1 and self._places.find(steps, place)[0] is None:
                if self._may(key, steps, at):
                    self.edits.put((*place, key.text), key, value)
                continue
            inner = self._found(key, steps, at, place)
            if inner is None or not self._may(key, steps, at) or self._has_rules(inner, key, at):
                continue
            if self._claim(key, at, inner):
                self.edits.put(inner, key, value)
        self._reason(place, entry, keys)
        self._note("rule", target, entry)

    def _put(
        self,
        target: Scalar,
        steps: list[str],
        value: Node,
        entry: dict[str, Node],
        keys: dict[str, Scalar],
        path: str,
        kind: Literal["path", "param"] = "path",
    ) -> None:
        at = f"{path}.{kind}"
        place = self._found(target, steps, at)
        if place is None or not self._is_open(place, target, at) or not self._may(target, steps, at):
            return
        if self._has_rules(place, target, at):
            return
        around = self._places.reasoned(place)
        if not self._claim(target, at, place, *(() if around is None else ((*around, "why"),))):
            return
        self.edits.put(place, keys["to" if kind == "path" else "values"], value)
        if around is None:
            self._reader.text(entry["why"], f"{path}.why")
            self._reader.citations(entry.get("cite"), f"{path}.cite")
        else:
            self._reason(around, entry, keys)
        self._note(kind, target, entry)

    def _add(self, target: Scalar, entry: dict[str, Node], path: str) -> None:
        rule = entry["rule"]
        if not isinstance(rule, Mapping):
            self._reader.entries(rule, f"{path}.rule")
            return
        beside = self._beside(entry, path)
        place = self._list(target, f"{path}.add")
        name = next((node for key, node in rule.entries if key.text == "id"), None)
        if place is None or (beside is None and {"before", "after"} & entry.keys()):
            return
        if not isinstance(name, Scalar):
            self._reader.report("E0302", "`id` is missing", rule.span, f"{path}.rule", "add `id: …`")
            return
        if beside is not None and beside[0][:-1] != place:
            message = f"the rule to stand beside is not in `{shown(target.text)}`"
            self._reader.report("E0407", message, target.span, f"{path}.add", "name one that is")
            return
        if not self._is_free(name, f"{path}.rule.id"):
            return
        if len(place) == 1:
            self._begun.setdefault(target.text, (target, []))[1].append(rule)
        else:
            before = len(self._items(place)) if beside is None else beside[1]
            self.edits.added.setdefault(place, []).append((before, rule))
        why, cite = (dict((key.text, node) for key, node in rule.entries).get(key) for key in ("why", "cite"))
        self.made.append(Change("add", name.text, _said(why), _cited(cite), name.span))

    def _retire(self, target: Scalar, entry: dict[str, Node], keys: dict[str, Scalar], path: str) -> None:
        place = self._rule(target, f"{path}.retire")
        if place is None or not self._is_open(place, target, f"{path}.retire"):
            return
        if not isinstance(place[-1], int):
            message = f"`{shown(target.text)}` is one that every rulebook has"
            self._reader.report("E0411", message, target.span, f"{path}.retire", "change it with `set`")
            return
        if self._claim(target, f"{path}.retire", place):
            self.edits.removed.add(place)
            named = [(renamed(keys["retire"], "id"), target)]
            named += [(keys[key], entry[key]) for key in ("date", "why")]
            self._retired.append(Mapping(tuple(named), target.span))
            self._note("retire", target, entry)

    def _reason(self, place: Place, entry: dict[str, Node], keys: dict[str, Scalar]) -> None:
        """Let what is changed say why it is as it is now, and on what grounds."""
        for key in ("why", "cite"):
            if key in entry:
                self.edits.put((*place, key), keys[key], entry[key])

    def _note(self, kind: Kind, target: Scalar, entry: dict[str, Node]) -> None:
        self.made.append(
            Change(kind, target.text, _said(entry["why"]), _cited(entry.get("cite")), target.span)
        )

    # Where

    def _rule(self, name: Scalar, path: str) -> Place | None:
        if name.text in self._places.rules:
            return self._places.rules[name.text]
        if name.text in self._new:
            related = (Related("added here", self._new[name.text]),)
            message = f"`{shown(name.text)}` is added by this overlay"
            self._reader.report("E0407", message, name.span, path, "say there what it is", related)
        elif not self._is_position(name, [name.text], path):
            near = nearest(name.text, self._places.rules)
            hint = f"did you mean `{near}`?" if near else "`pegmark show` lists the rules of the base"
            message = f"the base has no rule `{shown(name.text)}`"
            self._reader.report("E0407", message, name.span, path, hint)
        return None

    def _found(self, said: Scalar, steps: list[str], path: str, start: Place | None = None) -> Place | None:
        place, known, names = self._places.find(steps, start)
        if place is None and not self._is_position(said, steps, path):
            near = nearest(steps[known], names)
            parts = said.text.split(".")
            meant = near if len(parts) == 1 else ".".join((*parts[:known], near or "", *parts[known + 1 :]))
            hint = f"did you mean `{meant}`?" if near else "`pegmark show --resolved` prints what there is"
            message = f"the base has nothing at `{shown(said.text)}`"
            self._reader.report("E0408", message, said.span, path, hint)
        return place

    def _list(self, target: Scalar, path: str) -> Place | None:
        """Return the place of a list of rules; one that the base does without is begun."""
        steps = target.text.split(".")
        place = self._places.find(steps)[0]
        is_card = steps[0] == "scorecards" and steps[-1] == "characteristics" and len(steps) == 3
        if place is not None and (target.text in LISTS or is_card):
            return place
        if target.text in LISTS and len(steps) == 1:
            return (target.text,)
        if not self._is_position(target, steps, path):
            near = nearest(target.text, LISTS)
            hint = f"did you mean `{near}`?" if near else "lists are " + ", ".join(LISTS)
            message = f"`{shown(target.text)}` is no list of rules"
            self._reader.report("E0408", message, target.span, path, hint)
        return None

    def _items(self, place: Place) -> tuple[Node, ...]:
        node = self._places.node(place)
        return node.items if isinstance(node, Sequence) else ()

    def _beside(self, entry: dict[str, Node], path: str) -> tuple[Place, int] | None:
        """Return the rule that one is added beside, and the index it is added at."""
        for n, key in enumerate(("before", "after")):
            name = self._reader.scalar(entry.get(key), f"{path}.{key}")
            place = None if name is None else self._rule(name, f"{path}.{key}")
            if place is not None and isinstance(place[-1], int):
                return place, place[-1] + n
        return None

    # What may not be

    def _is_position(self, said: Scalar, steps: list[str], path: str) -> bool:
        """Report a place that is told by its position, and tell whether it was one."""
        if not any(step.isdecimal() or "[" in step for step in steps):
            return False
        message, hint = "a place in a list is no name: it moves", "name the rule by its id"
        self._reader.report("E0409", message, said.span, path, hint)
        return True

    def _is_open(self, place: Place, said: Scalar, path: str) -> bool:
        section = place[1]
        if section not in FIXED:
            return True
        message = f"`{shown(said.text)}` is of the base's {section}, which stay as they are"
        hint = "add another beside it" if section in ("guardrails", "sources") else "leave it"
        self._reader.report("E0411", message, said.span, path, hint)
        return False

    def _may(self, said: Scalar, steps: list[str], path: str) -> bool:
        if steps[-1] not in ("id", "pillar", "output"):
            return True
        message = f"`{steps[-1]}` is what a thing is known by, and stays"
        self._reader.report("E0411", message, said.span, path, "retire the rule and add another")
        return False

    def _has_rules(self, place: Place, said: Scalar, path: str) -> bool:
        held = self._places.holds(place)
        if held:
            message = f"`{shown(said.text)}` holds rules of the base"
            self._reader.report(
                "E0411", message, said.span, path, f"change them one by one, like `{held[0]}`"
            )
        return bool(held)

    def _is_free(self, name: Scalar, path: str) -> bool:
        if name.text in self._places.retired:
            related = (Related("retired here", self._places.retired[name.text].span),)
            message = f"id `{shown(name.text)}` is retired and used"
            self._reader.report("E0309", message, name.span, path, "give the rule a new id", related)
            return False
        used = self._places.rules.get(name.text)
        first = self._new.get(name.text)
        if used is not None:
            first = next(iter(self._ids_at(used)), NOWHERE)
        if first is not None:
            message = f"id `{shown(name.text)}` is used twice"
            related = (Related("first used here", first),)
            self._reader.report("E0308", message, name.span, path, "choose another", related)
            return False
        self._new[name.text] = name.span
        return True

    def _ids_at(self, place: Place) -> list[Span]:
        node = self._places.node(place)
        entries = node.entries if isinstance(node, Mapping) else ()
        return [child.span for key, child in entries if key.text == "id"]

    def _claim(self, said: Scalar, path: str, *places: Place) -> bool:
        """Note that places are changed, or report that one is already, and tell which."""
        for place in places:
            ways = [place[:n] for n in range(1, len(place) + 1)]
            first = next(
                (self._claimed[way] for way in ways if way in self._claimed), self._around.get(place)
            )
            if first is not None:
                message = f"`{shown(said.text)}` is changed twice"
                related = (Related("first here", first),)
                self._reader.report("E0410", message, said.span, path, "put both into one change", related)
                return False
        for place in places:
            self._claimed[place] = said.span
            for end in range(1, len(place) + 1):
                self._around.setdefault(place[:end], said.span)
        return True


def _said(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""


def _cited(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, Sequence) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar))
