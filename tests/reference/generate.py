"""Random checked rulebooks and random assets, from a seed.

The programs make no sense as risk rules; they reach every form of the language and every section,
with values drawn so that unknown, estimated, zero and boundary cases all occur often.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from pegmark.language import nodes
from pegmark.language.types import BOOL, Type
from pegmark.problems import Position, Span
from pegmark.rulebook import program as book
from pegmark.rulebook.expressions import amount_expressions
from tests.reference.interpreter import UNRESOLVED, Beneath, submitted

SPAN = Span("random.yaml", Position(1, 1), Position(1, 2))
RATIO, USD, DAYS, POINTS = Type("ratio"), Type("USD"), Type("days"), Type("points")
FACTS: dict[str, Type] = {
    "backing.collateral_ratio": RATIO,
    "backing.share.crypto": RATIO,
    "backing.share.own_token": RATIO,
    "backing.listed": RATIO,
    "hedge.short_share": RATIO,
    "peg.discount_now": RATIO,
    "liquidity.supply": USD,
    "liquidity.depth_2pct": USD,
    "liquidity.volume_24h": USD,
    "redemption.daily_capacity": USD,
    "redemption.settlement": DAYS,
    "backing.attestation_age": DAYS,
    "redemption.at_par": BOOL,
    "venue.redemption_account": BOOL,
    "redemption.right": Type("enum", ("none", "whitelisted", "all_holders")),
    "venue.price_source": Type("enum", ("own_order_book", "multi_venue_index", "redemption_value", "par")),
}
CLASSES = ("best", "good", "poor", "worst")
BANDS = ("A", "B", "C", "D")
STATUSES = ("accept", "no_new", "run_off", "ineligible")
START = date(2017, 1, 1)


class Generator:
    """Draws one program; names become readable section by section, as in a text."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        beneath = {"layer.score": POINTS, "layer.haircut": RATIO}
        self.names: list[tuple[str, nodes.Origin, Type]] = [
            (name, "fact", kind.maybe()) for name, kind in {**FACTS, **beneath}.items()
        ]
        self.may_coalesce = False
        self.ids = iter(range(10_000))

    # Expressions

    def number(self, kind: str) -> Fraction:
        pick = self.random.choice
        if kind == "USD":
            return Fraction(pick([0, 1, 5 * 10**4, 10**6, 25 * 10**5, 10**8, 10**10]))
        if kind == "days":
            return Fraction(pick([0, 1, 4, 30, 45, 365]))
        if kind == "points":
            return Fraction(pick([0, 20, 50, 80, 100]))
        return Fraction(pick([0, 1, 2, 5, 10, 20, 25, 50, 80, 98, 100, 102, 150]), 100)

    def read(self, named: tuple[str, nodes.Origin, Type]) -> nodes.Read:
        return nodes.Read(*named, SPAN)

    def reads(self, kind: Type) -> list[nodes.Read]:
        found = map(self.read, self.names)
        return [read for read in found if read.type.known() == kind.known()]

    def numeric(self, kind: Type, depth: int) -> nodes.Typed:
        draw = self.random.random()
        named = self.reads(kind)
        if depth <= 0 or draw < 0.3:
            if named and self.random.random() < 0.75:
                return self.random.choice(named)
            return nodes.Const(self.number(kind.kind), kind, SPAN)

        def sub(other: Type = kind) -> nodes.Typed:
            return self.numeric(other, depth - 1)

        if draw < 0.5:
            left, right = sub(), sub()
            return nodes.Arith(self.random.choice(["+", "-"]), left, right, _either(kind, left, right), SPAN)
        if draw < 0.6:
            left, right = sub(RATIO), sub()
            return nodes.Arith("*", left, right, _either(kind, left, right), SPAN)
        if draw < 0.7:
            left, right = (sub(USD), sub(USD)) if kind.kind == "ratio" else (sub(), sub(RATIO))
            return nodes.Arith("/", left, right, kind.maybe(), SPAN)
        if draw < 0.82:
            operands = tuple(sub() for _ in range(self.random.randint(2, 3)))
            return nodes.Extreme(self.random.choice(["min", "max"]), operands, _either(kind, *operands), SPAN)
        if draw < 0.86:
            inner = sub()
            return nodes.Abs(inner, inner.type, SPAN)
        if self.may_coalesce and draw < 0.93:
            operands = tuple(sub() for _ in range(self.random.randint(2, 3)))
            is_optional = all(operand.type.optional for operand in operands)
            return nodes.Coalesce(operands, kind.known().maybe(is_optional), SPAN)
        condition, yes, no = self.boolean(depth - 1), sub(), sub()
        return nodes.Choose(condition, yes, no, _either(kind, condition, yes, no), SPAN)

    def boolean(self, depth: int) -> nodes.Typed:
        draw = self.random.random()
        if depth <= 0 or draw < 0.15:
            named = self.reads(BOOL)
            return self.random.choice(named) if self.random.random() < 0.9 else nodes.Const(True, BOOL, SPAN)
        if draw < 0.25:
            inner = self.boolean(depth - 1)
            return nodes.Not(inner, inner.type, SPAN)
        if draw < 0.5:
            operands = tuple(self.boolean(depth - 1) for _ in range(self.random.randint(2, 4)))
            return nodes.Logic(self.random.choice(["and", "or"]), operands, _either(BOOL, *operands), SPAN)
        if draw < 0.6:
            operand = self.random.choice([read for read in map(self.read, self.names) if read.type.members])
            members = tuple(m for m in operand.type.members if self.random.random() < 0.5)
            return nodes.Member(operand, members, _either(BOOL, operand), SPAN)
        if draw < 0.68:
            inner = self.numeric(RATIO, depth - 1) if draw < 0.64 else self.boolean(depth - 1)
            return nodes.Known(inner, BOOL, SPAN)
        if draw < 0.73:
            enum = FACTS["redemption.right"]
            left: nodes.Typed = self.random.choice(self.reads(enum))
            right: nodes.Typed = nodes.Const(self.random.choice(enum.members), enum, SPAN)
            return nodes.Compare(self.random.choice(["==", "!="]), left, right, _either(BOOL, left), SPAN)
        kind = self.random.choice([RATIO, RATIO, USD, DAYS, POINTS])
        left, right = self.numeric(kind, depth - 1), self.numeric(kind, depth - 1)
        op = self.random.choice(["<", "<=", ">", ">=", "==", "!="])
        return nodes.Compare(op, left, right, _either(BOOL, left, right), SPAN)

    # Sections

    def reason(self) -> book.Reason:
        return book.Reason(f"RND-{next(self.ids)}", "random", (), SPAN)

    def on_unknown(self, when: nodes.Typed | None, *choices: str) -> Any:
        """Return what a rule does where it is unknown; None where it cannot be."""
        chosen = self.random.choice(choices or ("match", "skip"))
        return chosen if when is not None and when.type.optional else None

    def step(self, op: Any, sized: bool) -> book.Step:
        pick = self.random.random()
        amount: book.Amount
        if pick < 0.35:
            x = self.numeric(RATIO, 2)
            over = self.numeric(RATIO, 1) if self.random.random() < 0.3 else None
            if sized:
                x = nodes.Read("position.size", "position", USD, SPAN)
                over = self.numeric(USD, 1)
            ys = sorted(self.random.randint(0, 40) for _ in range(4))
            xs = sorted(self.random.sample(range(0, 400, 5), 4))
            points = tuple((Fraction(a, 100), Fraction(b, 100)) for a, b in zip(xs, ys, strict=True))
            amount = book.Curve(x, over, points)
        elif pick < 0.6:
            amount = self.table()
        else:
            amount = self.numeric(RATIO, 3)
        is_unsure = any(node.type.optional for node in amount_expressions(amount))
        divides = (
            not isinstance(amount, (book.Curve, book.Table)) or getattr(amount, "over", None) is not None
        )
        return book.Step(
            self.reason(),
            op,
            self.boolean(2) if self.random.random() < 0.5 else None,
            amount,
            Fraction(self.random.randint(0, 60), 100) if is_unsure or divides else None,
            Fraction(self.random.randint(1, 30), 100) if op == "add" else None,
        )

    def table(self) -> book.Table:
        def share() -> Fraction:
            return Fraction(self.random.randint(0, 30), 100)

        by = self.random.choice(self.reads(self.random.choice([BOOL, FACTS["redemption.right"]])))
        keys = by.type.members or ("true", "false")
        if self.random.random() < 0.5:
            return book.Table(by, None, tuple(((key,), share()) for key in keys))
        by2 = nodes.Read("venue.redemption_account", "fact", BOOL.maybe(), SPAN)
        pairs = tuple(((key, flag), share()) for key in keys for flag in ("true", "false"))
        return book.Table(by, by2, pairs)

    def table_by_class(self) -> book.Step:
        rows = tuple(((name,), Fraction(5 * (n + 1), 100)) for n, name in enumerate(CLASSES))
        by = nodes.Read("class", "outcome", Type("enum", CLASSES[::-1]), SPAN)
        return book.Step(self.reason(), "add", None, book.Table(by, None, rows), Fraction(1), None)

    def program(self) -> book.Program:
        """Return a random program; `param_0` is the weight of estimates and `param_1` changes in 2024."""
        params = [
            book.Param("param_0", RATIO, (book.Dated(START, Fraction(1, 3)),), "random", (), SPAN),
            book.Param(
                "param_1",
                RATIO,
                (book.Dated(START, Fraction(1, 5)), book.Dated(date(2024, 1, 1), Fraction(2, 5))),
                "random",
                (),
                SPAN,
            ),
        ]
        self.names.append(("param_1", "param", RATIO))
        fillings = self.fillings()
        self.may_coalesce = True
        derived = []
        for n in range(4):
            kind = self.random.choice([RATIO, RATIO, USD, BOOL])
            node = self.boolean(2) if kind is BOOL else self.numeric(kind, 3)
            derived.append(book.Derived(f"derived_{n}", node, SPAN))
            self.names.append((f"derived_{n}", "derived", node.type))
        self.may_coalesce = False
        classify = self.classify()
        self.names.append(("class", "outcome", Type("enum", CLASSES[::-1])))
        scorecards = tuple(self.scorecard(pillar) for pillar in ("backing", "hedge", "liquidity"))
        haircut, caps = self.haircut(), self.caps()
        self.names += [(f"score.{card.pillar}", "outcome", POINTS) for card in scorecards]
        rating = self.rating(0 < caps.least_account <= caps.least_venue)
        self.names.append(("band", "outcome", Type("enum", BANDS[::-1])))
        return book.Program(
            id="random",
            language=1,
            version="1",
            owners=(),
            effective=None,
            sources=(),
            retired=(),
            custom=(),
            params=tuple(params),
            estimate_weight="param_0",
            fillings=fillings,
            derived=tuple(derived),
            classify=classify,
            scorecards=scorecards,
            rating=rating,
            haircut=haircut,
            ladder=book.Ladder(tuple(map(Fraction, (10**4, 10**5, 10**6, 10**7, 10**8))), self.reason()),
            caps=caps,
            mark=self.mark(),
            conditions=tuple(self.condition() for _ in range(3)),
            review=tuple(self.finding() for _ in range(3)),
            assertions=tuple(self.assertion() for _ in range(self.random.choice([0, 0, 0, 1, 2]))),
            obligations=(),
            text_digest="",
            resolved_digest="",
        )

    def fillings(self) -> tuple[book.Filling, ...]:
        """Return bounds, the second of which rests on the first, and one that may be the best there is."""
        share = nodes.Const(Fraction(1, 50), RATIO, SPAN)
        volume = nodes.Arith(
            "*", share, nodes.Read("liquidity.volume_24h", "fact", USD.maybe(), SPAN), USD.maybe(), SPAN
        )
        depth = nodes.Extreme("min", (volume, self.numeric(USD, 1)), USD.maybe(), SPAN)
        part = nodes.Arith(
            "*", share, nodes.Read("liquidity.depth_2pct", "fact", USD.maybe(), SPAN), USD.maybe(), SPAN
        )
        short = nodes.Choose(
            self.boolean(1),
            nodes.Const(Fraction(0), RATIO, SPAN),
            self.numeric(RATIO, 1),
            RATIO.maybe(),
            SPAN,
        )
        return (
            book.Filling(self.reason(), "liquidity.depth_2pct", depth),
            book.Filling(self.reason(), "redemption.daily_capacity", part),
            book.Filling(self.reason(), "hedge.short_share", short),
        )

    def classify(self) -> book.Classify:
        rules = []
        for _ in range(4):
            when = self.boolean(3)
            then, known_only = self.random.choice(CLASSES[:3]), self.random.random() < 0.3
            on_unknown = self.on_unknown(when, "skip", "skip", "worse", "otherwise")
            rules.append(book.ClassRule(self.reason(), when, then, on_unknown, known_only))
        layering = book.Layering(self.reason(), Fraction(1, 10)) if self.random.random() < 0.5 else None
        hit: Any = self.random.choice(["first", "first", "worst", "unique"])
        return book.Classify(CLASSES, hit, tuple(rules), CLASSES[-1], self.reason(), layering)

    def finding(self) -> book.ReviewRule:
        when = self.boolean(2)
        return book.ReviewRule(self.reason(), "code", "low", when, self.on_unknown(when), "none")

    def scorecard(self, pillar: str) -> book.Scorecard:
        lines = []
        for _ in range(3):
            weight, unknown = self.random.randint(1, 5), self.random.randint(0, 100)
            grid: book.Bins | book.PointsTable
            if self.random.random() < 0.6:
                edges = tuple(Fraction(e, 100) for e in sorted(self.random.sample(range(0, 160, 5), 3)))
                grid = book.Bins(
                    self.numeric(RATIO, 2), edges, tuple(self.random.randint(0, 100) for _ in range(4))
                )
            else:
                by = self.random.choice(self.reads(FACTS["redemption.right"]))
                grid = book.PointsTable(by, tuple((m, self.random.randint(0, 100)) for m in by.type.members))
            lines.append(book.Characteristic(self.reason(), weight, grid, unknown))
        applies = self.boolean(2) if pillar == "hedge" else None
        return book.Scorecard(pillar, applies, tuple(lines), "random", SPAN)

    def rating(self, has_account: bool) -> book.Rating:
        return book.Rating(
            (("backing", 3), ("hedge", 2), ("liquidity", 2)),
            20,
            tuple(zip(BANDS, (60, 40, 20, 0), strict=True)),
            tuple(self.knock_out() for _ in range(3)),
            (CLASSES[-1],) if self.random.random() < 0.2 else (),
            self.reason(),
            self.reason() if has_account and self.random.random() < 0.9 else None,
            book.Intake(self.reason(), self.random.choice(BANDS[:-1]))
            if self.random.random() < 0.3
            else None,
            tuple(self.status(then) for then in STATUSES[1:] if self.random.random() < 0.3),
            SPAN,
        )

    def knock_out(self) -> book.KnockOut:
        when = self.boolean(2)
        return book.KnockOut(self.reason(), when, self.random.choice(BANDS[1:]), self.on_unknown(when))

    def status(self, then: Any) -> book.StatusRule:
        when = self.boolean(3)
        return book.StatusRule(self.reason(), when, then, self.on_unknown(when))

    def haircut(self) -> book.Haircut:
        ops = [self.random.choice(["add", "add", "max", "min", "multiply"]) for _ in range(4)]
        # Now and then hardly anything is left of what is accepted.
        low = Fraction(9, 10) if self.random.random() < 0.1 else Fraction(1, 200)
        return book.Haircut(
            self.table_by_class(),
            tuple(self.step(op, sized=self.random.random() < 0.4) for op in ops),
            low,
            Fraction(1),
            self.reason(),
            book.Rounding(Fraction(25, 10_000), self.random.choice(["up", "up", "down"])),
            Fraction(1, 100),
            Fraction(1, 4),
            self.reason(),
            book.Step(
                self.reason(), "add", None, self.table(), Fraction(self.random.randint(0, 60), 100), None
            ),
        )

    def caps(self) -> book.Caps:
        return book.Caps(
            tuple(self.limit() for _ in range(3)),
            Fraction(self.random.choice([0, 10**6, 10**6, 10**6])),
            Fraction(self.random.choice([0, 10**5, 10**5, 10**5])),
            Fraction(1, 10),
            book.Rounding(Fraction(10**4), self.random.choice(["down", "down", "up"])),
            self.reason(),
            self.numeric(USD, 1) if self.random.random() < 0.5 else None,
        )

    def limit(self) -> book.Limit:
        when = self.boolean(2) if self.random.random() < 0.4 else None
        if self.random.random() < 0.2:
            return book.Limit(self.reason(), when, nodes.Const(self.number("USD"), USD, SPAN), None)
        return book.Limit(self.reason(), when, self.numeric(USD, 2), Fraction(0))

    def mark(self) -> book.Mark:
        basis = FACTS["venue.price_source"]
        quote = Type("enum", ("USD",))
        index, own = (nodes.Const(word, basis, SPAN) for word in ("multi_venue_index", "own_order_book"))
        chosen = nodes.Known(self.numeric(USD, 1), BOOL, SPAN)
        return book.Mark(
            self.reason(),
            nodes.Choose(chosen, index, own, basis, SPAN),
            nodes.Const("USD", quote, SPAN),
            3,
            Fraction(34, 100),
            Fraction(1),
            Fraction(99, 100),
            self.boolean(2),
            self.numeric(DAYS, 2),
            Fraction(10),
        )

    def condition(self) -> book.Condition:
        when = self.boolean(2) if self.random.random() < 0.7 else None
        value: nodes.Typed
        unknown: Any
        draw = self.random.random()
        if draw < 0.5:
            value, unknown = self.numeric(self.random.choice([RATIO, POINTS, DAYS]), 1), Fraction(1, 2)
        elif draw < 0.7:
            value, unknown = self.boolean(1), False
        elif draw < 0.9:
            value, unknown = self.random.choice(self.reads(FACTS["redemption.right"])), "none"
        else:
            value, unknown = nodes.Const("a word", Type("enum", ("a word",)), SPAN), None
        if not value.type.optional:
            unknown = None
        code: tuple[Any, ...] = ("code", "parameter", value, unknown, "continuous")
        return book.Condition(self.reason(), *code, when, self.on_unknown(when))

    def assertion(self) -> book.Assertion:
        outputs: list[tuple[str, Type]] = [
            ("output.maintenance", RATIO),
            ("output.initial", RATIO),
            ("output.cap", USD),
            # Twice: it is false but seldom.
            ("output.eligible", BOOL),
            ("output.eligible", BOOL),
            ("output.class", Type("enum", CLASSES[::-1])),
        ]
        name, kind = self.random.choice(outputs)
        read = nodes.Read(name, "outcome", kind, SPAN)
        test: nodes.Typed
        if kind.kind == "bool":
            test = read
        elif kind.kind == "enum":
            test = nodes.Member(read, CLASSES[:3], BOOL, SPAN)
        else:
            op: Any = ">=" if kind is RATIO else "<="
            edge = Fraction(self.random.choice([1, 10, 30]), 100) if kind is RATIO else Fraction(10**8)
            test = nodes.Compare(op, read, nodes.Const(edge, kind, SPAN), BOOL, SPAN)
        if self.random.random() < 0.3:
            other = self.boolean(1)
            test = nodes.Logic("or", (test, other), _either(BOOL, test, other), SPAN)
        return book.Assertion(self.reason(), test)

    # Assets

    def values(self) -> tuple[dict[str, Any], frozenset[str]]:
        """Return facts, a third of them absent, and the submitted facts that are estimates."""
        values: dict[str, Any] = {}
        for name, kind in FACTS.items():
            if self.random.random() < 0.3:
                continue
            if kind.kind == "bool":
                values[name] = self.random.random() < 0.5
            elif kind.kind == "enum":
                values[name] = self.random.choice(kind.members)
            else:
                drawn = self.number(kind.kind)
                values[name] = float(
                    drawn if self.random.random() < 0.6 else drawn * self.random.randint(1, 997) / 1000
                )
                values[name] = round(values[name] * 1e6) / 1e6
        # Components are one fact: with any share comes their sum, and without all no sum.
        values.pop("backing.listed", None)
        if any(name.startswith("backing.share.") for name in values):
            values["backing.listed"] = self.random.choice([0.8, 1.0, 1.5])
        whole = sorted({submitted(name) for name in values})
        estimated = frozenset(n for n in whole if self.random.random() < 0.15)
        return values, estimated if self.random.random() < 0.5 else frozenset()

    def beneath(self) -> Beneath | None:
        """Return what lies beneath an asset, if anything does."""
        pick = self.random.random()
        if pick < 0.6:
            return None
        if pick < 0.65:
            return UNRESOLVED
        choose = self.random.choice
        haircut = Fraction(self.random.randint(0, 100), 100)
        return Beneath(choose(CLASSES), self.random.randint(0, 100), choose(BANDS), choose(STATUSES), haircut)


def _either(kind: Type, *operands: nodes.Typed) -> Type:
    """Return `kind`, optional if any operand may be unknown."""
    return kind.known().maybe(any(operand.type.optional for operand in operands))
