"""A rulebook as straight-line Python for one asset.

`write` turns a program, with its params fixed on one day, into the source of one function,
`evaluate`. It holds every value the rules name in a local variable, decides each rule once in the
order of the text, and hands back integers wherever sums have to be exact. With `tracing` the same
source also reports each rule as it is decided.

    evaluate(facts, forced_class, confirmed, trace) ->
        (class_index, deciding_rule, confirming, points, applies, limits, limit_unknown,
         outstanding, missed, rate, at, settle, step_reads, finish, guard)

    rate(scores)            -> (knock_outs, statuses, missed)
    at(size)                -> (amounts, missed)         one integer (or None) a step, scale 1e12
    settle(amounts)         -> the haircut before its bounds
    step_reads(size)        -> what each step read, as JSON
    finish(band, scores)    -> (mark, conditions, findings, missed)
    guard(...)              -> whether each assertion holds

`missed` are bit masks over the facts a rulebook can read: those whose absence sent some rule down
its unknown branch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pegmark.engine.emit import MICRO, ONE, Emitter, literal, quantised
from pegmark.facts.vocabulary import FACTS
from pegmark.language.nodes import Compare, Read, Typed, children, reads
from pegmark.rulebook.program import (
    Bins,
    Curve,
    PointsTable,
    Program,
    Reason,
    Step,
    Table,
)

SUBMITTED = {"backing.listed": "backing.components", "backing.is_net": "backing.basis"}
"""Readable names that are parts of another submitted fact (besides shares and layers)."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a trace line says of a rule besides its outcome: all of it known when compiling."""

    section: str
    reason: Reason
    reads: tuple[str, ...]
    comparisons: tuple[Compare, ...]
    params: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Generated source and what is needed to understand what it returns."""

    text: str
    rules: tuple[RuleInfo, ...]


def submitted(name: str) -> str:
    """Return the submitted fact that a readable name comes from.

    >>> submitted("backing.share.crypto"), submitted("liquidity.supply")
    ('backing.components', 'liquidity.supply')
    """
    if name.startswith(("backing.share.", "layer.")):
        return "backing.components"
    return SUBMITTED.get(name, name)


def fact_bits(program: Program) -> dict[str, int]:
    """Return the bit of every submitted fact, custom ones after the vocabulary's."""
    names = [*FACTS, *(fact.name for fact in program.custom)]
    return {name: 1 << n for n, name in enumerate(names)}


def comparisons(node: Typed) -> tuple[Compare, ...]:
    """Return the comparisons of numbers in an expression, left to right."""
    if isinstance(node, Compare):
        return (node,) if node.left.type.is_numeric else ()
    return tuple(found for child in children(node) for found in comparisons(child))


class Writer:
    """Collects the lines of `evaluate`; one method a section of the rulebook."""

    def __init__(self, program: Program, day: date, tracing: bool) -> None:
        self.program = program
        self.tracing = tracing
        self.lines: list[str] = []
        self.depth = 1
        self.rules: list[RuleInfo] = []
        self._bits = fact_bits(program)
        self._constants = {param.name: param.at(day).value for param in program.params}
        self._facts: dict[str, str] = {}
        self._derived = {derived.name: f"d{n}" for n, derived in enumerate(program.derived)}
        self._depends: dict[str, int] = {}
        self._expand: dict[str, tuple[str, ...]] = {}
        self.emitter = Emitter(self._name_of)

    # Names

    def _name_of(self, read: Read) -> str:
        match read.origin:
            case "param":
                return literal(self._constants[read.name])
            case "derived":
                return self._derived[read.name]
            case "position":
                return "size"
            case "outcome" if read.name.startswith("score."):
                return f"score[{read.name.removeprefix('score.')!r}]"
            case "outcome":
                return {"class": "cls", "band": "band"}.get(read.name) or read.name.replace(".", "_")
            case "fact":
                return self._facts[read.name]

    def mask(self, *nodes: Typed | None) -> int:
        """Return the submitted facts that expressions rest on, through fillings and derived names."""
        found = 0
        for node in nodes:
            for read in reads(node) if node is not None else ():
                if read.origin == "fact":
                    found |= self._bits.get(submitted(read.name), 0)
                found |= self._depends.get(read.name, 0)
        return found

    # Lines

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def assign(self, name: str, node: Typed, wrap: bool = True) -> None:
        before, text = self.emitter.statements(node)
        for statement in before:
            self.line(statement)
        self.line(f"{name} = {quantised(node, text) if wrap else text}")

    def missed(self, test: str, mask: int, into: str = "missed") -> None:
        if mask:
            self.line(f"if {test}: {into} |= {mask:#x}")

    def trace(self, section: str, reason: Reason, outcome: str, *nodes: Typed | None) -> None:
        """Report a rule with what it read and both sides of each comparison."""
        given = [node for node in nodes if node is not None]
        seen = {read.name: read for node in given for read in reads(node)}
        values = [read for read in seen.values() if read.origin != "param"]
        compared = tuple(found for node in given for found in comparisons(node))
        self.rules.append(
            RuleInfo(
                section,
                reason,
                tuple(read.name for read in values),
                compared,
                tuple(read.name for read in seen.values() if read.origin == "param"),
            )
        )
        if not self.tracing:
            return
        sides = []
        for comparison in compared:
            pair = []
            for side in (comparison.left, comparison.right):
                name = self.emitter.temporary()
                self.assign(name, side)
                pair.append(name)
            sides.append(f"({', '.join(pair)})")
        named = "".join(f"{self._name_of(read)}, " for read in values)
        self.line(
            f"trace(({len(self.rules) - 1}, {outcome}, ({named}), ({''.join(s + ', ' for s in sides)})))"
        )

    # Sections, in the order of evaluation

    def facts(self) -> None:
        used = {read.name: read for node in expressions(self.program) for read in reads(node)}
        named = [read for read in used.values() if read.origin == "fact"]
        for n, read in enumerate(named):
            self._facts[read.name] = f"f{n}"
            default = "NAN" if read.type.is_numeric else "None"
            self.line(f"f{n} = facts.get({read.name!r}, {default})")
        self.line("missed = 0")

    def fillings(self) -> None:
        for filling in self.program.fillings:
            name = self._facts.get(filling.fact)
            if name is None:
                continue
            absent = f"{name} != {name}" if filling.expr.type.is_numeric else f"{name} is None"
            own = self._bits.get(submitted(filling.fact), 0)
            self._depends[filling.fact] = own | self.mask(filling.expr)
            self.line(f"if {absent}:")
            self.depth += 1
            self.line(f"missed |= {own:#x}")
            self.assign(name, filling.expr)
            self.trace("normal", filling.reason, name, filling.expr)
            self.depth -= 1

    def derived(self) -> None:
        for derived in self.program.derived:
            self._depends[derived.name] = self.mask(derived.expr)
            self.assign(self._derived[derived.name], derived.expr)

    def classify(self) -> None:
        classify = self.program.classify
        index = {name: n for n, name in enumerate(classify.order)}
        last = index[classify.otherwise]
        firm = [n for n, rule in enumerate(classify.rules) if rule.known_only]
        for n, rule in enumerate(classify.rules):
            self.assign(f"k{n}", rule.when)
            if rule.on_unknown is not None:
                self.missed(f"k{n} is None", self.mask(rule.when))
        self.line(f"confirming = ({''.join(f'k{n}, ' for n in firm)})")
        if firm:
            self.line(f"if confirmed is not None: {''.join(f'k{n}, ' for n in firm)}= confirmed")
        otherwise = len(classify.rules)
        self.line(f"at_class, by = {last}, {otherwise}")
        first = classify.hit == "first"
        if not first:
            self.line("at_class = -1")
        for n, rule in enumerate(classify.rules):
            word = "elif" if first and n else "if"
            stop = rule.on_unknown == "otherwise"
            outcome = f"{index[rule.then]} if k{n} else {last}" if stop else f"{index[rule.then]}"
            test = f"k{n} or k{n} is None" if stop else f"k{n}"
            if first:
                self.line(f"{word} {test}: at_class, by = {outcome}, {n}")
            else:
                # Without an order among rules the worst that holds decides.
                self.line(f"if ({test}) and ({outcome}) > at_class: at_class, by = {outcome}, {n}")
        if not first:
            self.line(f"if at_class < 0: at_class, by = {last}, {otherwise}")
        for n, rule in enumerate(classify.rules):
            self.trace("classify", rule.reason, f"k{n}", rule.when)
        if classify.layering is not None:
            self.line("layer = facts.get('layer.class', 0)")
            self.line(f"if layer is None: at_class, by = {last}, {otherwise + 1}")
            self.line(f"elif layer > at_class: at_class, by = layer, {otherwise + 1}")
        self.line("if forced is not None: at_class = forced")
        self.line("cls = CLASSES[at_class]")

    def scorecards(self) -> None:
        names, applied = [], []
        for card in self.program.scorecards:
            for line in card.characteristics:
                name = f"p{len(names)}"
                names.append(name)
                self._characteristic(name, line.grid, line.unknown)
                self.trace(
                    "scorecards",
                    line.reason,
                    name,
                    line.grid.of if isinstance(line.grid, Bins) else line.grid.by,
                )
            if card.applies is None:
                applied.append("True")
                continue
            name = f"applies_{card.pillar}"
            self.assign(name, card.applies)
            self.missed(f"{name} is None", self.mask(card.applies))
            applied.append(f"{name} is not False")
        self.line(f"points = ({''.join(n + ', ' for n in names)})")
        self.line(f"applies = ({''.join(a + ', ' for a in applied)})")

    def _characteristic(self, name: str, grid: Bins | PointsTable, unknown: int) -> None:
        match grid:
            case Bins(of, edges, points):
                self.assign("x", of)
                chain = "".join(
                    f"{value} if x < {literal(edge)} else "
                    for value, edge in zip(points, edges, strict=False)
                )
                self.line(f"{name} = {unknown} if x != x else {chain}{points[-1]}")
                self.missed("x != x", self.mask(of))
            case PointsTable(by, rows):
                self.assign("x", by)
                self.line(f"{name} = {_rows(dict(rows), by)}.get(x, {unknown})")
                self.missed("x is None", self.mask(by))

    def rating(self) -> None:
        self.line("def rate(score):")
        self.depth += 1
        self.line("missed = 0")
        for kind, rules in (("o", self.program.rating.knock_outs), ("s", self.program.rating.statuses)):
            for n, rule in enumerate(rules):
                self._verdict(f"{kind}{n}", rule.when, rule.on_unknown)
                self.trace("rating", rule.reason, f"{kind}{n}", rule.when)
            fired = "".join(
                f"({self._fires(f'{kind}{n}', rule.on_unknown)}), " for n, rule in enumerate(rules)
            )
            self.line(f"{kind} = ({fired})")
        self.line("return o, s, missed")
        self.depth -= 1

    def _verdict(self, name: str, when: Typed | None, on_unknown: str | None) -> None:
        if when is None:
            self.line(f"{name} = True")
            return
        self.assign(name, when)
        if on_unknown is not None:
            self.missed(f"{name} is None", self.mask(when))

    @staticmethod
    def _fires(name: str, on_unknown: str | None) -> str:
        return f"{name} is not False" if on_unknown == "match" else f"{name} is True"

    def caps(self) -> None:
        names = []
        for n, limit in enumerate(self.program.caps.limits):
            names.append(f"l{n}")
            self.line(f"u{n} = False")
            if limit.when is not None:
                self.assign("w", limit.when)
                self.missed("w is None", self.mask(limit.when))
                self.line("if w is False: " + f"l{n} = None")
                self.line("else:")
                self.depth += 1
            self.assign("x", limit.amount)
            if limit.unknown is not None:
                self.line(f"u{n} = x != x")
                self.line(f"l{n} = {int(limit.unknown * MICRO)} if u{n} else round(x * 1e6)")
                self.missed("x != x", self.mask(limit.amount))
            else:
                self.line(f"l{n} = round(x * 1e6)")
            self.trace("caps", limit.reason, "x", limit.when, limit.amount)
            if limit.when is not None:
                self.depth -= 1
        self.line(f"limits = ({''.join(n + ', ' for n in names)})")
        self.line(f"limit_unknown = ({''.join(f'u{n}, ' for n in range(len(names)))})")
        outstanding = self.program.caps.outstanding
        if outstanding is None:
            self.line("outstanding = NAN")
        else:
            self.assign("outstanding", outstanding)

    def steps(self) -> None:
        """Write the waterfall's amounts; those that read the size go into `at(size)`."""
        haircut = self.program.haircut
        steps = (haircut.start, *haircut.steps, haircut.reference)
        sized = {n for n, step in enumerate(steps) if self._reads_size(step)}
        for n, step in enumerate(steps):
            if n not in sized:
                self._step(n, step)
        self.line("def at(size):")
        self.depth += 1
        self.line("also = missed")
        for n, step in enumerate(steps):
            if n in sized:
                self._step(n, step, into="also")
        self.line(f"return ({self._amounts(steps)}), also")
        self.depth -= 1
        self._settle(steps)
        self.line("def step_reads(size):")
        self.depth += 1
        self.line("return (" + "".join(f"{self._reads_of(step)}, " for step in steps) + ")")
        self.depth -= 1

    @staticmethod
    def _amounts(steps: Sequence[Step]) -> str:
        return "".join(f"a{n}, " for n in range(len(steps)))

    def _settle(self, steps: Sequence[Step]) -> None:
        """Write `settle(amounts)`: the haircut before its bounds."""
        self.line("def settle(amounts):")
        self.depth += 1
        self.line(f"{self._amounts(steps)} = amounts".replace(",  =", ", ="))
        self.line("x = a0 or 0")
        for n, step in enumerate(steps[1:-1], 1):
            change = {
                "add": f"x += a{n}",
                "max": f"x = a{n} if a{n} > x else x",
                "min": f"x = a{n} if a{n} < x else x",
                "multiply": f"x = -(-x * a{n} // {ONE})",
            }[step.op]
            self.line(change if step.when is None else f"if a{n} is not None: {change}")
        self.line("return x")
        self.depth -= 1

    def _reads_of(self, step: Step) -> str:
        """Return the source of what a step read, as JSON."""
        seen = {read.name: read for node in _nodes(step) for read in reads(node)}
        pairs = []
        for read in seen.values():
            if read.origin != "param":
                name = self._name_of(read)
                pairs.append(f"{read.name!r}: {f'JSON({name})' if read.type.is_numeric else name}")
        return "{" + ", ".join(pairs) + "}"

    @staticmethod
    def _reads_size(step: Step) -> bool:
        return any(read.origin == "position" for node in _nodes(step) for read in reads(node))

    def _step(self, n: int, step: Step, into: str = "missed") -> None:
        if step.when is not None:
            self.assign("w", step.when)
            self.missed("w is None", self.mask(step.when), into)
            self.line(f"if w is False: a{n} = None")
            self.line("else:")
            self.depth += 1
        unknown = None if step.unknown is None else int(step.unknown * ONE)
        match step.amount:
            case Curve(of, over, points):
                self._curve(of, over, points)
                parts: Sequence[Typed] = (of,) if over is None else (of, over)
            case Table(by, by2, rows):
                self.assign("x", by)
                parts = (by,)
                if by2 is None:
                    cells: Mapping[object, Fraction] = {_key(by, row[0]): value for row, value in rows}
                    self.line(f"x = {_cells(cells)}.get(x, NAN)")
                else:
                    self.assign("y", by2)
                    parts = (by, by2)
                    pairs = {(_key(by, row[0]), _key(by2, row[1])): value for row, value in rows}
                    self.line(f"x = {_cells(pairs)}.get((x, y), NAN)")
            case expression:
                self.assign("x", expression)
                parts = (expression,)
        if unknown is None:
            self.line(f"a{n} = round(x * 1e12)")
        else:
            self.line(f"a{n} = {unknown} if x != x else round(x * 1e12)")
            self.missed("x != x", self.mask(*parts), into)
        if step.limit is not None:
            limit = int(step.limit * ONE)
            self.line(f"if a{n} > {limit}: a{n} = {limit}")
        self.trace("haircut", step.reason, "x", step.when, *parts)
        if step.when is not None:
            self.depth -= 1

    def _curve(self, of: Typed, over: Typed | None, points: tuple[tuple[Fraction, Fraction], ...]) -> None:
        self.assign("x", of)
        if over is not None:
            self.assign("y", over)
            first, last = points[0][0], points[-1][0]
            inside = f"{literal(first)} if x == 0 else {literal(last)} if y == 0 else Q(x / y)"
            self.line(f"x = NAN if x != x or y != y else {inside}")
        xs = [float(x) for x, _ in points]
        ys = [float(y) for _, y in points]
        chain = f"{literal(points[0][1])} if x <= {literal(points[0][0])} else "
        for i in range(1, len(points)):
            slope = (ys[i] - ys[i - 1]) / (xs[i] - xs[i - 1])
            start = f"{literal(points[i - 1][1])} + (x - {literal(points[i - 1][0])}) * {slope!r}"
            chain += f"{start} if x < {literal(points[i][0])} else "
        self.line(f"x = x if x != x else {chain}{literal(points[-1][1])}")

    def finish(self) -> None:
        self.line("def finish(band, score):")
        self.depth += 1
        self.line("missed = 0")
        mark = self.program.mark
        self.assign("basis", mark.basis)
        self.assign("quote", mark.quote)
        self.assign("floor", mark.floor_when)
        self.assign("x", mark.close_out)
        self.line(f"close_out = {literal(mark.close_out_unknown)} if x != x else x")
        self.trace("mark", mark.reason, "basis", mark.basis, mark.quote, mark.floor_when, mark.close_out)
        conditions = []
        for n, condition in enumerate(self.program.conditions):
            self._verdict(f"c{n}", condition.when, condition.on_unknown)
            self.assign(f"v{n}", condition.value)
            if condition.unknown is not None:
                absent = f"v{n} != v{n}" if condition.value.type.is_numeric else f"v{n} is None"
                self.line(f"if {absent}: v{n} = {literal(condition.unknown)}")
            conditions.append(f"v{n} if {self._fires(f'c{n}', condition.on_unknown)} else ABSENT")
            self.trace("conditions", condition.reason, f"c{n}", condition.when, condition.value)
        findings = []
        for n, rule in enumerate(self.program.review):
            self._verdict(f"r{n}", rule.when, rule.on_unknown)
            findings.append(self._fires(f"r{n}", rule.on_unknown))
            self.trace("review", rule.reason, f"r{n}", rule.when)
        self.line("conditions = (" + "".join(f"{c}, " for c in conditions) + ")")
        self.line("findings = (" + "".join(f"{f}, " for f in findings) + ")")
        self.line("return (basis, quote, floor is True, close_out), conditions, findings, missed")
        self.depth -= 1

    def guard(self) -> None:
        outputs = ("output_maintenance", "output_initial", "output_cap", "output_eligible")
        self.line(f"def guard(band, score, output_class, {', '.join(outputs)}, size):")
        self.depth += 1
        for n, assertion in enumerate(self.program.assertions):
            self.assign(f"g{n}", assertion.expr)
        held = "".join(f"g{n} is True, " for n in range(len(self.program.assertions)))
        self.line(f"return ({held})")
        self.depth -= 1


def expressions(program: Program) -> list[Typed]:
    """Return every expression of a program."""
    found: list[Typed | None] = [f.expr for f in program.fillings]
    found += [d.expr for d in program.derived]
    found += [r.when for r in program.classify.rules]
    for card in program.scorecards:
        found.append(card.applies)
        found += [c.grid.of if isinstance(c.grid, Bins) else c.grid.by for c in card.characteristics]
    found += [r.when for r in (*program.rating.knock_outs, *program.rating.statuses)]
    for step in (program.haircut.start, *program.haircut.steps, program.haircut.reference):
        found += _nodes(step)
    for limit in program.caps.limits:
        found += [limit.when, limit.amount]
    found.append(program.caps.outstanding)
    found += [program.mark.basis, program.mark.quote, program.mark.floor_when, program.mark.close_out]
    for condition in program.conditions:
        found += [condition.when, condition.value]
    found += [r.when for r in program.review]
    found += [a.expr for a in program.assertions]
    return [node for node in found if node is not None]


def _nodes(step: Step) -> list[Typed]:
    match step.amount:
        case Curve(of, over, _):
            parts = [of] if over is None else [of, over]
        case Table(by, by2, _):
            parts = [by] if by2 is None else [by, by2]
        case expression:
            parts = [expression]
    return parts if step.when is None else [step.when, *parts]


def _key(by: Typed, member: str) -> object:
    return member == "true" if by.type.kind == "bool" else member


def _rows(rows: Mapping[str, int], by: Typed) -> str:
    return repr({_key(by, member): points for member, points in rows.items()})


def _cells(cells: Mapping[object, Fraction]) -> str:
    return "{" + ", ".join(f"{key!r}: {literal(value)}" for key, value in cells.items()) + "}"


def write(program: Program, day: date, tracing: bool = False) -> Source:
    """Write `evaluate` for the params in force on `day`."""
    writer = Writer(program, day, tracing)
    writer.facts()
    writer.fillings()
    writer.derived()
    writer.classify()
    writer.scorecards()
    writer.rating()
    writer.caps()
    writer.steps()
    writer.finish()
    writer.guard()
    writer.line(
        "return at_class, by, confirming, points, applies, limits, limit_unknown,"
        " outstanding, missed, rate, at, settle, step_reads, finish, guard"
    )
    head = "def evaluate(facts, forced, confirmed, trace):"
    return Source("\n".join([head, *writer.lines, ""]), tuple(writer.rules))
