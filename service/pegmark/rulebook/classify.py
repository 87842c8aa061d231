"""The section `classify`: what an asset is, and rules that can never say so."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.language import BOOL, Scope
from pegmark.problems import Related, Span
from pegmark.rulebook.cover import condition, covers, is_never
from pegmark.rulebook.names import Names
from pegmark.rulebook.program import Classify, ClassRule, Layering
from pegmark.rulebook.reading import NO_REASON, Reader
from pegmark.rulebook.source import Mapping, Node

MAX_COMPARED = 100
"""How many rules are compared with each other."""


def read_classify(reader: Reader, node: Node | None, names: Names) -> Classify:
    """Read `classify`."""
    reader.rule_id = None
    entry = reader.mapping(node, "classify", ("output", "order", "hit", "rules"), ("layer",))
    reader.choice(entry.get("output"), "classify.output", ("class",))
    order = reader.members(entry.get("order"), "classify.order", least=2)
    hit = reader.choice(entry.get("hit"), "classify.hit", ("first", "unique", "worst"), "first")
    layering = _read_layering(reader, entry.get("layer"))
    rules: list[ClassRule] = []
    otherwise, otherwise_reason = "", NO_REASON
    scope = names.judging()
    for item, path in reader.items(entry.get("rules"), "classify.rules", least=1):
        if otherwise:
            message = "`otherwise` is the last rule, and this one comes after it"
            reader.report("E0317", message, item.span, path, "put it before")
        if isinstance(item, Mapping) and any(key.text == "otherwise" for key, _ in item.entries):
            rule = reader.mapping(item, path, ("id", "otherwise", "why"), ("cite",))
            otherwise_reason = reader.reason(rule, path, item.span)
            otherwise = reader.choice(rule.get("otherwise"), f"{path}.otherwise", order, otherwise or "?")
            if order and otherwise not in (order[-1], "?"):
                message = f"`otherwise` is `{otherwise}`, and the last class is `{order[-1]}`"
                at = rule["otherwise"].span
                reader.report("E0317", message, at, f"{path}.otherwise", f"write `otherwise: {order[-1]}`")
        elif (found := _read_rule(reader, item, path, scope, order)) is not None:
            rules.append(found)
    reader.rule_id = None
    if "rules" in entry and not otherwise:
        message, last = "`classify` has no `otherwise`", order[-1] if order else "…"
        help = f"end it with a rule that says `otherwise: {last}`"
        reader.report("E0317", message, entry["rules"].span, "classify.rules", help)
    _report_unreachable(reader, rules, hit, order)
    names.decided(order)
    return Classify(order, hit, tuple(rules), otherwise, otherwise_reason, layering)


def _read_rule(
    reader: Reader, node: Node, path: str, scope: Scope, order: tuple[str, ...]
) -> ClassRule | None:
    required = ("id", "when", "then", "why", "cite")
    rule = reader.mapping(node, path, required, ("on_unknown", "known_only"))
    reason = reader.reason(rule, path, node.span)
    when = reader.expression(rule.get("when"), f"{path}.when", scope, BOOL)
    then = reader.choice(rule.get("then"), f"{path}.then", order)
    unknown = reader.on_unknown(rule.get("on_unknown"), when, path, ("skip", "worse", "otherwise"))
    known_only = reader.choice(rule.get("known_only"), f"{path}.known_only", ("true", "false"), "false")
    if when is None or then is None:
        return None
    return ClassRule(reason, when, then, unknown, known_only == "true")


def _read_layering(reader: Reader, node: Node | None) -> Layering | None:
    if node is None:
        return None
    entry = reader.mapping(node, "classify.layer", ("id", "material", "why", "cite"))
    reason = reader.reason(entry, "classify.layer", node.span)
    material = reader.share(entry.get("material"), "classify.layer.material")
    reader.rule_id = None
    return Layering(reason, material)


# Rules that say nothing


def _report_unreachable(reader: Reader, rules: list[ClassRule], hit: str, order: tuple[str, ...]) -> None:
    """Report rules that others leave nothing to say, as far as that shows in how they are written."""
    for n, rule in enumerate(rules):
        if is_never(condition(rule.when)):
            reader.rule_id = rule.reason.id
            message = f"rule {rule.reason.id} can never fire"
            reader.report(
                "A0101",
                message,
                rule.reason.span,
                f"classify.rules[{n}]",
                "delete it",
                note="its condition is false",
            )
    rank = {name: n for n, name in enumerate(order)}
    seen: set[int] = set()
    for wide, narrow in _covered(rules, rank):
        worse = rank[rules[wide].then] - rank[rules[narrow].then]
        is_shadowed = (hit == "first" and wide < narrow) or (
            hit == "worst" and (worse > 0 or (worse == 0 and wide < narrow))
        )
        is_overlap = hit == "unique" and worse != 0
        if narrow in seen or not (is_shadowed or is_overlap):
            continue
        # Of two that cover each other one report is enough.
        seen |= {narrow, wide} if is_overlap else {narrow}
        if is_shadowed:
            _report_shadowed(reader, rules, wide, narrow, hit)
        else:
            _report_overlap(reader, rules, wide, narrow)
    last = len(rules) - 1
    if hit == "first" and rules and order and rules[last].then == order[-1]:
        reason = rules[last].reason
        reader.rule_id = reason.id
        message = f"rule {reason.id} changes nothing"
        note = f"after it everything else is `{order[-1]}` too"
        path = f"classify.rules[{last}]"
        reader.report(
            "A0102",
            message,
            reason.span,
            path,
            "delete it, or put it before rules that it is to precede",
            severity="warning",
            note=note,
        )
    reader.rule_id = None


def _covered(rules: list[ClassRule], rank: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Yield (wide, narrow): wherever the second rule has something to say, the first has too."""
    conditions = [condition(rule.when) for rule in rules[:MAX_COMPARED]]
    for narrow, below in enumerate(conditions):
        for wide, above in enumerate(conditions):
            if wide != narrow and _speaks(rules[wide], rules[narrow], rank) and covers(above, below):
                yield wide, narrow


def _speaks(wide: ClassRule, narrow: ClassRule, rank: dict[str, int]) -> bool:
    """Tell whether `wide` says something of estimates and of unknown wherever `narrow` does."""
    if wide.known_only and not narrow.known_only:
        return False
    return _where_unknown(wide, rank) >= _where_unknown(narrow, rank)


def _where_unknown(rule: ClassRule, rank: dict[str, int]) -> int:
    """Return what a rule that cannot be told leaves possible at best, as a place in the order of classes."""
    match rule.on_unknown:
        case "otherwise":
            return len(rank)
        case "worse":
            return rank[rule.then]
    return -1


def _report_shadowed(reader: Reader, rules: list[ClassRule], wide: int, narrow: int, hit: str) -> None:
    one, other = rules[narrow].reason, rules[wide].reason
    reader.rule_id = one.id
    message = f"rule {one.id} can never {'fire' if hit == 'first' else 'decide'}"
    note = f"every asset that satisfies {one.id} already satisfies {other.id} ({_line(other.span)})"
    help = f"{'reorder, ' * (hit == 'first')}narrow {other.id}, or delete {one.id}"
    related = (Related(f"{other.id} is here", other.span),)
    reader.report("A0101", message, one.span, f"classify.rules[{narrow}]", help, related, note=note)


def _report_overlap(reader: Reader, rules: list[ClassRule], wide: int, narrow: int) -> None:
    one, other = rules[narrow].reason, rules[wide].reason
    reader.rule_id = one.id
    message = f"rules {other.id} and {one.id} both fire, and `hit` is `unique`"
    note = (
        f"every asset that satisfies {one.id} satisfies {other.id} ({_line(other.span)}), with another class"
    )
    help = f"narrow {other.id}, or write `hit: first` or `hit: worst`"
    related = (Related(f"{other.id} is here", other.span),)
    reader.report("A0103", message, one.span, f"classify.rules[{narrow}]", help, related, note=note)


def _line(span: Span) -> str:
    return f"line {span.start.line}"
