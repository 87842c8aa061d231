"""Amounts as generated code: the steps of the waterfall and the limits of the cap."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from fractions import Fraction
from itertools import pairwise
from math import inf

from pegmark.engine.emit import MICRO, ONE, literal
from pegmark.engine.writer import Writer, items
from pegmark.language.nodes import Typed, reads
from pegmark.rulebook.expressions import amount_expressions, step_expressions
from pegmark.rulebook.program import Amount, Curve, Haircut, Step, Table


def caps(w: Writer) -> None:
    """Write the limits, whether each stands in for something unknown, and what is outstanding."""
    limits = w.program.caps.limits
    for n, limit in enumerate(limits):
        w.line(f"u{n} = False")
        with w.where(limit.when, f"l{n} = None", "caps", limit.reason):
            w.assign("x", limit.amount)
            # Where the text says nothing of unknown only an overflow can be: it is as bad as can be.
            unknown = int((limit.unknown or 0) * MICRO)
            _held(w, f"u{n}, l{n} = True, {unknown}", f"l{n} = round(x * 1e6)", "missed", limit.amount)
            w.missed(None, limit.amount)
            w.trace("caps", limit.reason, "x", limit.when, limit.amount)
    w.line(f"limits = {items([f'l{n}' for n in range(len(limits))])}")
    w.line(f"limit_unknown = {items([f'u{n}' for n in range(len(limits))])}")
    if w.program.caps.outstanding is None:
        w.line("outstanding = NAN")
    else:
        w.assign("outstanding", w.program.caps.outstanding)


def steps(w: Writer) -> None:
    """Write the waterfall's amounts; those that read the size go into `at(size)`."""
    haircut = w.program.haircut
    every = (haircut.start, *haircut.steps, haircut.reference)
    amounts = items([f"a{n}" for n in range(len(every))])
    sized = [n for n, step in enumerate(every) if _reads_size(step)]
    for n, step in enumerate(every):
        if n not in sized:
            _step(w, n, step)
        elif step.when is not None and not _reads_position(step.when):
            w.verdict(f"w{n}", step.when, "match")
    with w.function("at", "size"):
        w.line("also = missed")
        for n in sized:
            _step(w, n, every[n], into="also")
        w.line(f"return {amounts}, also")
    _close(w, haircut, amounts)
    _totals(w, haircut, sized)
    _waterfalls(w, haircut, amounts, sized)


def _close(w: Writer, haircut: Haircut, amounts: str) -> None:
    """Write `close(amounts)`: maintenance and initial, alone and with the reference's haircut.

    Integers throughout (scale 1e12), so that the lines of a waterfall sum to the haircut exactly.
    """
    with w.function("close", "amounts"):
        w.line(f"{amounts} = amounts")
        w.line("x = a0")
        for k, step in enumerate(haircut.steps, 1):
            _change(w, k, step)
        _ends(w, haircut)
        w.line(f"if not a{len(haircut.steps) + 1}: return m, i, m, i")
        w.line(f"return m, i, {', '.join(_with_reference(haircut))}")


def _totals(w: Writer, haircut: Haircut, sized: Sequence[int]) -> None:
    """Write `totals(sizes)`: the most that `close` says in total up to each of sizes that rise."""
    every = (haircut.start, *haircut.steps, haircut.reference)
    first = min(sized, default=len(every))
    changes = list(enumerate(haircut.steps, 1))
    with w.function("totals", "sizes"):
        w.line("maintenance, initial, also, last = [], [], 0, ABSENT")
        w.line("most_m = most_i = 0")
        if first:
            w.line("x = a0")
            for k, step in changes[: first - 1]:
                _change(w, k, step)
            w.line("fixed = x")
        for n in sized:
            _without(w, n, every[n])
        with w.block("for size in sizes:"):
            for n in sized:
                _step(w, n, every[n], "also", is_noted=True)
            own = f"a{sized[0]}" if len(sized) == 1 else items([f"a{n}" for n in sized])
            with w.block(f"if last != {own}:"):
                w.line(f"last = {own}")
                w.line("x = fixed" if first else "x = a0")
                for k, step in changes[max(first - 1, 0) :]:
                    _change(w, k, step)
                _ends(w, haircut)
                w.line(f"if a{len(every) - 1}: m, i = {', '.join(_with_reference(haircut))}")
                w.line("if m > most_m: most_m = m")
                w.line("if i > most_i: most_i = i")
            w.line("maintenance.append(most_m)")
            w.line("initial.append(most_i)")
        w.line("return maintenance, initial, also")


def _without(w: Writer, n: int, step: Step) -> None:
    """Write what the amount of a step does without, unless the step applies at no size."""
    nodes = amount_expressions(step.amount)
    is_fixed = step.when is not None and not _reads_position(step.when)
    if w.misses(None, *nodes):
        with w.block(f"if w{n} is not False:") if is_fixed else nullcontext():
            w.missed(None, *nodes, into="also")


def _change(w: Writer, k: int, step: Step) -> None:
    """Write how a step changes the haircut so far, `x`."""
    change = {
        "add": f"x += a{k}",
        "max": f"if a{k} > x: x = a{k}",
        "min": f"if a{k} < x: x = a{k}",
        "multiply": f"x = -(-x * a{k} // {ONE})",
    }[step.op]
    with w.block(f"if a{k} is not None:") if step.when is not None else nullcontext():
        w.line(change)


def _ends(w: Writer, haircut: Haircut) -> None:
    """Write how `x` ends as maintenance, `m`, and initial, `i`."""
    low, high, tick = (int(x * ONE) for x in (haircut.low, haircut.high, haircut.rounding.to))
    least = int(haircut.initial_floor * ONE)
    n, d = haircut.initial_share.as_integer_ratio()
    w.line(f"x = {low} if x < {low} else {high} if x > {high} else x")
    w.line(f"m = {rounded_source('x', tick, haircut.rounding.mode)}")
    if high % tick:
        w.line(f"if m > {high}: m = {high}")
    w.line(f"i = -(-m * {n} // {d})")
    w.line(f"i = m + ({least} if i < {least} else i)")
    w.line(f"i = {rounded_source('i', tick, 'up')}")
    w.line(f"if i > {ONE}: i = {ONE}")


def _with_reference(haircut: Haircut) -> tuple[str, str]:
    """Return the sources of maintenance and initial with the reference's haircut.

    1 - (1 - basis)(1 - reference): what a claim on something that itself falls may lose.
    """
    left = f"({ONE} - a{len(haircut.steps) + 1})"
    return f"{ONE} - ({ONE} - m) * {left} // {ONE}", f"{ONE} - ({ONE} - i) * {left} // {ONE}"


def rounded_source(name: str, to: int, mode: str) -> str:
    """Return the source of an integer rounded to a multiple of `to`."""
    return f"-(-{name} // {to}) * {to}" if mode == "up" else f"{name} // {to} * {to}"


def _reads_size(step: Step) -> bool:
    return any(map(_reads_position, step_expressions(step)))


def _reads_position(node: Typed) -> bool:
    return any(read.origin == "position" for read in reads(node))


def _waterfalls(w: Writer, haircut: Haircut, amounts: str, sized: Sequence[int]) -> None:
    """Write `waterfalls(positions)`: for each (size, amounts, maintenance) the lines that sum to it.

    `BOUND`, `ROUND` and `INELIGIBLE` stand for no step: what the bounds, the rounding and not being
    accepted added. What steps read does not depend on the size, but for those in `sized`.
    """
    steps = (haircut.start, *haircut.steps)
    low, high, tick = (int(x * ONE) for x in (haircut.low, haircut.high, haircut.rounding.to))
    first = min(sized, default=len(steps))
    # Before the first step that reads the size, and where only fixed amounts are added after the last,
    # all waterfalls are the same.
    after = len(steps)
    while after > first and after - 1 not in sized and steps[after - 1].op == "add":
        after -= 1
    with w.function("waterfalls", "positions"):
        w.line("head, tail, found, x = [], [], [], 0")
        w.line(f"for _, {amounts}, _ in positions[:1]: pass")
        for n, step in enumerate(steps[:first]):
            _told(w, n, step, _reads_of(w, step), "head")
        w.line("before, x = x, 0")
        for n, step in enumerate(steps[after:], after):
            _told(w, n, step, _reads_of(w, step), "tail")
        w.line("more = x")
        with w.block("for size, amounts, maintenance in positions:"):
            w.line(f"{amounts} = amounts")
            w.line("x, lines = before, [*head]")
            for n, step in enumerate(steps[first:after], first):
                _told(w, n, step, _reads_of(w, step), "lines")
            w.line("x += more")
            w.line("lines += tail")
            w.line(f"y = {low} if x < {low} else {high} if x > {high} else x")
            w.line(f"z = {rounded_source('y', tick, haircut.rounding.mode)}")
            if high % tick:
                w.line(f"if z > {high}: z = {high}")
            w.line("v = y - x")
            w.line(_line("lines", "BOUND", "v"))
            w.line("v = z - y")
            w.line(_line("lines", "ROUND", "v"))
            with w.block("if z != maintenance:"):
                w.line("v = maintenance - z")
                w.line(_line("lines", "INELIGIBLE", "v"))
            w.line("found.append(lines)")
        w.line("return found")


def _told(w: Writer, n: int, step: Step, read: str, into: str) -> None:
    """Write the line of a step, and its change of the haircut so far, `x`."""
    told = f'"reads": {read}, "why": {step.reason.why!r}'
    with w.block(f"if a{n} is not None:") if step.when is not None else nullcontext():
        if n == 0 or step.op == "add":
            w.line(_line(into, step.reason.id, f"a{n}", told))
            w.line(f"x += a{n}")
            return
        after = {
            "max": f"a{n} if a{n} > x else x",
            "min": f"a{n} if a{n} < x else x",
            "multiply": f"-(-x * a{n} // {ONE})",
        }[step.op]
        w.line(f"y = {after}")
        w.line("v = y - x")
        w.line(_line(into, step.reason.id, "v", told))
        w.line("x = y")


def _line(into: str, rule: str, amount: str, more: str = "") -> str:
    # As `ratio`, without a call.
    number = f"{amount} / {ONE} if {amount} % {ONE} else {amount} // {ONE}"
    return f'{into}.append({{"rule": {rule!r}, "amount": {number}{f", {more}" if more else ""}}})'


def _reads_of(w: Writer, step: Step) -> str:
    """Return the source of what a step read, as JSON."""
    seen = {read.name: read for node in step_expressions(step) for read in reads(node)}
    pairs = []
    for read in seen.values():
        if read.origin != "param":
            x = w.name_of(read)
            # Whole numbers are written without a fraction, unknown ones as null.
            value = f"None if {x} != {x} else {x} if {x} % 1 else int({x})" if read.type.is_numeric else x
            pairs.append(f"{read.name!r}: {value}")
    return "{" + ", ".join(pairs) + "}"


def _step(w: Writer, n: int, step: Step, into: str = "missed", is_noted: bool = False) -> None:
    """Write the amount of a step; `is_noted` where what its amount does without is written before."""
    held = None
    if into != "missed" and step.when is not None:
        held = f"w{n}"
        if _reads_position(step.when):
            w.verdict(held, step.when, "match", into)
    with w.where(step.when, f"a{n} = None", "haircut", step.reason, held):
        found = _amount(w, step)
        limit = ONE if step.limit is None else int(step.limit * ONE)
        unknown = min(limit, ONE if step.unknown is None else int(step.unknown * ONE))
        nodes = amount_expressions(step.amount)
        _held(w, f"a{n} = {unknown}", f"{found}a{n} = round(x * 1e12)", into, *nodes)
        if not is_noted:
            w.missed(None, *nodes, into=into)
        if step.limit is not None and _most(step.amount) > step.limit:
            w.line(f"if a{n} > {limit}: a{n} = {limit}")
        w.trace("haircut", step.reason, "Q(x)", *step_expressions(step))


def _most(amount: Amount) -> float | Fraction:
    """Return what an amount may come to at most, where that is known when compiling."""
    match amount:
        case Curve(_, _, points):
            return max(y for _, y in points)
        case Table(_, _, rows):
            return max((value for _, value in rows), default=Fraction(0))
    return inf


def _held(w: Writer, unknown: str, known: str, into: str, *nodes: Typed) -> None:
    """Write what holds where `x` is unknown, and what was missed then, or where it is known."""
    with w.block("if x != x:"):
        w.line(unknown)
        if mask := w.mask(*nodes):
            w.line(f"{into} |= {mask:#x}")
    with w.block("else:"):
        w.line(known)


def _amount(w: Writer, step: Step) -> str:
    """Write the amount of a step into `x`; return what is left to do where that is known."""
    match step.amount:
        case Curve(of, over, points):
            return f"x = {_curve(w, of, over, points)}; "
        case Table(by, by2, rows) if by2 is not None:
            w.assign("x", by)
            w.assign("y", by2)
            pairs = {(key(by, row[0]), key(by2, row[1])): literal(value) for row, value in rows}
            w.line(f"x = {w.table(pairs)}.get((x, y), NAN)")
        case Table(by, _, rows):
            w.assign("x", by)
            cells = {key(by, row[0]): literal(value) for row, value in rows}
            w.line(f"x = {w.table(cells)}.get(x, NAN)")
        case expression:
            w.assign("x", expression)
    return ""


def _curve(w: Writer, of: Typed, over: Typed | None, points: Sequence[tuple[Fraction, Fraction]]) -> str:
    """Write where on a curve an asset lies into `x`; return the source of the curve there."""
    w.assign("x", of)
    if over is not None:
        w.assign("y", over)
        first, last = points[0][0], points[-1][0]
        inside = f"{w.on_grid('x / y')} if y else {literal(last)} if x else {literal(first)}"
        if first < 0:
            # None of something is the first point, whatever it is none of.
            inside = f"{literal(first)} if x == 0 else {inside}"
        w.line(f"x = NAN if x != x or y != y else {inside}")
    chain = f"{literal(points[0][1])} if x <= {literal(points[0][0])} else "
    for (x0, y0), (x1, y1) in pairwise(points):
        slope = (float(y1) - float(y0)) / (float(x1) - float(x0))
        chain += f"{literal(y0)} + (x - {literal(x0)}) * {slope!r} if x < {literal(x1)} else "
    return chain + literal(points[-1][1])


def key(by: Typed, member: str) -> object:
    """Return the member of a table's row as the value it stands for."""
    return member == "true" if by.type.kind == "bool" else member
