"""A rulebook as straight-line Python for one asset.

`write` turns a program, with its params fixed on one day, into the source of one function,
`evaluate`. It holds every value the rules name in a local variable, decides each rule once in the
order of the text, and hands back integers wherever sums have to be exact. With `tracing` the same
source also reports each rule as it is decided. `write_bounds` turns the filling-in alone into a
function that finds known facts on the wrong side of their bound.

    evaluate(facts, forced_class, confirmed, trace) -> Evaluation
    bounds(facts) -> of each value worse than its bound (filling, value, bound)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import date

from pegmark.engine.amounts import caps, key, steps
from pegmark.engine.emit import literal
from pegmark.engine.writer import RuleInfo, Writer, fallbacks, fires, items, unknown_test
from pegmark.facts.vocabulary import READABLE
from pegmark.language.nodes import Coalesce, Read, Typed, reads
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.program import Bins, Derived, KnockOut, PointsTable, Program, StatusRule


@dataclass(frozen=True, slots=True)
class Source:
    """Generated source and what is needed to understand what it returns."""

    text: str
    rules: tuple[RuleInfo, ...]


def write(program: Program, day: date, tracing: bool = False) -> Source:
    """Write `evaluate` for the params in force on `day`."""
    w = Writer(program, day, tracing)
    with w.block("def evaluate(facts, forced, confirmed, trace):"):
        w.line("get = facts.get")
        _facts(w, expressions(program))
        w.line("missed = 0")
        for section in (_fillings, _derived, _classify, _scorecards, _rating, caps, steps):
            section(w)
        _finish(w)
        _guard(w)
        w.line(
            "return Evaluation(at_class, by, confirming, points, applies, limits, limit_unknown,"
            " outstanding, missed, score, rate, at, close, totals, waterfalls, finish, guard)"
        )
    return Source(w.text(), tuple(w.rules))


def write_bounds(program: Program, day: date) -> str:
    """Write `bounds` for the params in force on `day`.

    A filling stands for the worst its fact may be; so a known value that is worse lies beyond it.
    """
    w = Writer(program, day, tracing=False)
    with w.block("def bounds(facts):"):
        w.line("get = facts.get")
        for filling in program.fillings:
            _facts(w, [Read(filling.fact, "fact", filling.expr.type, filling.reason.span), filling.expr])
        w.line("found = []")
        for n, filling in enumerate(program.fillings):
            fact = w.fact(filling.fact)
            worse = "<" if READABLE[filling.fact].worse == "lower" else ">"
            w.assign("x", filling.expr)
            w.line(f"if {fact} != {fact}: {fact} = x")
            w.line(f"elif {fact} {worse} x: found.append(({n}, {fact}, x))")
        w.line("return found")
    return w.text()


def _facts(w: Writer, nodes: Iterable[Typed]) -> None:
    for node in nodes:
        for read in reads(node):
            if read.origin == "fact" and not w.has_fact(read.name):
                default = "NAN" if read.type.is_numeric else "None"
                w.line(f"{w.name_fact(read)} = get({read.name!r}, {default})")


def _fillings(w: Writer) -> None:
    for filling in w.program.fillings:
        if not w.has_fact(filling.fact):
            continue
        name = w.fact(filling.fact)
        own = w.bit(filling.fact)
        with w.block(f"if {name} != {name}:" if filling.expr.type.is_numeric else f"if {name} is None:"):
            w.assign(name, filling.expr)
            # What is filled in at its best could not have been better.
            best = best_of(filling.fact)
            w.line(f"missed |= {own:#x}" if best is None else f"if {name} != {best!r}: missed |= {own:#x}")
            w.trace("normal", filling.reason, name, filling.expr)
        w.rest(filling.fact, filling.expr)


def _derived(w: Writer) -> None:
    for n, derived in enumerate(w.program.derived):
        w.rest(derived.name, derived.expr)
        match derived.expr:
            case Coalesce((first, second)) if not any(
                may_do_without(operand, w.done_without) for operand in (first, second)
            ):
                w.coalesce(f"d{n}", f"m{n}", first, second)
                w.stand_in(derived.name, f"m{n}")
            case _:
                w.assign(f"d{n}", derived.expr)
                _without(w, n, derived)


def may_do_without(node: Typed, lacks: Callable[[Typed], object]) -> bool:
    """Tell whether an expression may take one value for another; `lacks` tells of names in it."""
    return any(is_replaced or lacks(found) for _, found, is_replaced in fallbacks(node))


def _without(w: Writer, n: int, derived: Derived) -> None:
    """Write `m<n>`: the facts whose place something else took when a derived value was worked out."""
    found = [
        (guards, node, is_replaced)
        for guards, node, is_replaced in fallbacks(derived.expr)
        if is_replaced or w.done_without(node)
    ]
    if not found:
        return
    match found:
        case [((), node, False)] if len(w.done_without(node)) == 1:
            w.stand_in(derived.name, *w.done_without(node))
            return
    w.line(f"m{n} = 0")
    for guards, node, is_replaced in found:
        with ExitStack() as within:
            if is_replaced:
                test, taken = w.unknown(node), f"{w.mask(node):#x}"
            else:
                test = taken = " | ".join(w.done_without(node))
            within.enter_context(w.block(f"if {test}:"))
            for condition, wanted in guards:
                if wanted is None:
                    test = w.unknown(condition)
                else:
                    w.assign("q", condition)
                    test = f"q is {wanted}"
                within.enter_context(w.block(f"if {test}:"))
            w.line(f"m{n} |= {taken}")
    w.stand_in(derived.name, f"m{n}")


def best_of(fact: str) -> float | None:
    """Return the best value a fact may have, if there is one."""
    spec = READABLE[fact]
    return {"higher": spec.low, "lower": spec.high}.get(spec.worse)


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
        # Where any rule that holds may decide, one that may hold is one more of them.
        asked = stops or (rule.on_unknown == "worse" and not is_first)
        test = f"k{n} is not False" if asked else f"k{n}"
        if is_first:
            w.line(f"{'elif' if n else 'if'} {test}: at_class, by = {outcome}, {n}")
        else:
            # Without an order among rules the worst that holds decides.
            w.line(f"if ({test}) and ({outcome}) > at_class: at_class, by = {outcome}, {n}")
    if is_first:
        w.line("stop = by")
        _hold_down(w, [(n, index[r.then]) for n, r in enumerate(classify.rules) if r.on_unknown == "worse"])
    else:
        w.line(f"if at_class < 0: at_class = {last}")
    for n, rule in enumerate(classify.rules):
        unsure = f"k{n} is None" if rule.on_unknown is not None else None
        if w.misses(unsure, rule.when):
            # Rules after the one that decided were not asked.
            with w.block(f"if stop >= {n}:") if is_first else nullcontext():
                w.missed(unsure, rule.when)
        w.trace("classify", rule.reason, f"k{n}", rule.when)
    if classify.layering is not None:
        w.line("layer = get('layer.class', 0)")
        w.line(f"if layer is None: layer = {last}")
        w.line(f"if layer > at_class: at_class, by = layer, {otherwise + 1}")
    w.line("if forced is not None: at_class = forced")
    w.line("cls = CLASSES[at_class]")


def _hold_down(w: Writer, rules: Sequence[tuple[int, int]]) -> None:
    """Write what rules that cannot be told do before the one that stops: (rule, class), in order.

    Of classes that are as bad the earliest rule decides.
    """
    if rules:
        with w.block(f"if None in ({''.join(f'k{n}, ' for n, _ in rules)}):"):
            for n, outcome in reversed(rules):
                w.line(
                    f"if k{n} is None and {n} < stop and {outcome} >= at_class: at_class, by = {outcome}, {n}"
                )


def _scorecards(w: Writer) -> None:
    names: list[str] = []
    applies: list[str] = []
    for card in w.program.scorecards:
        k = len(applies)
        if card.applies is None:
            applies.append("True")
        else:
            w.assign("x", card.applies)
            w.missed("x is None", card.applies)
            w.line(f"applies_{k} = x is not False")
            applies.append(f"applies_{k}")
        into = "missed" if card.applies is None else "also"
        if card.applies is not None:
            w.line("also = 0")
        for line in card.characteristics:
            names.append(f"p{len(names)}")
            of = line.grid.of if isinstance(line.grid, Bins) else line.grid.by
            x = w.held("x", of)
            with w.block(f"if {unknown_test(x, of)}:"):
                w.line(f"{names[-1]} = {line.unknown}")
                w.line(f"{into} |= {w.mask(of):#x}")
            with w.block("else:"):
                w.line(f"{names[-1]} = {_points(w, x, line.grid, line.unknown)}")
            w.missed(None, of, into=into)
            w.trace("scorecards", line.reason, names[-1], of)
        if card.applies is not None:
            w.line(f"if applies_{k}: missed |= also")
    w.line(f"points = {items(names)}")
    w.line(f"applies = {items(applies)}")
    _score(w, names)


def _score(w: Writer, names: Sequence[str]) -> None:
    """Write `score(points, applies, ceiling)`: the scores of the pillars, 0-100, and the composite.

    A pillar that applies only to some assets enters the mean only where it lowers it: were it to
    raise the mean, an asset would improve by taking on the very risk the pillar measures.
    """
    cards, weights = w.program.scorecards, dict(w.program.rating.weights)
    points = iter(names)
    with w.function("score", "points, applies, ceiling"):
        w.line(f"{items(names)} = points")
        w.line(f"{items([f'b{k}' for k in range(len(cards))])} = applies")
        for k, card in enumerate(cards):
            total = sum(line.weight for line in card.characteristics)
            summed = " + ".join(f"{line.weight} * {next(points)}" for line in card.characteristics)
            own = f"({summed}) // {total}"
            w.line(f"s{k} = {own if card.applies is None else f'{own} if b{k} else 100'}")
            w.line(f"if s{k} > ceiling: s{k} = ceiling")
        always = [k for k, card in enumerate(cards) if card.applies is None]
        w.line(f"n = {' + '.join(f'{weights[cards[k].pillar]} * s{k}' for k in always) or 0}")
        w.line(f"d = {sum(weights[cards[k].pillar] for k in always)}")
        w.line("mean = n // d" if always else "mean = 100")
        if len(always) < len(cards):
            for k, card in enumerate(cards):
                if card.applies is not None:
                    w.line(f"if b{k}: n, d = n + {weights[card.pillar]} * s{k}, d + {weights[card.pillar]}")
            w.line("if d and n // d < mean: mean = n // d")
        scores = items([f"s{k}" for k in range(len(cards))])
        w.line(f"return {scores}, min(mean, min({scores}) + {w.program.rating.lift})")


def _points(w: Writer, x: str, grid: Bins | PointsTable, unknown: int) -> str:
    """Return the source of the points of what is held in `x`, which is known."""
    match grid:
        case Bins(_, edges, points):
            below = zip(points, edges, strict=False)
            return "".join(f"{value} if {x} < {literal(edge)} else " for value, edge in below) + str(
                points[-1]
            )
        case PointsTable(by, rows):
            return f"{w.table({key(by, member): value for member, value in rows})}.get({x}, {unknown})"


def _rating(w: Writer) -> None:
    with w.function("rate", "score"):
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
    with w.function("finish", "band, score"):
        w.line("missed = 0")
        w.assign("basis", mark.basis)
        w.assign("quote", mark.quote)
        w.assign("floor", mark.floor_when)
        w.assign("x", mark.close_out)
        w.line(f"close_out = {literal(mark.close_out_unknown)} if x != x else x")
        w.missed("x != x", mark.close_out)
        w.missed("floor is None", mark.floor_when)
        w.missed(None, mark.basis, mark.quote)
        w.trace("mark", mark.reason, "basis", mark.basis, mark.quote, mark.floor_when, mark.close_out)
        conditions = []
        for n, condition in enumerate(w.program.conditions):
            holds = None
            if condition.when is not None:
                w.verdict(f"c{n}", condition.when, condition.on_unknown)
                holds = fires(f"c{n}", condition.on_unknown)
            value = w.constant(condition.value)
            if value is None:
                value = f"v{n}"
                w.assign(value, condition.value)
                unsure = unknown_test(value, condition.value) if condition.unknown is not None else None
                if w.misses(unsure, condition.value):
                    # What nobody is told was not asked for.
                    with nullcontext() if holds is None else w.block(f"if {holds}:"):
                        w.missed(unsure, condition.value)
                if condition.unknown is not None:
                    w.line(f"if {unsure}: {value} = {literal(condition.unknown)}")
            conditions.append(value if holds is None else f"{value} if {holds} else ABSENT")
            outcome = "True" if holds is None else f"c{n}"
            w.trace("conditions", condition.reason, outcome, condition.when, condition.value)
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
    with w.function("guard", f"band, score, output_class, {', '.join(outputs)}, size"):
        for n, assertion in enumerate(w.program.assertions):
            w.assign(f"g{n}", assertion.expr)
        w.line(f"return {items([f'g{n} is True' for n in range(len(w.program.assertions))])}")
