"""Every rule of style by its code; codes are never reused, and each has a page in `docs/lint`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pegmark.authoring.lint.finding import Finding, StyleRule
from pegmark.authoring.lint.rules import (
    amounts,
    conditions,
    naming,
    numbers,
    params,
    reasons,
    redundant,
    sources,
    tried,
    unknowns,
)
from pegmark.authoring.lint.subject import Subject

IDLE, MALFORMED = "L000", "L001"
"""What is found not by a rule but while ignores are read."""


def _nothing(_: Subject) -> Iterator[Finding]:
    yield from ()


_ALL = (
    StyleRule(IDLE, "idle-ignore", "ignore that ignores nothing", _nothing),
    StyleRule(MALFORMED, "malformed-ignore", "ignore without a reason, or of no rule", _nothing, "error"),
    StyleRule("L010", "uncited-rule", "rule that cites nothing", sources.missing),
    StyleRule("L011", "short-why", "reason too short to be one", reasons.short),
    StyleRule("L012", "echoing-why", "reason that repeats the name", reasons.echoing),
    StyleRule("L013", "repeated-why", "reason given twice", reasons.repeated),
    StyleRule("L014", "unfinished-text", "text that does not end as a sentence", reasons.unfinished),
    StyleRule("L015", "uncited-source", "source that nothing cites", sources.uncited),
    StyleRule("L016", "dead-link", "link that leads nowhere safe", sources.unreachable),
    StyleRule("L017", "cited-twice", "source cited twice by one rule", sources.twice),
    StyleRule("L020", "named-asset", "asset singled out by its name", naming.named_assets, "error"),
    StyleRule("L021", "stray-prefix", "id that begins otherwise than its list", naming.prefixes),
    StyleRule("L022", "id-order", "numbered ids that do not rise", naming.order),
    StyleRule("L023", "alias", "derived name for one other name", naming.aliases),
    StyleRule("L024", "derived-constant", "derived name that reads nothing", naming.constants),
    StyleRule("L030", "constant-condition", "condition decided by ranges alone", conditions.decided),
    StyleRule(
        "L031", "threshold-out-of-range", "threshold outside the range of its fact", conditions.beyond_range
    ),
    StyleRule("L032", "needless-negation", "negation that can be said without", conditions.negations),
    StyleRule("L033", "compared-with-truth", "condition compared with true or false", conditions.truths),
    StyleRule("L034", "chosen-truth", "choice between true and false", conditions.chosen_truths),
    StyleRule("L035", "needless-operand", "operand that another makes needless", redundant.operands),
    StyleRule("L036", "decided-before", "part that rules before it have decided", redundant.decided_before),
    StyleRule(
        "L037", "repeated-condition", "rules of one list that ask the same", redundant.repeated_conditions
    ),
    StyleRule("L038", "covered-rule", "rule that another covers", redundant.covered),
    StyleRule("L039", "proved-needless", "part that a proof finds needless", redundant.proved, needs="proof"),
    StyleRule("L040", "unnamed-param", "number that is a param's", numbers.unnamed),
    StyleRule("L041", "repeated-number", "threshold written out in three places", numbers.repeated),
    StyleRule(
        "L042", "repeated-expression", "expression written out in three places", numbers.repeated_expressions
    ),
    StyleRule("L043", "mixed-units", "list in two units", numbers.mixed_units),
    StyleRule("L044", "idle-arithmetic", "arithmetic that changes nothing", numbers.idle_arithmetic),
    StyleRule("L050", "collinear-point", "point of a curve on its line", amounts.collinear),
    StyleRule("L051", "equal-bins", "bin with the points of the one before", amounts.equal_bins),
    StyleRule("L052", "idle-limit", "limit that is never reached", amounts.idle_limits),
    StyleRule("L053", "flat-table", "table that makes no difference", amounts.flat_tables),
    StyleRule("L054", "generous-rounding", "rounding in favour of who borrows", amounts.rounding),
    StyleRule("L055", "unused-class", "class that no rule gives", amounts.unused_classes),
    StyleRule("L060", "adverse-skip", "adverse rule that silence escapes", unknowns.adverse_skips),
    StyleRule("L061", "skipped-class", "worse class passed over for a better", unknowns.skipped_classes),
    StyleRule("L070", "stale-param", "param that nobody has set for years", params.stale, needs="day"),
    StyleRule("L071", "idle-value", "dated value that changes nothing", params.idle_values),
    StyleRule("L080", "untested-rule", "rule that no suite names", tried.untested, needs="suites"),
)

STYLE_RULES: Mapping[str, StyleRule] = {rule.code: rule for rule in _ALL}
CODES: Mapping[str, str] = {rule.code: rule.summary for rule in _ALL}
"""Every code with its title."""
