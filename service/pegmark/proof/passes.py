"""What puts the outcomes of rules together, and that it passes on what they do.

Points are weighed and summed, the worst knock-out caps the band, amounts are added, bounded and rounded,
the least limit binds. Each of these is monotone in what it is given, on conditions that are looked at here;
so that where no rule does better on the worse of two assets, neither does the decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import z3

from pegmark.language.types import Type
from pegmark.proof.cores import amount_of
from pegmark.proof.terms import Formula, some
from pegmark.proof.translate import Reading
from pegmark.rulebook.program import Program, Step, Table


def objection(program: Program, lemma: str) -> str | None:
    """Return why a lemma does not hold, told from the constants of a program; None where it does."""
    match lemma:
        case "class":
            return (
                None
                if program.classify.order[-1] == program.classify.otherwise
                else "`otherwise` is not last"
            )
        case "composite":
            weights = [weight for _, weight in program.rating.weights]
            return "a weight or the lift is negative" if min(weights) < 0 or program.rating.lift < 0 else None
        case "maintenance":
            return _maintenance(program)
        case "initial":
            haircut = program.haircut
            falls = haircut.initial_floor < 0 or haircut.initial_share < 0
            return "initial may be below maintenance" if falls else None
        case "cap":
            caps = program.caps
            if caps.account_share < 0 or caps.least_account < 0 or caps.least_venue < 0:
                return "an account's share or a least cap is negative"
            is_settled = any(limit.when is None for limit in caps.limits)
            return None if is_settled else "every limit has a `when`: with none in force the least is offered"
        case "status":
            order, ineligible = program.classify.order, program.rating.ineligible
            first = min((order.index(name) for name in ineligible), default=len(order))
            spared = [name for name in order[first:] if name not in ineligible]
            return f"`{spared[0]}` is accepted and is worse than `{order[first]}`" if spared else None
    raise LookupError(lemma)


def _maintenance(program: Program) -> str | None:
    haircut = program.haircut
    if not 0 <= haircut.low <= haircut.high <= 1:
        return "the bounds of maintenance are not within 0 and 100 %"
    if haircut.rounding.mode == "down" and haircut.low % haircut.rounding.to:
        return "rounding down leads below the least haircut"
    return None


def refuted(program: Program, lemma: str, reading: Reading) -> Iterator[Formula]:
    """Yield what would refute a lemma that rests on what rules come to."""
    match lemma:
        case "composite" if sum(card.applies is not None for card in program.scorecards) > 1:
            yield _composite(program)
        case "maintenance" if any(step.op == "multiply" for step in program.haircut.steps):
            # A product rises with its factors while none of them is negative.
            steps = (program.haircut.start, *program.haircut.steps)
            yield some(*(amount_of(step, reading) < 0 for step in steps if step.op != "max"))


def _composite(program: Program) -> Formula:
    """Return when the composite rises though no score does and no pillar stops to apply."""
    weights = dict(program.rating.weights)
    before, after, ranges = [], [], []
    for card in program.scorecards:
        pillar = card.pillar
        high, low = z3.Int(f"{pillar} before"), z3.Int(f"{pillar} after")
        ranges.append(z3.And(low >= 0, low <= high, high <= 100))
        applies = [True, True]
        if card.applies is not None:
            applies = [z3.Bool(f"{pillar} applies before"), z3.Bool(f"{pillar} applies after")]
            ranges += [z3.Implies(z3.Not(a), s == 100) for a, s in zip(applies, (high, low), strict=True)]
        before.append((card, high, applies[0]))
        after.append((card, low, applies[1]))

    def mean(found: list) -> object:  # type: ignore[type-arg]
        always = [(weights[card.pillar], score) for card, score, _ in found if card.applies is None]
        n, d = z3.Sum([w * s for w, s in always]), sum(w for w, _ in always)
        own = n / d if d else z3.IntVal(100)
        extra = [(weights[card.pillar], score, on) for card, score, on in found if card.applies is not None]
        options = own
        # Every set of pillars that apply has a mean of its own.
        for mask in range(1, 1 << len(extra)):
            on = [z3.And(e[2]) if mask >> k & 1 else z3.Not(e[2]) for k, e in enumerate(extra)]
            chosen = [e for k, e in enumerate(extra) if mask >> k & 1]
            total = (n + z3.Sum([w * s for w, s, _ in chosen])) / (d + sum(w for w, _, _ in chosen))
            options = z3.If(z3.And(on), z3.If(total < own, total, own), options)
        worst = found[0][1]
        for _, score, _ in found[1:]:
            worst = z3.If(score < worst, score, worst)
        lifted = worst + program.rating.lift
        return z3.If(options < lifted, options, lifted)

    return z3.And(*ranges, mean(after) > mean(before))  # type: ignore[operator]


def disordered(program: Program, step: Step) -> str | None:
    """Return where a table does not follow the order of what it is by; None where it does."""
    table = step.amount
    assert isinstance(table, Table)  # noqa: S101 - goals are made of tables alone
    rows = dict(table.rows)
    for place, node in enumerate((table.by, table.by2)):
        members = () if node is None else _ordered(program, node.type, node)
        others = sorted({row[1 - place] for row in rows if len(row) > 1} or {""})
        for better, worse in pairwise(members):
            for other in others:
                a, b = (_row(place, name, other) for name in (better, worse))
                if a in rows and b in rows and rows[b] < rows[a]:
                    column = f" ({other})" if other else ""
                    high, low = _percent(rows[a]), _percent(rows[b])
                    return f"`{worse}`{column} has {low}, the better `{better}` {high}"
    return None


def _row(place: int, name: str, other: str) -> tuple[str, ...]:
    if not other:
        return (name,)
    return (name, other) if place == 0 else (other, name)


def _ordered(program: Program, kind: Type, node: object) -> tuple[str, ...]:
    """Return the members of what a table is by, best first, where they have an order."""
    is_class = getattr(node, "name", None) == "class"
    return program.classify.order if is_class and kind.members else ()


def _percent(value: Fraction) -> str:
    return f"{float(value * 100):g} %"
