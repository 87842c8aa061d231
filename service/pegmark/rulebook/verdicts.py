"""Sections that judge: classify, scorecards, rating, review, guardrails."""

from __future__ import annotations

from fractions import Fraction

from pegmark.language import BOOL, Scope, text
from pegmark.problems import Related
from pegmark.rulebook.names import Names
from pegmark.rulebook.program import (
    Assertion,
    Bins,
    Characteristic,
    Classify,
    ClassRule,
    KnockOut,
    Layering,
    Obligation,
    PointsTable,
    Rating,
    Reason,
    ReviewRule,
    Scorecard,
    StatusRule,
)
from pegmark.rulebook.reading import NOWHERE, Reader
from pegmark.rulebook.source import Node

NO_REASON = Reason("", "", (), NOWHERE)
MAX_RULES = 2000


def read_classify(reader: Reader, node: Node | None, names: Names) -> Classify:
    """Read `classify`."""
    path = "classify"
    entry = reader.mapping(node, path, ("output", "order", "hit", "rules"), ("layer",))
    order = reader.texts(entry.get("order"), f"{path}.order")
    hit = reader.choice(entry.get("hit"), f"{path}.hit", ("first", "unique", "worst"), "first")
    reader.choice(entry.get("output"), f"{path}.output", ("class",))
    rules: list[ClassRule] = []
    otherwise, otherwise_reason = "", NO_REASON
    seen: dict[str, ClassRule] = {}
    for item, at in reader.items(entry.get("rules"), f"{path}.rules"):
        rule = reader.mapping(
            item, at, ("id", "why"), ("when", "then", "otherwise", "cite", "on_unknown", "known_only")
        )
        reason = reader.reason(rule, at, item.span)
        if otherwise:
            reader.report(
                "E0317", "a rule after `otherwise` can never fire", reason.span, at, "put it before"
            )
        if "otherwise" in rule:
            otherwise = reader.choice(rule["otherwise"], f"{at}.otherwise", order, "")
            otherwise_reason = reason
            if order and otherwise and otherwise != order[-1]:
                reader.report(
                    "E0317",
                    f"`otherwise` is `{otherwise}`, but the last class is `{order[-1]}`",
                    reason.span,
                    at,
                )
            continue
        for key in ("when", "then"):
            if key not in rule:
                reader.report("E0302", f"`{key}` is missing", item.span, at)
        when = reader.expression(rule.get("when"), f"{at}.when", names.scope(), BOOL)
        then = reader.choice(rule.get("then"), f"{at}.then", order, "")
        unknown = reader.on_unknown(rule.get("on_unknown"), when, reason.span, at, ("skip", "otherwise"))
        known_only = (
            reader.choice(rule.get("known_only"), f"{at}.known_only", ("true", "false"), "false") == "true"
        )
        if when is not None and then:
            found = ClassRule(reason, when, then, unknown, known_only)
            _report_shadowed(reader, seen, found, at)
            rules.append(found)
    if node is not None and not otherwise:
        reader.rule_id = None
        reader.report(
            "E0317", "`classify` has no `otherwise`", node.span, path, "end it with `otherwise: <last class>`"
        )
    names.decided(order)
    layering = _read_layering(reader, entry.get("layer"))
    return Classify(order, hit, tuple(rules), otherwise, otherwise_reason, layering)


def _report_shadowed(reader: Reader, seen: dict[str, ClassRule], rule: ClassRule, path: str) -> None:
    said = text(rule.when)
    if said in seen:
        earlier = seen[said].reason
        reader.report(
            "A0101",
            f"rule {rule.reason.id} can never fire",
            rule.reason.span,
            path,
            f"reorder, narrow {earlier.id}, or delete {rule.reason.id}",
            (Related(f"{earlier.id} is here", earlier.span),),
            note=f"every asset that satisfies {rule.reason.id} already satisfies {earlier.id} (line {earlier.span.start.line})",
        )
    seen.setdefault(said, rule)


def _read_layering(reader: Reader, node: Node | None) -> Layering | None:
    if node is None:
        return None
    entry = reader.mapping(node, "classify.layer", ("id", "material", "why", "cite"))
    reason = reader.reason(entry, "classify.layer", node.span)
    return Layering(reason, reader.amount(entry.get("material"), "classify.layer.material", "ratio"))


def read_scorecards(reader: Reader, nodes: list[Node], names: Names) -> list[Scorecard]:
    """Read `scorecards`: one pillar each, in the order of the files."""
    found = []
    for node in nodes:
        for item, path in reader.items(node, "scorecards"):
            reader.rule_id = None
            entry = reader.mapping(item, path, ("pillar", "why", "characteristics"), ("applies",))
            pillar = reader.text(entry.get("pillar"), f"{path}.pillar")
            applies = reader.expression(entry.get("applies"), f"{path}.applies", names.scope(), BOOL)
            lines = [
                line
                for child, at in reader.items(entry.get("characteristics"), f"{path}.characteristics")
                if (line := _characteristic(reader, child, at, names.scope())) is not None
            ]
            why = reader.text(entry.get("why"), f"{path}.why")
            found.append(Scorecard(pillar, applies, tuple(lines), why, item.span))
    return found


def _characteristic(reader: Reader, node: Node, path: str, scope: Scope) -> Characteristic | None:
    entry = reader.mapping(
        node,
        path,
        ("id", "weight", "unknown", "why", "cite"),
        ("of", "by", "when", "bins", "table", "direction"),
    )
    reason = reader.reason(entry, path, node.span)
    weight = reader.integer(entry.get("weight"), f"{path}.weight", 1, 100)
    unknown = reader.integer(entry.get("unknown"), f"{path}.unknown", 0, 100)
    grid: Bins | PointsTable | None
    if "of" in entry:
        grid = _bins(reader, entry, path, scope, node)
    else:
        grid = _points(reader, entry, path, scope, node)
    if grid is None:
        return None
    points = grid.points if isinstance(grid, Bins) else tuple(p for _, p in grid.points)
    if points and unknown > min(points):
        reader.report(
            "E0324",
            f"unknown earns {unknown} points, more than the worst bin's {min(points)}",
            reason.span,
            f"{path}.unknown",
            "what is not seen never helps",
        )
    return Characteristic(reason, weight, grid, unknown)


def _bins(reader: Reader, entry: dict[str, Node], path: str, scope: Scope, node: Node) -> Bins | None:
    of = reader.expression(entry.get("of"), f"{path}.of", scope)
    direction = reader.choice(
        entry.get("direction"), f"{path}.direction", ("increasing", "decreasing"), "increasing"
    )
    if "direction" not in entry:
        reader.report("E0302", "`direction` is missing", node.span, path)
    edges: list[Fraction] = []
    points: list[int] = []
    bins = list(reader.items(entry.get("bins"), f"{path}.bins"))
    for n, (item, at) in enumerate(bins):
        found = reader.mapping(item, at, ("points",), ("below",))
        points.append(reader.integer(found.get("points"), f"{at}.points", 0, 100))
        last = n == len(bins) - 1
        if last != ("below" not in found):
            reader.report(
                "E0325",
                "the last bin is open, every other has `below`",
                item.span,
                at,
                "bins must tile the whole range",
            )
        elif not last and of is not None:
            edge = reader.amount(found["below"], f"{at}.below", of.type.kind)
            if edges and edge <= edges[-1]:
                reader.report("E0325", "edges of bins must rise", item.span, at)
            edges.append(edge)
    rising = sorted(points) if direction == "increasing" else sorted(points, reverse=True)
    if points != rising:
        reader.report("E0326", f"points are not {direction}", node.span, f"{path}.bins")
    if of is None or not points or len(points) != len(edges) + 1:
        return None
    if not of.type.is_numeric:
        reader.report("E0205", "bins are of a number", node.span, f"{path}.of", "use `by` for a choice")
        return None
    return Bins(of, tuple(edges), tuple(points))


def _points(
    reader: Reader, entry: dict[str, Node], path: str, scope: Scope, node: Node
) -> PointsTable | None:
    key = "by" if "by" in entry else "when"
    by = reader.expression(entry.get(key), f"{path}.{key}", scope)
    rows = reader.entries(entry.get("table"), f"{path}.table")
    if "table" not in entry:
        reader.report("E0302", "`table` is missing", node.span, path)
    found = {name.text: reader.integer(cell, f"{path}.table.{name.text}", 0, 100) for name, cell in rows}
    if by is None:
        return None
    members = by.type.members or ("true", "false")
    if by.type.is_numeric:
        reader.report(
            "E0205",
            "a table is by a choice or a condition",
            node.span,
            path,
            "use `of` and `bins` for a number",
        )
        return None
    complete(reader, members, [(name.text, name) for name, _ in rows], node, f"{path}.table")
    return PointsTable(by, tuple((member, found.get(member, 0)) for member in members))


def complete(
    reader: Reader, members: tuple[str, ...], rows: list[tuple[str, Node]], node: Node, path: str
) -> None:
    """Report rows that are missing or have no member."""
    for name, where in rows:
        if name not in members:
            reader.report("E0320", f"`{name}` is no member of what the table is by", where.span, path)
    missing = [member for member in members if member not in {name for name, _ in rows}]
    if missing:
        listed = ", ".join(f"`{member}`" for member in missing)
        reader.report("E0320", f"the table has no row for {listed}", node.span, path)


def read_rating(
    reader: Reader, node: Node | None, names: Names, classes: tuple[str, ...], pillars: list[str]
) -> Rating:
    """Read `rating`."""
    entry = reader.mapping(node, "rating", ("weights", "lift", "bands", "knock_outs", "status"))
    span = node.span if node is not None else NOWHERE
    reader.rule_id = None
    weights = tuple(
        (key.text, reader.integer(cell, f"rating.weights.{key.text}", 1, 100))
        for key, cell in reader.entries(entry.get("weights"), "rating.weights")
    )
    if node is not None and {name for name, _ in weights} != set(pillars):
        reader.report(
            "E0328",
            "weights must name every pillar once: " + ", ".join(f"`{p}`" for p in pillars),
            span,
            "rating.weights",
        )
    bands: list[tuple[str, int]] = []
    for item, at in reader.items(entry.get("bands"), "rating.bands"):
        band = reader.mapping(item, at, ("band", "at_least"))
        bands.append((reader.text(band.get("band"), at), reader.integer(band.get("at_least"), at, 0, 100)))
    cuts = [least for _, least in bands]
    if node is not None and (not cuts or cuts != sorted(set(cuts), reverse=True) or cuts[-1] != 0):
        reader.report("E0327", "cuts of bands must fall, the last to 0", span, "rating.bands")
    band_names = tuple(name for name, _ in bands)
    scope = names.scope()
    knock_outs = []
    for item, at in reader.items(entry.get("knock_outs"), "rating.knock_outs"):
        rule = reader.mapping(item, at, ("id", "when", "cap", "why", "cite"), ("on_unknown",))
        reason = reader.reason(rule, at, item.span)
        when = reader.expression(rule.get("when"), f"{at}.when", scope, BOOL)
        cap = reader.choice(rule.get("cap"), f"{at}.cap", band_names, band_names[-1] if band_names else "")
        unknown = reader.on_unknown(rule.get("on_unknown"), when, reason.span, at, ("match", "skip"))
        if when is not None:
            knock_outs.append(KnockOut(reason, when, cap, unknown))
    status = reader.mapping(entry.get("status"), "rating.status", ("ineligible", "rules"))
    never = reader.mapping(
        status.get("ineligible"), "rating.status.ineligible", ("id", "classes", "why", "cite")
    )
    never_reason = reader.reason(never, "rating.status.ineligible", span) if never else NO_REASON
    ineligible = tuple(
        reader.choice(item, at, classes, "")
        for item, at in reader.items(never.get("classes"), "rating.status.ineligible.classes")
    )
    statuses = []
    for item, at in reader.items(status.get("rules"), "rating.status.rules"):
        rule = reader.mapping(item, at, ("id", "when", "then", "why", "cite"), ("on_unknown",))
        reason = reader.reason(rule, at, item.span)
        when = reader.expression(rule.get("when"), f"{at}.when", scope, BOOL)
        then = reader.choice(
            rule.get("then"), f"{at}.then", ("no_new", "run_off", "ineligible"), "ineligible"
        )
        unknown = reader.on_unknown(rule.get("on_unknown"), when, reason.span, at, ("match", "skip"))
        if when is not None:
            statuses.append(StatusRule(reason, when, then, unknown))
    names.rated(band_names)
    reader.rule_id = None
    lift = reader.integer(entry.get("lift"), "rating.lift", 0, 100)
    return Rating(
        weights, lift, tuple(bands), tuple(knock_outs), ineligible, never_reason, tuple(statuses), span
    )


def read_review(reader: Reader, node: Node | None, names: Names) -> list[ReviewRule]:
    """Read `review`."""
    found = []
    for item, path in reader.items(node, "review"):
        rule = reader.mapping(
            item, path, ("id", "code", "severity", "when", "remedy", "why", "cite"), ("on_unknown",)
        )
        reason = reader.reason(rule, path, item.span)
        when = reader.expression(rule.get("when"), f"{path}.when", names.scope(), BOOL)
        unknown = reader.on_unknown(rule.get("on_unknown"), when, reason.span, path, ("match", "skip"))
        severity = reader.choice(
            rule.get("severity"), f"{path}.severity", ("low", "medium", "high", "critical"), "high"
        )
        code, remedy = (reader.text(rule.get(key), f"{path}.{key}") for key in ("code", "remedy"))
        if when is not None:
            found.append(ReviewRule(reason, code, severity, when, unknown, remedy))
    return found


def read_guardrails(
    reader: Reader, node: Node | None, names: Names, classes: tuple[str, ...]
) -> tuple[list[Assertion], list[Obligation]]:
    """Read `guardrails`: what is asserted at run time, and what is to be proved."""
    kinds = ("monotone", "unknown_never_helps", "ordered_table", "refines")
    assertions, obligations = [], []
    scope = names.concluded(classes)
    for item, path in reader.items(node, "guardrails"):
        rule = reader.mapping(item, path, ("id", "why", "cite"), ("assert", *kinds))
        reason = reader.reason(rule, path, item.span)
        said = [kind for kind in ("assert", *kinds) if kind in rule]
        if len(said) != 1:
            reader.report(
                "E0330",
                "a guardrail has one of `assert`, " + ", ".join(f"`{k}`" for k in kinds),
                item.span,
                path,
            )
        elif said == ["assert"]:
            expr = reader.expression(rule["assert"], f"{path}.assert", scope, BOOL)
            if expr is not None:
                assertions.append(Assertion(reason, expr))
        else:
            at = f"{path}.{said[0]}"
            parameters = tuple(
                (key.text, reader.text(value, f"{at}.{key.text}"))
                for key, value in reader.entries(rule[said[0]], at)
            )
            obligations.append(Obligation(reason, said[0], parameters))  # type: ignore[arg-type]
    return assertions, obligations
