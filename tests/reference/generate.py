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

SPAN = Span("random.yaml", Position(1, 1), Position(1, 2))
RATIO, USD, DAYS, POINTS = Type("ratio"), Type("USD"), Type("days"), Type("points")
FACTS: dict[str, Type] = {
    "backing.collateral_ratio": RATIO,
    "backing.share.crypto": RATIO,
    "backing.share.own_token": RATIO,
    "hedge.short_share": RATIO,
    "peg.discount_now": RATIO,
    "liquidity.supply": USD,
    "liquidity.depth_2pct": USD,
    "liquidity.volume_24h": USD,
    "redemption.settlement": DAYS,
    "backing.attestation_age": DAYS,
    "redemption.at_par": BOOL,
    "venue.redemption_account": BOOL,
    "redemption.right": Type("enum", ("none", "whitelisted", "all_holders")),
    "venue.price_source": Type("enum", ("own_order_book", "multi_venue_index", "redemption_value", "par")),
}
CLASSES = ("best", "good", "poor", "worst")
BANDS = ("A", "B", "C", "D")
START = date(2017, 1, 1)


class Generator:
    """Draws one program; names become readable section by section, as in a text."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.names: list[tuple[str, nodes.Origin, Type]] = [
            (name, "fact", kind.maybe()) for name, kind in FACTS.items()
        ]
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

    def reads(self, kind: Type) -> list[nodes.Read]:
        return [
            nodes.Read(name, origin, type_, SPAN)
            for name, origin, type_ in self.names
            if type_.kind == kind.kind and (kind.kind != "enum" or type_.members == kind.members)
        ]

    def numeric(self, kind: Type, depth: int) -> nodes.Typed:
        draw = self.random.random()
        named = self.reads(kind)
        if depth <= 0 or draw < 0.3:
            if named and self.random.random() < 0.75:
                return self.random.choice(named)
            return nodes.Const(self.number(kind.kind), kind, SPAN)
        sub = lambda other=kind: self.numeric(other, depth - 1)  # noqa: E731
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
            enum = self.random.choice([t for t in FACTS.values() if t.kind == "enum"])
            operand = self.random.choice(self.reads(enum))
            members = tuple(m for m in enum.members if self.random.random() < 0.5)
            return nodes.Member(operand, members, _either(BOOL, operand), SPAN)
        if draw < 0.68:
            return nodes.Known(self.numeric(RATIO, depth - 1), BOOL, SPAN)
        if draw < 0.73:
            enum = FACTS["redemption.right"]
            left: nodes.Typed = self.random.choice(self.reads(enum))
            right: nodes.Typed = nodes.Const(self.random.choice(enum.members), enum, SPAN)
            return nodes.Compare(self.random.choice(["==", "!="]), left, right, _either(BOOL, left), SPAN)
        kind = self.random.choice([RATIO, USD, DAYS])
        left, right = self.numeric(kind, depth - 1), self.numeric(kind, depth - 1)
        op = self.random.choice(["<", "<=", ">", ">=", "==", "!="])
        return nodes.Compare(op, left, right, _either(BOOL, left, right), SPAN)

    # Sections

    def reason(self) -> book.Reason:
        return book.Reason(f"RND-{next(self.ids)}", "random", (), SPAN)

    def match_or_skip(self) -> Any:
        return self.random.choice(["match", "skip"])

    def step(self, op: Any, sized: bool) -> book.Step:
        pick = self.random.random()
        amount: book.Amount
        if pick < 0.35:
            x = self.numeric(RATIO, 2)
            over = None
            if sized:
                x = nodes.Read("position.size", "position", USD, SPAN)
                over = self.numeric(USD, 1)
            ys = sorted(self.random.randint(0, 40) for _ in range(4))
            xs = sorted(self.random.sample(range(0, 400, 5), 4))
            points = tuple((Fraction(a, 100), Fraction(b, 100)) for a, b in zip(xs, ys, strict=True))
            amount = book.Curve(x, over, points)
        elif pick < 0.6:
            by = self.random.choice(self.reads(self.random.choice([BOOL, FACTS["redemption.right"]])))
            keys = by.type.members or ("true", "false")
            if self.random.random() < 0.5:
                amount = book.Table(
                    by, None, tuple(((k,), Fraction(self.random.randint(0, 30), 100)) for k in keys)
                )
            else:
                by2 = nodes.Read("venue.redemption_account", "fact", BOOL.maybe(), SPAN)
                amount = book.Table(
                    by,
                    by2,
                    tuple(
                        ((k, flag), Fraction(self.random.randint(0, 30), 100))
                        for k in keys
                        for flag in ("true", "false")
                    ),
                )
        else:
            amount = self.numeric(RATIO, 3)
        return book.Step(
            self.reason(),
            op,
            self.boolean(2) if self.random.random() < 0.5 else None,
            amount,
            Fraction(self.random.randint(0, 60), 100),
            Fraction(self.random.randint(1, 30), 100) if op == "add" else None,
        )

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
        bound = self.numeric(USD, 1)
        source = nodes.Read("liquidity.volume_24h", "fact", USD.maybe(), SPAN)
        expr = nodes.Coalesce(
            (nodes.Arith("*", nodes.Const(Fraction(1, 50), RATIO, SPAN), source, USD.maybe(), SPAN), bound),
            USD.maybe(),
            SPAN,
        )
        fillings = (book.Filling(self.reason(), "liquidity.depth_2pct", expr),)
        derived = []
        for n in range(3):
            kind = self.random.choice([RATIO, USD, BOOL])
            node = self.boolean(2) if kind is BOOL else self.numeric(kind, 3)
            derived.append(book.Derived(f"derived_{n}", node, SPAN))
            self.names.append((f"derived_{n}", "derived", node.type))
        classify = book.Classify(
            CLASSES,
            self.random.choice(["first", "first", "worst"]),
            tuple(
                book.ClassRule(
                    self.reason(),
                    self.boolean(3),
                    self.random.choice(CLASSES[:3]),
                    self.random.choice(["skip", "skip", "otherwise"]),
                    self.random.random() < 0.3,
                )
                for _ in range(4)
            ),
            CLASSES[-1],
            self.reason(),
            None,
        )
        self.names.append(("class", "outcome", Type("enum", CLASSES[::-1])))
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
            scorecards=tuple(self.scorecard(pillar) for pillar in ("backing", "hedge", "liquidity")),
            rating=self.rating(),
            haircut=self.haircut(),
            ladder=book.Ladder(tuple(map(Fraction, (10**4, 10**5, 10**6, 10**7, 10**8))), self.reason()),
            caps=self.caps(),
            mark=self.mark(),
            conditions=tuple(self.condition() for _ in range(3)),
            review=tuple(
                book.ReviewRule(self.reason(), "code", "low", self.boolean(2), self.match_or_skip(), "none")
                for _ in range(3)
            ),
            assertions=(self.assertion(),) if self.random.random() < 0.3 else (),
            obligations=(),
            text_digest="",
            resolved_digest="",
        )

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

    def rating(self) -> book.Rating:
        return book.Rating(
            (("backing", 3), ("hedge", 2), ("liquidity", 2)),
            20,
            tuple(zip(BANDS, (60, 40, 20, 0), strict=True)),
            tuple(
                book.KnockOut(
                    self.reason(), self.boolean(2), self.random.choice(BANDS[1:]), self.match_or_skip()
                )
                for _ in range(3)
            ),
            (CLASSES[-1],) if self.random.random() < 0.3 else (),
            self.reason(),
            tuple(
                book.StatusRule(self.reason(), self.boolean(3), then, self.match_or_skip())
                for then in ("no_new", "run_off", "ineligible")
                if self.random.random() < 0.4
            ),
            SPAN,
        )

    def haircut(self) -> book.Haircut:
        ops = [self.random.choice(["add", "add", "max", "min", "multiply"]) for _ in range(4)]
        return book.Haircut(
            self.table_by_class(),
            tuple(self.step(op, sized=self.random.random() < 0.4) for op in ops),
            Fraction(1, 200),
            Fraction(1),
            self.reason(),
            book.Rounding(Fraction(25, 10_000), self.random.choice(["up", "up", "down"])),
            Fraction(1, 100),
            Fraction(1, 4),
            self.reason(),
            self.step("add", sized=False),
        )

    def caps(self) -> book.Caps:
        return book.Caps(
            tuple(
                book.Limit(
                    self.reason(),
                    self.boolean(2) if self.random.random() < 0.4 else None,
                    self.numeric(USD, 2),
                    Fraction(self.random.choice([0, 10**6, 10**7])),
                )
                for _ in range(3)
            ),
            Fraction(10**6),
            Fraction(10**5),
            Fraction(1, 10),
            book.Rounding(Fraction(10**4), "down"),
            self.reason(),
            None,
        )

    def mark(self) -> book.Mark:
        basis = FACTS["venue.price_source"]
        quote = Type("enum", ("USD",))
        return book.Mark(
            self.reason(),
            nodes.Const("multi_venue_index", basis, SPAN),
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
        return book.Condition(
            self.reason(),
            "code",
            "parameter",
            self.numeric(RATIO, 1),
            Fraction(1, 2),
            "continuous",
            self.boolean(2) if self.random.random() < 0.7 else None,
            self.match_or_skip(),
        )

    def assertion(self) -> book.Assertion:
        left = nodes.Read("output.maintenance", "outcome", RATIO, SPAN)
        right = nodes.Const(Fraction(self.random.choice([1, 10, 30]), 100), RATIO, SPAN)
        return book.Assertion(self.reason(), nodes.Compare(">=", left, right, BOOL, SPAN))

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
        whole = [name for name in values if not name.startswith("backing.share.")]
        estimated = (
            frozenset(n for n in whole if self.random.random() < 0.15)
            if self.random.random() < 0.5
            else frozenset()
        )
        return values, estimated


def _either(kind: Type, *operands: nodes.Typed) -> Type:
    """Return `kind`, optional if any operand may be unknown."""
    return kind.known().maybe(any(operand.type.optional for operand in operands))
