"""What a change names: found by rule id or by path, and held to what an overlay may change.

Whatever returns None or False has reported why.
"""

from __future__ import annotations

from pegmark.language import nearest, shown
from pegmark.problems import Related, Span
from pegmark.rulebook.places import Place, Places
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Mapping, Scalar

IDENTITY = ("rulebook", "language", "version", "owners", "effective")
"""What a rulebook says of itself: an overlay says it anew."""
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
"""Lists that a rule may be added to, beside `scorecards.<pillar>.characteristics`."""
_FIXED = ("guardrails", "sources", "retired", "facts", *IDENTITY)
"""Sections of the base that stay as they are."""
_KNOWN_BY = ("id", "pillar", "output")


class Targets:
    """What the changes of one overlay name, in its base."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self._reader = reader
        self._places = places
        self._claimed: dict[Place, Span] = {}
        self._around: dict[Place, Span] = {}
        self._added: dict[str, Span] = {}

    def rule(self, name: Scalar, path: str) -> Place | None:
        """Return the place of a rule of the base."""
        if name.text in self._places.rules:
            return self._places.rules[name.text]
        if name.text in self._added:
            related = (Related("added here", self._added[name.text]),)
            message = f"`{shown(name.text)}` is added by this overlay"
            self._reader.report("E0407", message, name.span, path, "say there what it is", related)
        elif not self._is_position(name, [name.text], path):
            near = nearest(name.text, self._places.rules)
            hint = f"did you mean `{near}`?" if near else "`pegmark show` lists the rules of the base"
            message = f"the base has no rule `{shown(name.text)}`"
            self._reader.report("E0407", message, name.span, path, hint)
        return None

    def place(self, said: Scalar, steps: list[str], path: str, start: Place | None = None) -> Place | None:
        """Return the place that steps lead to, from `start` or a section on, if it may be changed."""
        place, known, names = self._places.find(steps, start)
        if place is not None:
            return place if self.may(said, place, path) else None
        if not self._is_position(said, steps, path):
            near = nearest(steps[known], names)
            parts = said.text.split(".")
            meant = near if len(parts) == 1 else ".".join((*parts[:known], near or "", *parts[known + 1 :]))
            hint = f"did you mean `{meant}`?" if near else "`pegmark show --resolved` prints what there is"
            message = f"the base has nothing at `{shown(said.text)}`"
            self._reader.report("E0408", message, said.span, path, hint)
        return None

    def list_of_rules(self, said: Scalar, path: str) -> Place | None:
        """Return the place of a list of rules; of a section that the base does without, its name alone."""
        steps = said.text.split(".")
        place = self._places.find(steps)[0]
        is_card = steps[0] == "scorecards" and steps[-1] == "characteristics" and len(steps) == 3
        if place is not None and (said.text in LISTS or is_card):
            return place
        if said.text in LISTS and len(steps) == 1:
            return (said.text,)
        if not self._is_position(said, steps, path):
            near = nearest(said.text, LISTS)
            hint = f"did you mean `{near}`?" if near else "lists are " + ", ".join(LISTS)
            message = f"`{shown(said.text)}` is no list of rules"
            self._reader.report("E0408", message, said.span, path, hint)
        return None

    def may(self, said: Scalar, place: Place, path: str, *, is_rule: bool = False) -> bool:
        """Tell whether what stands at a place may be changed; a rule is, where it `is_rule` that is named."""
        section, last = place[1], place[-1]
        held = [] if is_rule else self._places.holds(place)
        if section in _FIXED:
            message = f"`{shown(said.text)}` is of the base's `{section}`, which an overlay leaves alone"
            hint = "write it at the top" if section in IDENTITY else "add another beside it"
        elif last in _KNOWN_BY:
            message = f"`{last}` is what a thing is known by, and stays"
            hint = "retire the rule and add another"
        elif held:
            message = f"`{shown(said.text)}` holds rules of the base"
            hint = f"change them one by one, as `rule: {held[0]}`"
        else:
            return True
        self._reader.report("E0411", message, said.span, path, hint)
        return False

    def claim(self, said: Scalar, path: str, *places: Place) -> bool:
        """Note that places are changed, and tell whether none of them was, nor anything in or around it."""
        for place in places:
            around = (place[:end] for end in range(1, len(place) + 1))
            before = next((self._claimed[way] for way in around if way in self._claimed), None)
            before = before or self._around.get(place)
            if before is not None:
                message, related = f"`{shown(said.text)}` is changed twice", (Related("first here", before),)
                self._reader.report("E0410", message, said.span, path, "put both into one change", related)
                return False
        for place in places:
            self._claimed[place] = said.span
            for end in range(1, len(place) + 1):
                self._around.setdefault(place[:end], said.span)
        return True

    def is_free(self, name: Scalar, path: str) -> bool:
        """Tell whether a rule may be added under an id, and take it."""
        code, message, hint = "E0308", f"id `{shown(name.text)}` is used twice", "choose another"
        if name.text in self._places.retired:
            code, message, hint = (
                "E0309",
                f"id `{shown(name.text)}` is retired and used",
                "give the rule a new id",
            )
            related = Related("retired here", self._places.retired[name.text].span)
        elif name.text in self._places.rules:
            related = Related("first used here", self._named(self._places.rules[name.text], name.span))
        elif name.text in self._added:
            related = Related("first used here", self._added[name.text])
        else:
            self._added[name.text] = name.span
            return True
        self._reader.report(code, message, name.span, path, hint, (related,))
        return False

    def _named(self, place: Place, default: Span) -> Span:
        node = self._places.node(place)
        entries = node.entries if isinstance(node, Mapping) else ()
        return next((child.span for key, child in entries if key.text == "id"), default)

    def _is_position(self, said: Scalar, steps: list[str], path: str) -> bool:
        """Report a place that is told by its position, and tell whether it was one."""
        if not any(step.isdecimal() or "[" in step for step in steps):
            return False
        message, hint = "a place in a list is no name: it moves", "name the rule by its id"
        self._reader.report("E0409", message, said.span, path, hint)
        return True
