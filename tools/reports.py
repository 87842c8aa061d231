"""Write the reports of shipped assets that are held in `tests/cli/golden`.

`python -m tools.reports` decides each, prints what changes and writes it; with `--check` it writes
nothing and fails when something would change. Digests are left out: they change with every line of
code, and what a reader is told does not.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from difflib import unified_diff
from pathlib import Path

from pegmark.cli.verbs import run

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "cli" / "golden"
REPORTS: Mapping[str, Sequence[str]] = {
    "usde-at-the-exchange": ["USDe", "--as-of", "2025-10-09", "--venue", "exchange-2025-10"],
    "usde-at-a-lender": ["USDe", "--as-of", "2025-10-09", "--venue", "lender-redeeming"],
    "usde-as-a-fund": ["USDe", "--as-of", "2026-07-19"],
    "susde": ["sUSDe", "--as-of", "2025-10-09"],
    "buidl": ["BUIDL", "--as-of", "2026-07-22"],
    "usdc": ["USDC", "--as-of", "2026-10-07"],
    "usdc-at-a-bank-run": ["USDC", "--as-of", "2023-03-10"],
    "usdt": ["USDT", "--as-of", "2026-07-31"],
    "ust": ["UST", "--as-of", "2022-04-30"],
    "several-at-a-lender": [
        *("USDC", "USDe", "USDT", "BUIDL", "UST", "--as-of", "2026-07-31", "--venue", "lender-redeeming")
    ],
    "wbeth": ["WBETH", "--as-of", "2025-10-09", "--venue", "exchange-2025-10"],
}
_DIGEST = re.compile(r"\b(sha256:[0-9a-f]{64}|dec_[a-z2-7]{26})\b")


def report(arguments: Sequence[str]) -> str:
    """Return what `pegmark assess` prints into a pipe, without digests."""
    printed = io.BytesIO()
    with io.TextIOWrapper(printed, "utf-8", write_through=True) as pipe:
        with redirect_stdout(pipe):
            code = run(["assess", *arguments])
        text = printed.getvalue().decode()
    if code:
        message = f"`pegmark assess {' '.join(arguments)}` exits {code}"
        raise RuntimeError(message)
    return _DIGEST.sub("(left out)", text)


def main(arguments: Sequence[str]) -> int:
    """Compare every report, print what differs, and return the exit code."""
    is_check = list(arguments) == ["--check"]
    has_changed = False
    GOLDEN.mkdir(exist_ok=True)
    for name, asked in REPORTS.items():
        path = GOLDEN / f"{name}.txt"
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        after = report(asked)
        if after == before:
            continue
        has_changed = True
        old, new = (text.splitlines(keepends=True) for text in (before, after))
        sys.stdout.writelines(unified_diff(old, new, path.name, path.name))
        if not is_check:
            path.write_text(after, encoding="utf-8")
    if is_check and has_changed:
        print("reports: run `python -m tools.reports`, read what changes, and commit it", file=sys.stderr)
    return int(is_check and has_changed)


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("PEGMARK_")]:
        del os.environ[name]
    sys.exit(main(sys.argv[1:]))
