"""Terms in words: the body of a decision, in the names of `docs/integrators.md`.

Ratios are decimals 0-1, money is USD, absent numbers are null. Equal digests give equal bytes:
nothing here reads a clock, and the id is the digest of the body.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pegmark.engine.compiled import ABSENT, Compiled, Epoch
from pegmark.engine.counterfactual import counterfactuals
from pegmark.engine.decide import Explain, Layer, Standing, Terms, settle, stand
from pegmark.engine.emit import MICRO, as_json, ratio
from pegmark.facts.digest import canonical_clean, identifier
from pegmark.facts.snapshot import Snapshot
from pegmark.language.prose import text
from pegmark.rulebook.program import Program

Body = dict[str, Any]


def decide(
    compiled: Compiled,
    snapshot: Snapshot,
    sizes: Sequence[float],
    layer: Layer | None = None,
    explain: Explain = "short",
    standing: Standing | None = None,
) -> Body:
    """Decide `snapshot` at position `sizes` (USD) and return the body of the decision.

    `explain` is `none` (outcomes only), `short` (the waterfall and every reason) or `full` (and the
    trace, and what it would take). `standing` is what `stand` returned of the same, if it is known
    already. Raises `LookupError` where the rulebook has no params yet at the snapshot's day.
    """
    if standing is None or explain == "full":
        standing = stand(compiled, snapshot, layer, explain == "full")
    terms = settle(compiled, snapshot, sizes, layer, standing=standing)
    if terms.crossed:
        head, tail = _told(compiled, terms)
    else:
        if standing.told is None:
            standing.told = _told(compiled, standing.terms)
        head, tail = standing.told
    body: Body = {
        "asset": snapshot.asset,
        "as_of": snapshot.as_of,
        "venue": snapshot.venue,
        **head,
        "haircuts": _haircuts(terms, explain),
        **tail,
        "unknown": _unknown(compiled, snapshot, terms),
        "decided_by": decided_by(compiled.program, terms.by),
        "trace": None if terms.log is None else _trace(terms),
        "counterfactuals": None
        if explain != "full"
        else counterfactuals(compiled, snapshot, sizes, layer, terms),
        "digests": {
            "facts": snapshot.facts_digest(sizes, explain),
            "rulebook": compiled.program.resolved_digest,
            "engine": engine_digest(),
        },
    }
    return {"id": identifier("dec_", canonical_clean(body)), **body}


def _told(compiled: Compiled, terms: Terms) -> tuple[Body, Body]:
    """Put what no size changes into words, before and after the haircuts."""
    return {
        "class": compiled.program.classify.order[terms.cls],
        "status": terms.status,
        "status_by": terms.status_by,
        "eligible": terms.status != "ineligible",
        "scores": {**terms.scores, "composite": terms.composite},
        "band": compiled.bands[terms.band],
        "capped_by": terms.capped_by,
    }, {
        "ladder": _ladder(terms),
        "mark": _mark(compiled, terms),
        "close_out_hours": as_json(round(terms.mark[3] * 24 * 1e9) / 1e9),
        "cap": _cap(compiled, terms),
        "conditions": _conditions(compiled, terms),
        "findings": _findings(compiled, terms),
    }


def dollars(value: int) -> int | float:
    """Return an integer of scale 1e6 as USD."""
    return value // MICRO if value % MICRO == 0 else value / MICRO


def plain(value: Any) -> Any:
    """Return a value read by a rule as JSON."""
    return as_json(value) if isinstance(value, float) else value


def decided_by(program: Program, by: int) -> str:
    """Return the id of the class rule that decided."""
    rules = program.classify.rules
    if by < len(rules):
        return rules[by].reason.id
    if by == len(rules) or program.classify.layering is None:
        return program.classify.otherwise_reason.id
    return program.classify.layering.reason.id


def _split(basis: int, reference: int, total: int) -> Body:
    number = ratio(basis)
    if not reference:
        return {"basis": number, "reference": 0, "total": number}
    return {"basis": number, "reference": ratio(reference), "total": ratio(total)}


def _haircuts(terms: Terms, explain: Explain) -> list[Body]:
    haircuts: list[Body] = [
        {
            "size_usd": as_json(p.size),
            "initial": _split(p.initial, p.reference, p.initial_total),
            "maintenance": _split(p.maintenance, p.reference, p.maintenance_total),
        }
        for p in terms.positions
    ]
    if explain != "none":
        positions = [(p.size, p.amounts, p.maintenance) for p in terms.positions]
        for haircut, lines in zip(haircuts, terms.waterfalls(positions), strict=True):
            haircut["waterfall"] = lines
    return haircuts


def _ladder(terms: Terms) -> list[Body]:
    tiers: list[Body] = []
    beyond: int | float = 0
    for _, end, i, m in terms.ladder:
        start, beyond = beyond, dollars(end)
        tiers.append({"from_usd": start, "to_usd": beyond, "initial": ratio(i), "maintenance": ratio(m)})
    tiers.append({"from_usd": beyond, "to_usd": None, "initial": 1, "maintenance": 1})
    return tiers


def _mark(compiled: Compiled, terms: Terms) -> Body:
    basis, quote, floored, _ = terms.mark
    mark = {**compiled.wording.mark, "basis": basis, "quote": quote}
    if not floored:
        mark["floor"] = None
    return mark


def _cap(compiled: Compiled, terms: Terms) -> Body:
    headroom = None
    if terms.outstanding == terms.outstanding:
        free = max(0, terms.venue_cap - round(terms.outstanding * MICRO))
        headroom = dollars(free) if terms.status == "accept" else 0
    limits = zip(compiled.wording.limits, terms.limits, terms.limit_unknown, strict=True)
    return {
        "venue_usd": dollars(terms.venue_cap),
        "account_usd": dollars(terms.account_cap),
        "headroom_usd": headroom,
        "binding": terms.binding,
        "limits": {
            rule: {"usd": dollars(value), "unknown": unknown}
            for rule, value, unknown in limits
            if value is not None
        },
    }


def _conditions(compiled: Compiled, terms: Terms) -> list[Body]:
    return [
        {**told, "value": as_json(value) if type(value) is float else value}
        for told, value in zip(compiled.wording.conditions, terms.conditions, strict=True)
        if value is not ABSENT
    ]


def _findings(compiled: Compiled, terms: Terms) -> list[Body]:
    wording = compiled.wording
    findings: list[Body] = []
    if True in terms.findings:
        findings = [{**told} for told, found in zip(wording.findings, terms.findings, strict=True) if found]
    return findings + [{**wording.crossed[rule]} for rule in terms.crossed]


def _unknown(compiled: Compiled, snapshot: Snapshot, terms: Terms) -> list[Body]:
    """List the facts given as unknown, and those not given at all that mattered."""
    known, facts, bits = snapshot.known, compiled.facts, compiled.bits
    found: dict[int, Body] = {}
    missed = terms.missed
    for fact, state in snapshot.states.items():
        bit = bits[fact]
        found[bit] = {"fact": fact, "state": state, "mattered": missed & bit != 0}
        missed &= ~bit
    while missed:
        bit = missed & -missed
        missed ^= bit
        if (fact := facts[bit]) not in known:
            found[bit] = {"fact": fact, "state": "not_collected", "mattered": True}
    return [found[bit] for bit in sorted(found)]


def _trace(terms: Terms) -> list[Body]:
    return [_traced(terms.epoch, *entry) for entry in terms.log or ()]


def _traced(epoch: Epoch, n: int, outcome: Any, values: tuple[Any, ...], sides: tuple[Any, ...]) -> Body:
    rule = epoch.rules[n]
    return {
        "section": rule.section,
        "rule": rule.reason.id,
        "outcome": plain(outcome),
        "reads": {name: plain(value) for name, value in zip(rule.reads, values, strict=True)},
        "comparisons": [
            {
                "text": text(comparison),
                "left": plain(left),
                "right": plain(right),
                "margin": as_json(round((left - right) * 1e12) / 1e12)
                if math.isfinite(left - right)
                else None,
            }
            for comparison, (left, right) in zip(rule.comparisons, sides, strict=True)
        ],
        "params": {name: epoch.params[name] for name in rule.params},
    }


@cache
def engine_digest() -> str:
    """Return the digest of the sources that decide: facts, language, rulebook and engine."""
    root = Path(__file__).parents[1]
    found = sha256()
    for path in sorted(_sources(root)):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"sha256:{found.hexdigest()}"


def _sources(root: Path) -> Iterable[Path]:
    for package in ("facts", "language", "rulebook", "engine"):
        yield from (root / package).rglob("*.py")
