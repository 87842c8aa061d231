"""What is otherwise in a rulebook: by meaning, in few words, and stricter or looser where that is sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, get_args

import pytest

from pegmark.authoring.compare import Change, changes
from pegmark.language.nodes import Not, Typed
from pegmark.language.types import BOOL
from pegmark.problems import Span
from pegmark.rulebook.program import Program
from tests.authoring.books import Swap, house, texts

CASES: dict[str, tuple[Swap, tuple[str, str, str, str, str]]] = {
    "a threshold in a param": (
        ("rulebook.yaml", "value: 97%", "value: 95%"),
        ("params", "cash_like_least", "from 2017-01-01", "97% → 95%", "looser"),
    ),
    "a param that losses grow with": (
        ("stress.yaml", "value: 40%", "value: 50%"),
        ("params", "stress_crypto", "from 2017-01-01", "40% → 50%", "stricter"),
    ),
    "a param that is read on both sides": (
        ("rulebook.yaml", "value: 30d", "value: 20d"),
        ("params", "lock_limit", "from 2017-01-01", "30d → 20d", "unclear"),
    ),
    "a threshold of a favourable class": (
        ("classify.yaml", "attestation_age <= 75d", "attestation_age <= 45d"),
        ("classify", "CLS-120", "when", "`backing.attestation_age`: `75d` → `45d`", "stricter"),
    ),
    "a condition more": (
        ("classify.yaml", "and redemption.at_par\n", "and redemption.at_par and not redemption.gated\n"),
        ("classify", "CLS-110", "when", "and `not redemption.gated` added", "stricter"),
    ),
    "a condition less": (
        ("classify.yaml", "and redemption.at_par and backing.segregated\n", "and backing.segregated\n"),
        ("classify", "CLS-120", "when", "and `redemption.at_par` removed", "looser"),
    ),
    "a choice less": (
        ("classify.yaml", 'in ("onchain_proof", "audit_firm", "big_four")', 'in ("audit_firm", "big_four")'),
        (
            "classify",
            "CLS-110",
            "when",
            '`onchain_proof` removed in `backing.attestor in ("audit_firm", "big_four")`',
            "stricter",
        ),
    ),
    "a class that is adverse": (
        ("classify.yaml", "and redemption.lock > lock_limit", "and redemption.lock >= lock_limit"),
        ("classify", "CLS-040", "when", "> → >= in `redemption.lock >= lock_limit`", "unclear"),
    ),
    "a knock-out that holds less often": (
        ("rating.yaml", "backing.collateral_ratio < 99%", "backing.collateral_ratio < 98%"),
        ("rating", "KO-DEFICIT", "when", "`backing.collateral_ratio`: `99%` → `98%`", "looser"),
    ),
    "a knock-out's band": (
        ("rating.yaml", "cap: D", "cap: C"),
        ("rating", "KO-CIRCULAR", "cap", "D → C", "looser"),
    ),
    "a band's beginning": (
        ("rating.yaml", "{band: A, at_least: 75}", "{band: A, at_least: 80}"),
        ("rating", "rating", "least of A", "75 → 80", "stricter"),
    ),
    "a weight": (
        ("rating.yaml", "hedge: 3", "hedge: 4"),
        ("rating", "rating", "weight of hedge", "3 → 4", "unclear"),
    ),
    "a status": (
        ("rating.yaml", "then: run_off", "then: no_new"),
        ("rating", "ST-DEFICIT", "then", "run_off → no_new", "looser"),
    ),
    "a row of a table": (
        ("haircut.yaml", "fiat_reserve: {R: 2%", "fiat_reserve: {R: 3%"),
        ("haircut", "HC-BASE", "for fiat_reserve/R", "2% → 3%", "stricter"),
    ),
    "a point of a curve": (
        ("haircut.yaml", "[10%, 20%]", "[10%, 15%]"),
        ("haircut", "HC-OWN", "at 10%", "20% → 15%", "looser"),
    ),
    "a limit of a step": (
        ("haircut.yaml", "limit: 8%", "limit: 7%"),
        ("haircut", "HC-HEDGE", "limit", "8% → 7%", "looser"),
    ),
    "an account's share": (
        ("caps.yaml", "share: 10%", "share: 12%"),
        ("caps", "CAP-ACCOUNT", "share", "10% → 12%", "looser"),
    ),
    "a derived name that losses grow with": (
        ("derive.yaml", "backing.share.own_token + backing.share.undisclosed", "backing.share.own_token"),
        (
            "derive",
            "own_paper",
            "expr",
            "`backing.share.own_token + backing.share.undisclosed` → `backing.share.own_token`",
            "unclear",
        ),
    ),
    "a why": (
        ("caps.yaml", "why: No account is the venue.", "why: No account is the whole venue."),
        ("caps", "CAP-ACCOUNT", "why", "No account is the venue. → No account is the whole venue.", "none"),
    ),
    "a finding": (
        ("review.yaml", "venue.max_loop_leverage > 1.5", "venue.max_loop_leverage > 1.4"),
        ("review", "RV-050", "when", "`venue.max_loop_leverage`: `1.5` → `1.4`", "none"),
    ),
}
REVERSED = {"stricter": "looser", "looser": "stricter"}


def words(change: Change) -> str:
    return "; ".join(change.edits) or f"{change.before} → {change.after}"


@pytest.mark.parametrize(("swap", "told"), CASES.values(), ids=CASES)
def test_a_change_is_told(swap: Swap, told: tuple[str, str, str, str, str]) -> None:
    """Proves that one change of a text is one change: of which part and field, in few words."""
    (change,) = changes(house(), house(swap))
    found = (change.section, change.id, change.what, words(change), change.sense)
    assert (change.kind, found) == ("changed", told)


@pytest.mark.parametrize(("swap", "told"), CASES.values(), ids=CASES)
def test_a_change_back_is_of_the_other_sense(swap: Swap, told: tuple[str, str, str, str, str]) -> None:
    """Proves that before and after, their places and the sense trade places with the rulebooks."""
    (there,) = changes(house(), house(swap))
    (back,) = changes(house(swap), house())
    assert (back.before, back.after) == (there.after, there.before)
    assert (back.before_at, back.after_at) == (there.after_at, there.before_at)
    assert back.sense == REVERSED.get(there.sense, there.sense)


def test_layout_and_comments_are_no_change() -> None:
    """Proves that comments, the style of scalars, the order of keys and of rules without one say nothing."""
    swaps: tuple[Swap, ...] = (
        ("caps.yaml", "caps:", "# How much.\ncaps:"),
        ("caps.yaml", "{id: CAP-ACCOUNT, share: 10%,", "{share: 10.0%, id: CAP-ACCOUNT,"),
        ("rulebook.yaml", "unit: number\n    values", "unit: 'number'\n    values"),
        ("classify.yaml", "when: is_reserved", "when: (is_reserved)"),
        ("rating.yaml", "lift: 25", "lift:   25"),
    )
    assert changes(house(), house(*swaps)) == []
    assert changes(house(), house()) == []


def test_a_rule_added_and_removed() -> None:
    """Proves that a rule that only one of them has is told as a whole, with what it does by being there."""
    text = texts()["rating.yaml"]
    rule = text[text.index("    - id: KO-DISCOUNT\n") : text.index("  status:\n")]
    swap = ("rating.yaml", rule, "")
    (removed,) = changes(house(), house(swap))
    (added,) = changes(house(swap), house())
    assert (removed.kind, removed.id, removed.sense, removed.after) == (
        "removed",
        "KO-DISCOUNT",
        "looser",
        None,
    )
    assert removed.before == "when: peg.discount_now > intake_discount; cap: D; on_unknown: match"
    assert removed.before_at is not None
    assert (added.kind, added.sense, added.after) == ("added", "stricter", removed.before)


def test_a_new_name_is_no_new_rule() -> None:
    """Proves that a rule that is the same but for its id is renamed, and not added and removed."""
    (change,) = changes(house(), house(("classify.yaml", "id: CLS-160", "id: CLS-161")))
    assert (change.kind, change.before, change.after, change.sense) == (
        "renamed",
        "CLS-160",
        "CLS-161",
        "none",
    )


def test_the_fewest_rules_move() -> None:
    """Proves that one rule that goes elsewhere is the one that moved, where the first that holds decides."""
    text = texts()["classify.yaml"]
    rule = (
        "    - id: CLS-160\n" + text.partition("    - id: CLS-160\n")[2].partition("    - id: CLS-165\n")[0]
    )
    before = "    - id: CLS-130\n"
    found = changes(house(), house(("classify.yaml", rule, ""), ("classify.yaml", before, rule + before)))
    assert [(c.kind, c.id, c.before, c.after) for c in found] == [
        ("moved", "CLS-160", "after CLS-150", "after CLS-120")
    ]


def test_places_are_those_of_the_texts() -> None:
    """Proves that each side's line is where the changed expression stands, in its own text."""
    swap = ("rating.yaml", "rating:\n", "# One\n# and two.\nrating:\n")
    deficit = ("rating.yaml", "backing.collateral_ratio < 99%", "backing.collateral_ratio < 98%")
    (change,) = changes(house(), house(swap, deficit))
    assert change.before_at is not None
    assert change.after_at is not None
    assert change.after_at.start.line == change.before_at.start.line + 2
    line = texts()["rating.yaml"].splitlines()[change.before_at.start.line - 1]
    assert line.strip() == "when: backing.collateral_ratio < 99%"


Place = tuple[str, str]
"""A class and one of its fields."""
CHOICES = {"then", "otherwise", "cap", "least"}
UNSEEN = {
    ("Program", "language"),  # there is one
    ("Program", "text_digest"),  # a digest of what is compared
    ("Program", "resolved_digest"),
    ("Derived", "name"),  # a name is what parts are told apart by: see `renamed`
    ("Param", "name"),
    ("Source", "id"),
    ("Type", "optional"),  # a param is known
}


def otherwise(value: Any, program: Program, name: str) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case Fraction():
            return value + Fraction(1, 64)
        case date():
            return value + timedelta(days=1)
        case str() if name in CHOICES:
            bands = [band for band, _ in program.rating.bands]
            ranks = (program.classify.order, bands, ["no_new", "run_off", "ineligible"])
            order = next(list(order) for order in ranks if value in order)
            return order[order.index(value) - 1]
        case str():
            return f"{value}x"
    return None


def variants(
    value: Any, program: Program, seen: dict[tuple[str, str], None], at: tuple[str, str]
) -> Iterator[Any]:
    """Variants of a value in which one thing is otherwise: one of each field of each class."""
    if isinstance(value, get_args(Typed)):
        if at not in seen:
            seen[at] = None
            yield Not(value, BOOL, value.span)
    elif is_dataclass(value):
        for field in fields(value):
            here = (type(value).__name__, field.name)
            inner = getattr(value, field.name)
            if here in UNSEEN or isinstance(inner, Span):
                continue
            if here == ("Classify", "order"):
                seen[here] = None
                yield replace(value, order=inner[::-1])
                continue
            for other in variants(inner, program, seen, here):
                yield replace(value, **{field.name: other})
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            where = (at[0], f"{at[1]}.{n}") if isinstance(item, str | Fraction | int) else at
            for other in variants(item, program, seen, where if len(value) == 2 else at):
                yield (*value[:n], other, *value[n + 1 :])
    elif value is not None and at not in seen:
        seen[at] = None
        yield otherwise(value, program, at[1])


def test_nothing_of_a_program_is_left_out() -> None:
    """Proves that whatever is otherwise in a checked rulebook is a change, field by field of each class."""
    seen: dict[Place, None] = {}
    unseen = [
        list(seen)[-1]
        for variant in variants(house(), house(), seen, ("", ""))
        if not changes(house(), variant)
    ]
    assert len(seen) > 100
    assert unseen == []
