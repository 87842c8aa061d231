"""Verdicts of proofs as text and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pegmark.cli.terminal import Style
from pegmark.proof.prover import Verdict
from pegmark.proof.witness import Said, Witness
from pegmark.rulebook.program import Program


@dataclass(frozen=True, slots=True)
class Proofs:
    """What became of the goals of one rulebook on one day; `against` is the base of a refinement."""

    program: Program
    day: date
    verdicts: Sequence[Verdict]
    witnesses: dict[str, Witness]
    seconds: float
    against: str | None = None

    @property
    def failed(self) -> Sequence[Verdict]:
        """The goals that were not proved."""
        return [verdict for verdict in self.verdicts if verdict.outcome != "proved"]


def as_text(proofs: Proofs, style: Style) -> Iterator[str]:
    """Yield the lines that a person reads: what failed with its assets, then how many of each."""
    for verdict in proofs.failed:
        label = style.paint(
            verdict.outcome, fg="red" if verdict.outcome == "refuted" else "yellow", bold=True
        )
        yield f"{label} {verdict.goal}" + (f": {verdict.why}" if verdict.why else "")
        witness = proofs.witnesses.get(str(verdict.goal))
        if witness is not None:
            yield from _shown(witness, style)
        elif verdict.values is not None:
            yield "    no asset at hand shows it in a whole decision; the rule by itself does better on"
            yield from _facts(*(_plain(values) for values in verdict.values))
    counts = Counter(verdict.outcome for verdict in proofs.verdicts)
    said = ", ".join(f"{counts[name]} {name}" for name in ("proved", "refuted", "unknown") if counts[name])
    against = f" against {proofs.against}" if proofs.against else ""
    title = f"{proofs.program.id} {proofs.program.version}{against}, params of {proofs.day}"
    yield f"{title}: {said} in {proofs.seconds:.1f} s"


def _shown(witness: Witness, style: Style) -> Iterator[str]:
    yield from _facts(witness.better, witness.worse)
    if witness.sizes[0] != witness.sizes[1]:
        yield f"      position.size: {witness.sizes[0][0]:,.2f} -> {witness.sizes[1][0]:,.2f} USD"
    for one in witness.differences:
        yield f"    {style.heading(one.name)}: {_told(one.before)} -> {_told(one.after)}"


def _facts(better: Said, worse: Said) -> Iterator[str]:
    for name in sorted({*better, *worse}):
        before, after = better.get(name), worse.get(name)
        if before is None and after is None:
            continue
        change = "" if before == after else f" -> {_told(after)}"
        yield f"      {name}: {_told(before)}{change}"


def _told(value: Any) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return "true" if value else "false"
        case [*rows]:
            return "{" + ", ".join(f"{row['kind']}: {row['share']:g}" for row in rows) + "}"
        case int() | float():
            return f"{value:,.10f}".rstrip("0").rstrip(".")
    return str(value)


def _plain(values: Said) -> dict[str, Any]:
    """Return the values of a model as they are told."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found[name] = [{"kind": kind, "share": float(share)} for kind, share in value.items()]
        else:
            found[name] = value if isinstance(value, (bool, str, type(None))) else float(value)
    return found


def as_data(proofs: Proofs) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "rulebook": proofs.program.id,
        "version": proofs.program.version,
        "digest": proofs.program.resolved_digest,
        "against": proofs.against,
        "params_of": proofs.day.isoformat(),
        "seconds": round(proofs.seconds, 3),
        "goals": [_goal(proofs, verdict) for verdict in proofs.verdicts],
    }


def _goal(proofs: Proofs, verdict: Verdict) -> dict[str, Any]:
    witness = proofs.witnesses.get(str(verdict.goal))
    return {
        "goal": str(verdict.goal),
        "kind": verdict.goal.kind,
        "rule": verdict.goal.rule,
        "outcome": verdict.outcome,
        "seconds": round(verdict.seconds, 3),
        "why": verdict.why or None,
        "witness": None
        if witness is None
        else {
            "better": witness.better,
            "worse": witness.worse,
            "sizes_usd": [list(sizes) for sizes in witness.sizes],
            "differences": [
                {"output": one.name, "before": one.before, "after": one.after} for one in witness.differences
            ],
        },
    }
