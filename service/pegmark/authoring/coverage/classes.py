"""The choice of class: which rule decides, and what the rules before it leave for those after it."""

from __future__ import annotations

from pegmark.authoring.coverage.items import place_of
from pegmark.authoring.coverage.reach import Reach
from pegmark.authoring.coverage.watching import Names, Watch, When
from pegmark.rulebook.program import ClassRule, Program

DECIDES = "decides"


class Classes:
    """The choice of class."""

    def __init__(self, watch: Watch, program: Program) -> None:
        classify = program.classify
        self._classify = classify
        self._seen = watch.register.seen
        self._rules: list[tuple[ClassRule, When, int]] = []
        reach: Reach = watch.reach
        is_first, is_over = classify.hit == "first", False
        for rule in classify.rules:
            place = place_of("classify", rule.reason)
            # What takes only known facts may be asked of other facts than the rest.
            asked = watch.reach if rule.known_only else reach
            holds = watch.when(rule.when, place, asked)
            possible = asked.outcomes(rule.when)
            why = "an earlier rule always decides" if is_over else _never(rule, possible)
            self._rules.append((rule, holds, watch.register.add("rule", place, DECIDES, unreachable=why)))
            if is_first:
                goes_on = {False} | ({None} if rule.on_unknown in ("skip", "worse") else set())
                is_over = is_over or not (possible & goes_on)
                if not rule.known_only:
                    reach = reach.given(rule.when, frozenset(possible & goes_on))
        place = place_of("classify", classify.otherwise_reason)
        why = "an earlier rule always decides" if is_over else None
        self._otherwise = watch.register.add("rule", place, DECIDES, unreachable=why)
        self._layer: int | None = None
        if classify.layering is not None:
            place = place_of("classify", classify.layering.reason)
            self._layer = watch.register.add("rule", place, DECIDES)

    def decide(self, names: Names, confirming: Names) -> tuple[int, int]:
        """Return the class and the rule that decided, both by their place, before any layer."""
        classify = self._classify
        order, is_first = classify.order.index, classify.hit == "first"
        worst, by = -1, len(self._rules)
        is_over = False
        for n, (rule, holds, _) in enumerate(self._rules):
            value = holds(confirming if rule.known_only else names)
            if value is False or (value is None and rule.on_unknown == "skip"):
                continue
            is_over = value is True or rule.on_unknown == "otherwise"
            found = order(rule.then if value or rule.on_unknown == "worse" else classify.otherwise)
            if found > worst:
                worst, by = found, n
            if is_first and is_over:
                break
        if (is_first and not is_over) or worst < 0:
            last = order(classify.otherwise)
            if last > worst:
                worst, by = last, len(self._rules)
        return worst, by

    def note(self, by: int) -> None:
        """Note which rule decided in the end."""
        if by < len(self._rules):
            self._seen[self._rules[by][2]] = 1
        elif by == len(self._rules):
            self._seen[self._otherwise] = 1
        elif self._layer is not None:
            self._seen[self._layer] = 1


def _never(rule: ClassRule, possible: frozenset[bool | None]) -> str | None:
    wanted = {True} | ({None} if rule.on_unknown in ("worse", "otherwise") else set())
    return None if possible & wanted else "it cannot hold"
