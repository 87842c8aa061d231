"""Fail when too few branches of the pure core are covered by tests.

Reads the file that `coverage json` writes. Each package stands on its own, so that a well-tested
one cannot hide another.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

GATED = ("facts", "language", "rulebook", "engine")
LEAST_PERCENT = 95


def branch_counts(report: dict[str, Any], package: str) -> tuple[int, int]:
    """Return how many branches of one package are covered, and how many it has."""
    covered = total = 0
    for file, measured in report["files"].items():
        if f"/pegmark/{package}/" in "/" + file.replace("\\", "/"):
            covered += measured["summary"]["covered_branches"]
            total += measured["summary"]["num_branches"]
    return covered, total


def shortfalls(report: dict[str, Any]) -> list[str]:
    """Return the packages that fall short; a package that was not measured at all does."""
    short = []
    for package in GATED:
        covered, total = branch_counts(report, package)
        # INVARIANT: compared in whole numbers, so 94.996 % is not rounded into passing.
        if total == 0 or covered * 100 < LEAST_PERCENT * total:
            short.append(package)
    return short


def main(path: str) -> int:
    """Print one line a package and return the exit code."""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    for package in GATED:
        covered, total = branch_counts(report, package)
        share = f"{100 * covered / total:5.1f} %" if total else "not measured"
        print(f"branches covered: {package:<9} {share:>12}  ({covered}/{total})")
    short = shortfalls(report)
    if short:
        print(f"coverage: below {LEAST_PERCENT} % of branches: {', '.join(short)}", file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
