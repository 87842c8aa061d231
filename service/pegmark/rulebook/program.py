"""A checked rulebook: immutable, every name resolved, every expression typed.

`load` produces it; the compiler, the reference interpreter, proofs, prose and the API read it.
Nothing here knows of YAML. Lists keep the order of the text, which is the order of evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from pegmark.language.nodes import Typed
from pegmark.language.types import Type
from pegmark.problems import Span

Scalar = Fraction | bool | str


@dataclass(frozen=True, slots=True)
class Source:
    """Something a rule may cite."""

    id: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Who a rule is and why it is there: its permanent id, one sentence, sources, and its place."""

    id: str
    why: str
    cite: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Dated:
    """A param's value from `start` (inclusive) until the next one starts."""

    start: date
    value: Scalar


@dataclass(frozen=True, slots=True)
class Param:
    """A dated constant, read at the snapshot's `as_of`; values in order of `start`."""

    name: str
    type: Type
    values: tuple[Dated, ...]
    why: str
    cite: tuple[str, ...]
    span: Span

    def at(self, day: date) -> Dated:
        """Return the value in force on `day`; raises `LookupError` before the first."""
        for dated in reversed(self.values):
            if dated.start <= day:
                return dated
        raise LookupError(self.name)


@dataclass(frozen=True, slots=True)
class CustomFact:
    """A fact a rulebook declares for itself; read as `custom.<name>`."""

    name: str
    type: Type
    low: Fraction | None
    high: Fraction | None
    worse: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Filling:
    """Where `fact` is unknown, it takes the value of `expr` (a bound, never a guess)."""

    reason: Reason
    fact: str
    expr: Typed


@dataclass(frozen=True, slots=True)
class Derived:
    """A named expression; `derived` is in an order in which each reads only earlier ones."""

    name: str
    expr: Typed
    span: Span


@dataclass(frozen=True, slots=True)
class ClassRule:
    """If `when` holds the class is `then`.

    `on_unknown` is given iff `when` may be unknown: `skip` this rule, stop with the `otherwise` class, or
    go on to what is no better than `then` (`worse`). With `known_only`, an estimated fact read by the rule
    counts as unknown.
    """

    reason: Reason
    when: Typed
    then: str
    on_unknown: Literal["skip", "worse", "otherwise"] | None
    known_only: bool


@dataclass(frozen=True, slots=True)
class Layering:
    """The class is never better than that of a material layer; an unresolved one is `otherwise`.

    `material` is the share of a component from which its asset counts as a layer.
    """

    reason: Reason
    material: Fraction


@dataclass(frozen=True, slots=True)
class Classify:
    """An ordered choice of class. `order` is best to worst, `otherwise` its last member."""

    order: tuple[str, ...]
    hit: Literal["first", "unique", "worst"]
    rules: tuple[ClassRule, ...]
    otherwise: str
    otherwise_reason: Reason
    layering: Layering | None


@dataclass(frozen=True, slots=True)
class Bins:
    """Integer points by intervals of a number: `points[i]` for edges[i-1] <= x < edges[i].

    `len(points) == len(edges) + 1`; edges strictly increase.
    """

    of: Typed
    edges: tuple[Fraction, ...]
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PointsTable:
    """Integer points by member of an enum, or by `true`/`false` of a condition."""

    by: Typed
    points: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One line of a scorecard: integer points 0-100, weight, and points where unknown."""

    reason: Reason
    weight: int
    grid: Bins | PointsTable
    unknown: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One pillar: score = floor(sum of weight x points / sum of weights), 0-100.

    Where `applies` is given and false the pillar scores 100 and stays out of the composite;
    unknown counts as applying. A pillar with `applies` enters the mean only where it lowers it.
    """

    pillar: str
    applies: Typed | None
    characteristics: tuple[Characteristic, ...]
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class KnockOut:
    """Where `when` holds, the band is no better than `cap`; likewise where it is unknown and
    `on_unknown` is `match`.

    `on_unknown` is given iff `when` may be unknown.
    """

    reason: Reason
    when: Typed
    cap: str
    on_unknown: Literal["match", "skip"] | None


@dataclass(frozen=True, slots=True)
class StatusRule:
    """Where `when` holds (or is unknown, with `match`), status is no better than `then`."""

    reason: Reason
    when: Typed
    then: Literal["no_new", "run_off", "ineligible"]
    on_unknown: Literal["match", "skip"] | None


@dataclass(frozen=True, slots=True)
class Intake:
    """Nothing new is taken of what is rated worse than `least`."""

    reason: Reason
    least: str


@dataclass(frozen=True, slots=True)
class Rating:
    """composite = min(floor(weighted mean), weakest pillar + lift); then a band, then knock-outs.

    `bands` runs best to worst with the least composite of each; the last is 0. `ineligible` names
    classes that are never accepted; with `worthless` neither is what the least account loses in full.
    Status rules are in order; the worst that fires holds.
    """

    weights: tuple[tuple[str, int], ...]
    lift: int
    bands: tuple[tuple[str, int], ...]
    knock_outs: tuple[KnockOut, ...]
    ineligible: tuple[str, ...]
    ineligible_reason: Reason
    worthless: Reason | None
    intake: Intake | None
    statuses: tuple[StatusRule, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Curve:
    """Piecewise linear through `points` (x strictly rising), flat outside.

    With `over`, x is the quotient of / over taken as one: of = 0 gives the first point's value,
    over = 0 (with of > 0) the last's.
    """

    of: Typed
    over: Typed | None
    points: tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A number for each member of an enum (or `true`/`false`); with `by2`, for each pair.

    `rows` is keyed by (member,) or (member, member2); every combination is present.
    """

    by: Typed
    by2: Typed | None
    rows: tuple[tuple[tuple[str, ...], Fraction], ...]


Amount = Curve | Table | Typed


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a waterfall.

    `when`: the mechanism; where it is false the step does not apply (amount 0 for `add`, 1 for
    `multiply`, no effect for `max`, `min`) and reads nothing; unknown counts as applying.
    `unknown` is the amount where the amount (or, with `match`, the condition) is unknown: already
    worked out from `worst` where the text says so. `limit` bounds the amount of an `add` from
    above. An amount that read an estimated fact is moved towards `unknown` by the estimate weight.
    """

    reason: Reason
    op: Literal["add", "max", "min", "multiply"]
    when: Typed | None
    amount: Amount
    unknown: Fraction | None
    limit: Fraction | None


@dataclass(frozen=True, slots=True)
class Rounding:
    """Round up (or down) to a multiple of `to`."""

    to: Fraction
    mode: Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Haircut:
    """Maintenance is a waterfall, initial follows from it, reference is a separate haircut.

    maintenance = round(clamp(start, then each step in order; bounds)), a ratio.
    initial = min(1, maintenance + max(initial_floor, initial_share x maintenance)), rounded alike.
    reference: the haircut of what the claim is on (0 for the dollar);
    total = 1 - (1 - basis)(1 - reference).
    """

    start: Step
    steps: tuple[Step, ...]
    low: Fraction
    high: Fraction
    bounds_reason: Reason
    rounding: Rounding
    initial_floor: Fraction
    initial_share: Fraction
    initial_reason: Reason
    reference: Step


@dataclass(frozen=True, slots=True)
class Ladder:
    """Sizes (USD, strictly rising) at which the ladder breaks, up to the account cap."""

    breakpoints: tuple[Fraction, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Limit:
    """One exposure limit, in USD. `when` as in `Step`: where false the limit does not exist.

    `unknown` is the limit where the amount is unknown.
    """

    reason: Reason
    when: Typed | None
    amount: Typed
    unknown: Fraction | None


@dataclass(frozen=True, slots=True)
class Caps:
    """venue cap = max(least_venue, min of the limits) rounded down, for accepted classes.

    account cap = min(venue cap, max(least_account, account_share x venue cap)).
    """

    limits: tuple[Limit, ...]
    least_venue: Fraction
    least_account: Fraction
    account_share: Fraction
    rounding: Rounding
    account_reason: Reason
    outstanding: Typed | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The price the terms assume. `basis` and `quote` are enum-valued; `floor` (a ratio of
    redemption value) holds only while `floor_when` is true.
    """

    reason: Reason
    basis: Typed
    quote: Typed
    min_sources: int
    max_source_weight: Fraction
    max_age_days: Fraction
    floor: Fraction
    floor_when: Typed
    close_out: Typed
    close_out_unknown: Fraction


@dataclass(frozen=True, slots=True)
class Condition:
    """What the venue must do for the terms to hold; listed where `when` holds or is unknown with
    `match`. `value` is a number, a text or a boolean (never unknown: `unknown` stands in).
    """

    reason: Reason
    code: str
    parameter: str
    value: Typed
    unknown: Scalar | None
    applies: Literal["acceptance", "intake", "continuous"]
    when: Typed | None
    on_unknown: Literal["match", "skip"] | None


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """A finding over the terms and the venue."""

    reason: Reason
    code: str
    severity: Literal["low", "medium", "high", "critical"]
    when: Typed
    on_unknown: Literal["match", "skip"] | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A guardrail held at run time over facts and outputs.

    Outputs are read as `output.class`, `output.maintenance`, `output.initial`, `output.cap`,
    `output.eligible` (maintenance and initial at each size, in total).
    """

    reason: Reason
    expr: Typed


@dataclass(frozen=True, slots=True)
class Obligation:
    """A guardrail to be proved: kept as text and parameters for the prover."""

    reason: Reason
    kind: Literal["monotone", "unknown_never_helps", "ordered_table", "refines"]
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Retired:
    """An id that may not be used again."""

    id: str
    date: date
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change that an overlay makes to its base: of what, and why."""

    kind: Literal["rule", "path", "param", "add", "retire"]
    target: str
    why: str
    cite: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extension:
    """What an overlay rests on, how it stands to that, and what it changes, in the order of its text.

    The base is the rulebook whose meaning has the `digest`; `load.load_base` returns it.
    """

    rulebook: str
    digest: str
    mode: Literal["tighten", "free"]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A whole rulebook with the filling-in compiled in; what every engine runs."""

    id: str
    language: int
    version: str
    owners: tuple[str, ...]
    effective: date | None
    sources: tuple[Source, ...]
    retired: tuple[Retired, ...]
    custom: tuple[CustomFact, ...]
    params: tuple[Param, ...]
    estimate_weight: str
    fillings: tuple[Filling, ...]
    derived: tuple[Derived, ...]
    classify: Classify
    scorecards: tuple[Scorecard, ...]
    rating: Rating
    haircut: Haircut
    ladder: Ladder
    caps: Caps
    mark: Mark
    conditions: tuple[Condition, ...]
    review: tuple[ReviewRule, ...]
    assertions: tuple[Assertion, ...]
    obligations: tuple[Obligation, ...]
    text_digest: str
    resolved_digest: str
    extends: Extension | None = None
