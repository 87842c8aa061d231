"""Measure against the budgets, and print one line a figure.

    python -m bench               everything
    python -m bench engine http   some of it

A figure over its budget is marked, and the exit code is 1. Machines are noisy: figures are medians of
interleaved rounds, and the budgets for HTTP and against peers are ratios within one run.
"""

from __future__ import annotations

import platform
import sys
from importlib import import_module

from bench.figures import shown

PARTS = {
    "engine": "bench.engine",
    "process": "bench.process",
    "rules": "bench.rules",
    "vector": "bench.vector",
    "http": "bench.http",
    "batch": "bench.batch",
    "peers": "bench.peers.engines",
    "peers-http": "bench.peers.servers",
}
"""Each part is a module with `figures`; it is imported when it runs, so that none needs another's peers."""


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
        try:
            part = import_module(PARTS[name])
        except ModuleNotFoundError as missing:
            print(f"bench: `{missing.name}` is not installed: run `make bench`", file=sys.stderr)
            return 2
        for figure in part.figures():
            print(shown(figure), flush=True)
            is_over = is_over or figure.is_over
    return 1 if is_over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
