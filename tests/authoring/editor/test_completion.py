"""What is offered, by where the cursor is."""

from __future__ import annotations

import pytest

from pegmark.authoring.editor.completion import complete
from pegmark.authoring.editor.marking import MARK, marked
from pegmark.problems import Position
from pegmark.rulebook.source import parse
from tests.authoring.editor.house import edited, known

CLASSES = ("government_fund", "fiat_reserve", "unclassified")
PLACES = [
    (
        "a name half typed",
        "rating.yaml",
        "when: own_paper >= 10%",
        "when: own_pa| >= 10%",
        "own_paper redeems",
    ),
    (
        "nothing typed",
        "rating.yaml",
        "when: own_paper >= 10%",
        "when: |",
        "backing.collateral_ratio not abs(",
    ),
    ("a group", "rating.yaml", "when: redemption.gated", "when: redemption.|", "redemption.gated"),
    (
        "an operator",
        "rating.yaml",
        "when: own_paper >= 10%",
        "when: own_paper >= 10% |",
        "=and or in then else",
    ),
    ("a member", "rating.yaml", '_regulation == "none"', '_regulation == "|"', "=none exempt_fund licensed"),
    (
        "a member unclosed",
        "rating.yaml",
        "when: redemption.gated",
        'when: reference.kind == "|',
        "=fiat crypto_asset",
    ),
    (
        "a member unquoted",
        "rating.yaml",
        "when: redemption.gated",
        "when: reference.kind in (|",
        '"fiat" redeems',
    ),
    ("a member of the whole", "mark.yaml", 'then "redemption_value"', 'then "|"', "=par redemption_value"),
    ("no coalesce here", "rating.yaml", "when: own_paper >= 10%", "when: |", "known( !coalesce("),
    ("coalesce here", "derive.yaml", 'expr: "coalesce(hedge.l', 'expr: "|(hedge.l', "coalesce"),
    ("a size here", "haircut.yaml", "expr: peg.stressed_average_discount", "expr: |", "position.size"),
    ("no size here", "rating.yaml", "when: own_paper >= 10%", "when: |", "own_paper !position.size"),
    (
        "an output",
        "guardrails.yaml",
        "assert: output.initial",
        "assert: output.|",
        "output.initial output.cap",
    ),
    ("a class", "classify.yaml", "then: own_liability", "then: |", "=" + " ".join(CLASSES)),
    ("a band", "rating.yaml", "cap: D", "cap: |", "=B C D E"),
    ("an answer", "classify.yaml", "on_unknown: otherwise", "on_unknown: |", "=skip worse otherwise"),
    ("a unit", "rulebook.yaml", "unit: days", "unit: |", "=number ratio days USD points bool"),
    ("a param that weighs", "rulebook.yaml", "weight: estimate_weight", "weight: |", "estimate_weight"),
    ("a source", "rating.yaml", "cite: [METH-SCORE]", "cite: [METH-|]", "METH-SCORE METH-CAP"),
    ("a source unclosed", "rating.yaml", "cite: [METH-SCORE]", "cite: [METH-SCORE, |", "METH-SCORE METH-CAP"),
    ("a section", "rating.yaml", "rating:\n", "|\nrating:\n", "params:  conditions: "),
    ("a key", "rating.yaml", "      cap: E\n", "      |\n", "=cap: "),
    ("a key before a colon", "rating.yaml", "      cap: E\n", "      |: E\n", "=cap"),
    ("a key in brackets", "guardrails.yaml", ", why: Nothing is cash but cash.", ", |", "why: "),
    ("a row", "haircut.yaml", "        fiat_reserve: {R", "        |: {R", "fiat_reserve: !unclassified: "),
    ("a column", "haircut.yaml", "fiat_reserve: {R: 2%", "fiat_reserve: {|: 2%", "=R: !M: "),
    ("a pillar", "rating.yaml", "weights: {backing: 4", "weights: {|: 4", "=backing control hedge liquidity"),
    ("a filled fact", "../normal.yaml", "take: ", "take: |+", "liquidity.supply coalesce("),
    ("a fixture", "tests/caps.yaml", "like: bills", "like: |", "bills deposits"),
    ("a venue", "tests/caps.yaml", "[prudent, $10bn", "[|, $10bn", "prudent"),
    (
        "a fact of a suite",
        "tests/caps.yaml",
        "{venue.loss_resources: $300M}",
        "{venue.|: $300M}",
        "venue.loss_resources: ",
    ),
    (
        "a fact of a group",
        "tests/caps.yaml",
        "liquidity: {supply:",
        "liquidity: {|:",
        "supply: volume_24h: !depth",
    ),
    ("a fact in a column", "tests/caps.yaml", "given: [like]", "given: [like, |]", "size liquidity.supply"),
    (
        "an output of a suite",
        "tests/caps.yaml",
        "expect: {binding:",
        "expect: {|:",
        "binding: cap.limits.CAP-LOSS: ",
    ),
    (
        "an output in a column",
        "tests/caps.yaml",
        "expect: [cap.limits.CAP-SUPPLY]",
        "expect: [cap.|]",
        "cap.limits.CAP-EXIT",
    ),
    ("a rule", "tests/caps.yaml", "{binding: CAP-LOSS", "{binding: |", "CAP-LOSS LEAST"),
    ("a rule in a cell", "tests/caps.yaml", "$0, CAP-SUPPLY", "$0, |", "CAP-LOSS LEAST"),
    ("a key of a suite", "tests/caps.yaml", "    like: fund\n", "    |\n", "like: asset: "),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "wanted"), [place[1:] for place in PLACES], ids=[p[0] for p in PLACES]
)
def test_what_the_checker_would_take_is_offered(file: str, old: str, new: str, wanted: str) -> None:
    """Proves what is offered at each sort of place: `=` all of it but for more of the kind, `!` not that."""
    path, text, place = edited(file, old, new)
    found = complete(*known(), path, text, place)
    assert found is not None
    offered = {(offer.text or offer.label).strip() for offer in found.offers}
    only, names = wanted.startswith("="), wanted.removeprefix("=").split()
    lacking = {name.removeprefix("!") for name in names if name.startswith("!")}
    assert offered >= {name for name in names if not name.startswith("!")}
    assert not offered & lacking
    if only:
        assert len(offered) <= 12
    line = text.split("\n")[place.line - 1]
    before = line[found.span.start.column - 1 : place.column - 1]
    assert before == "" or before[0].isalnum()
    assert found.span.start.line == found.span.end.line == place.line


@pytest.mark.parametrize("new", ["# |", "why: |", "id: |"])
def test_nothing_is_offered_where_a_person_has_to_write(new: str) -> None:
    """Proves that comments, reasons and ids are left to who writes them."""
    path, text, place = edited("rating.yaml", "id: KO-OWN", new)
    assert complete(*known(), path, text, place) is None


def test_a_text_of_any_end_has_a_mark() -> None:
    """Proves that each text that is tried holds the mark, at the place, and differs from the others."""
    text = "a: {b: [c, d"
    tried = list(marked(text, Position(1, len(text) + 1)))
    assert all(MARK in one for one in tried)
    assert len(set(tried)) == len(tried)
    assert any(parse(one.encode(), "f")[0] is not None for one in tried)
