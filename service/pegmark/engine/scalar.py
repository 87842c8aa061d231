"""A rulebook as straight-line Python for one asset.

`write` turns a program, with its params fixed on one day, into the source of one function,
`evaluate`. It holds every value the rules name in a local variable, decides each rule once in the
order of the text, and hands back integers wherever sums have to be exact. With `tracing` the same
source also reports each rule as it is decided.

    evaluate(facts, forced_class, confirmed, trace) ->
        (class_index, deciding_rule, confirming, points, applies, limits, limit_unknown,
         outstanding, missed, rate, at, close, waterfalls, finish, guard)

    rate(scores)            -> (knock_outs, statuses, missed)
    at(size)                -> (amounts, missed)         one integer (or None) a step, scale 1e12
    close(amounts)          -> (maintenance, initial, maintenance in total, initial in total)
    waterfalls(positions)   -> of each (size, amounts, maintenance) the lines, as JSON
    finish(band, scores)    -> (mark, conditions, findings, missed)
    guard(...)              -> whether each assertion holds

`missed` are bit masks over the facts a rulebook can read: those whose absence sent some rule down
its unknown branch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pegmark.engine.amounts import caps, key, steps
from pegmark.engine.emit import literal
from pegmark.engine.writer import RuleInfo, Writer, fires, items
from pegmark.language.nodes import reads
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.program import Bins, KnockOut, PointsTable, Program, StatusRule


@dataclass(frozen=True, slots=True)
class Source:
    """Generated source and what is needed to understand what it returns."""

    text: str
    rules: tuple[RuleInfo, ...]


def write(program: Program, day: date, tracing: bool = False) -> Source:
    """Write `evaluate` for the params in force on `day`."""
    w = Writer(program, day, tracing)
    with w.block("def evaluate(facts, forced, confirmed, trace):"):
        for section in (_facts, _fillings, _derived, _classify, _scorecards, _rating, caps, steps):
            section(w)
        _finish(w)
        _guard(w)
        w.line(
            "return at_class, by, confirming, points, applies, limits, limit_unknown,"
            " outstanding, missed, rate, at, close, waterfalls, finish, guard"
        )
    return Source(w.text(), tuple(w.rules))


def _facts(w: Writer) -> None:
    for node in expressions(w.program):
        for read in reads(node):
            if read.origin == "fact" and not w.has_fact(read.name):
                default = "NAN" if read.type.is_numeric else "None"
                w.line(f"{w.name_fact(read)} = facts.get({read.name!r}, {default})")
    w.line("missed = 0")


def _fillings(w: Writer) -> None:
    for filling in w.program.fillings:
        if not w.has_fact(filling.fact):
            continue
        name = w.fact(filling.fact)
        own = w.bit(filling.fact)
        with w.block(f"if {name} != {name}:" if filling.expr.type.is_numeric else f"if {name} is None:"):
            w.line(f"missed |= {own:#x}")
            w.assign(name, filling.expr)
            w.trace("normal", filling.reason, name, filling.expr)
        w.rest(filling.fact, filling.expr)


def _derived(w: Writer) -> None:
    for n, derived in enumerate(w.program.derived):
        w.rest(derived.name, derived.expr)
        w.assign(f"d{n}", derived.expr)


def _classify(w: Writer) -> None:
    classify = w.program.classify
    index = {name: n for n, name in enumerate(classify.order)}
    last, otherwise = index[classify.otherwise], len(classify.rules)
    for n, rule in enumerate(classify.rules):
        w.assign(f"k{n}", rule.when)
    firm = [f"k{n}" for n, rule in enumerate(classify.rules) if rule.known_only]
    w.line(f"confirming = {items(firm)}")
    if firm:
        w.line(f"if confirmed is not None: {', '.join(firm)}, = confirmed")
    is_first = classify.hit == "first"
    w.line(f"at_class, by = {last if is_first else -1}, {otherwise}")
    for n, rule in enumerate(classify.rules):
        stops = rule.on_unknown == "otherwise"
        outcome = f"{index[rule.then]} if k{n} else {last}" if stops else f"{index[rule.then]}"
        test = f"k{n} or k{n} is None" if stops else f"k{n}"
        if is_first:
            w.line(f"{'elif' if n else 'if'} {test}: at_class, by = {outcome}, {n}")
        else:
            # Without an order among rules the worst that holds decides.
            w.line(f"if ({test}) and ({outcome}) > at_class: at_class, by = {outcome}, {n}")
    if not is_first:
        w.line(f"if at_class < 0: at_class = {last}")
    for n, rule in enumerate(classify.rules):
        if rule.on_unknown is not None:
            # Rules after the one that decided were not asked.
            reached = f"k{n} is None and by >= {n}" if is_first else f"k{n} is None"
            w.missed(reached, w.mask(rule.when))
        w.trace("classify", rule.reason, f"k{n}", rule.when)
    if classify.layering is not None:
        w.line("layer = facts.get('layer.class', 0)")
        w.line(f"if layer is None: at_class, by = {last}, {otherwise + 1}")
        w.line(f"elif layer > at_class: at_class, by = layer, {otherwise + 1}")
    w.line("if forced is not None: at_class = forced")
    w.line("cls = CLASSES[at_class]")


def _scorecards(w: Writer) -> None:
    names: list[str] = []
    applies: list[str] = []
    for card in w.program.scorecards:
        for line in card.characteristics:
            names.append(f"p{len(names)}")
            of = line.grid.of if isinstance(line.grid, Bins) else line.grid.by
            w.assign("x", of)
            w.line(f"{names[-1]} = {_points(line.grid, line.unknown)}")
            w.missed("x != x" if of.type.is_numeric else "x is None", w.mask(of))
            w.trace("scorecards", line.reason, names[-1], of)
        if card.applies is None:
            applies.append("True")
            continue
        w.assign(f"applies_{len(applies)}", card.applies)
        w.missed(f"applies_{len(applies)} is None", w.mask(card.applies))
        applies.append(f"applies_{len(applies)} is not False")
    w.line(f"points = {items(names)}")
    w.line(f"applies = {items(applies)}")


def _points(grid: Bins | PointsTable, unknown: int) -> str:
    """Return the source of the points of `x`."""
    match grid:
        case Bins(_, edges, points):
            below = zip(points, edges, strict=False)
            chain = "".join(f"{value} if x < {literal(edge)} else " for value, edge in below)
            return f"{unknown} if x != x else {chain}{points[-1]}"
        case PointsTable(by, rows):
            return f"{ {key(by, member): value for member, value in rows}!r}.get(x, {unknown})"


def _rating(w: Writer) -> None:
    with w.block("def rate(score):"):
        w.line("missed = 0")
        out = _fired(w, "o", w.program.rating.knock_outs)
        held = _fired(w, "s", w.program.rating.statuses)
        w.line(f"return {out}, {held}, missed")


def _fired(w: Writer, prefix: str, rules: Sequence[KnockOut | StatusRule]) -> str:
    """Write the verdicts of rules and return the source of which of them fire."""
    for n, rule in enumerate(rules):
        w.verdict(f"{prefix}{n}", rule.when, rule.on_unknown)
        w.trace("rating", rule.reason, f"{prefix}{n}", rule.when)
    return items([fires(f"{prefix}{n}", rule.on_unknown) for n, rule in enumerate(rules)])


def _finish(w: Writer) -> None:
    mark = w.program.mark
    with w.block("def finish(band, score):"):
        w.line("missed = 0")
        w.assign("basis", mark.basis)
        w.assign("quote", mark.quote)
        w.assign("floor", mark.floor_when)
        w.assign("x", mark.close_out)
        w.line(f"close_out = {literal(mark.close_out_unknown)} if x != x else x")
        w.trace("mark", mark.reason, "basis", mark.basis, mark.quote, mark.floor_when, mark.close_out)
        conditions = []
        for n, condition in enumerate(w.program.conditions):
            w.verdict(f"c{n}", condition.when, condition.on_unknown)
            w.assign(f"v{n}", condition.value)
            if condition.unknown is not None:
                absent = f"v{n} != v{n}" if condition.value.type.is_numeric else f"v{n} is None"
                w.line(f"if {absent}: v{n} = {literal(condition.unknown)}")
            conditions.append(f"v{n} if {fires(f'c{n}', condition.on_unknown)} else ABSENT")
            w.trace("conditions", condition.reason, f"c{n}", condition.when, condition.value)
        findings = []
        for n, rule in enumerate(w.program.review):
            w.verdict(f"r{n}", rule.when, rule.on_unknown)
            findings.append(fires(f"r{n}", rule.on_unknown))
            w.trace("review", rule.reason, f"r{n}", rule.when)
        w.line(
            f"return (basis, quote, floor is True, close_out), {items(conditions)}, {items(findings)}, missed"
        )


def _guard(w: Writer) -> None:
    outputs = ("output_maintenance", "output_initial", "output_cap", "output_eligible")
    with w.block(f"def guard(band, score, output_class, {', '.join(outputs)}, size):"):
        for n, assertion in enumerate(w.program.assertions):
            w.assign(f"g{n}", assertion.expr)
        w.line(f"return {items([f'g{n} is True' for n in range(len(w.program.assertions))])}")
