"""The serving process: how long its import takes, how much it holds, what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from bench.figures import Figure

SCRIPT = """
import json, resource, sys, time
start = time.perf_counter()
import pegmark.asgi
seconds = time.perf_counter() - start
with open("/proc/self/statm") as statm:
    resident = int(statm.read().split()[1]) * resource.getpagesize()
print(json.dumps([seconds, resident, sorted({"pandas", "z3", "numpy"} & set(sys.modules))]))
"""


def figures() -> Iterator[Figure]:
    """Measure a fresh process that imports the app, rulebooks and fixtures loaded."""
    runs = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    yield Figure(
        "import of the serving process, everything loaded", median(r[0] for r in runs), "s", most=1.5
    )
    yield Figure("resident memory after that", median(r[1] for r in runs) / 1e6, "MB", most=120)
    yield Figure("heavy packages imported (pandas, z3, numpy)", len(runs[0][2]), "", most=0)
