"""Measure against the budgets, and print one line a figure.

    python -m bench               everything
    python -m bench engine http   some of it

A figure over its budget is marked, and the exit code is 1. Machines are noisy: figures are medians of
interleaved rounds, and the budgets for HTTP are ratios against a peer in the same run.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator

from bench import batch, engine, http, process
from bench.figures import Figure, shown

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "engine": engine.figures,
    "process": process.figures,
    "http": http.figures,
    "batch": batch.figures,
}


def main(names: list[str]) -> int:
    """Run the parts that are named, or all, and return the exit code."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"bench: no part is called `{unknown[0]}`; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    is_over = False
    for name in names or PARTS:
        print(f"\n{name}")
        for figure in PARTS[name]():
            print(shown(figure), flush=True)
            is_over = is_over or figure.is_over
    return 1 if is_over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
