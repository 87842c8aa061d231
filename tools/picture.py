"""The picture in the README: the waterfall of one decision, as bars, drawn from the decision itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from tools.tables import decision

FILE = "docs/images/waterfall.svg"
QUESTION = ("USDe", "2025-10-09", "exchange-2025-10")
BESIDE = (
    ("USDe", "2025-10-09", "reference"),
    ("USDC", "2025-10-09", "reference"),
    ("BUIDL", "2026-07-22", "reference"),
)

_WIDTH, _LEFT, _RIGHT = 760, 150, 70
_TOP, _ROW, _BAR = 64, 24, 14
_SCALE = _WIDTH - _LEFT - _RIGHT
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.quiet { fill: #59636e; }
.step { fill: #4a7fb5; }
.sum { fill: #1f4e79; }
.beside { fill: #8c959f; }
.line { stroke: #d1d9e0; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet { fill: #9198a1; }
  .step { fill: #6ea8dc; }
  .sum { fill: #b6d4f0; }
  .beside { fill: #6e7681; }
  .line { stroke: #3d444d; }
}
"""


def waterfall() -> str:
    """Return the picture as SVG, readable on light and on dark."""
    asset, day, venue = QUESTION
    decided = decision(asset, day, venue)
    rows = [*_rows(decided["haircuts"][0])]
    for name, on, before in BESIDE:
        charged = decision(name, on, before)["haircuts"][0]["maintenance"]["total"]
        rows.append((f"{name}, {before}", 0.0, charged, "beside"))
    height = _TOP + _ROW * len(rows) + 20
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    explained = "Share of market value taken off, and the rule that takes it; below, others elsewhere"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">',
        f'<title id="title">{escape(_said(decided))}</title>',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="12" y="24">{asset} on {day}, $1M at {venue}</text>',
        f'<text class="quiet" x="12" y="44">{explained}</text>',
    ]
    for n, (label, start, amount, kind) in enumerate(rows):
        y = _TOP + _ROW * n
        x, width = _LEFT + start * _SCALE, max(1.0, abs(amount) * _SCALE)
        if kind != "step":
            parts.append(f'<line class="line" x1="12" x2="{_WIDTH - 12}" y1="{y - 5}" y2="{y - 5}"/>')
        parts += [
            f'<text x="12" y="{y + 12}">{escape(label)}</text>',
            f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}"/>',
            f'<text class="quiet" x="{x + width + 6:.1f}" y="{y + 12}">{_percent(amount)}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _rows(charged: dict[str, Any]) -> Iterator[tuple[str, float, float, str]]:
    """Yield the bars of a waterfall: label, where it starts, how long it is, and its kind."""
    reached = 0.0
    for line in charged["waterfall"]:
        if line["amount"]:
            yield line["rule"], reached, line["amount"], "step"
            reached += line["amount"]
    yield "maintenance", 0.0, charged["maintenance"]["total"], "sum"
    yield "initial", 0.0, charged["initial"]["total"], "sum"


def _said(decided: dict[str, Any]) -> str:
    charged = decided["haircuts"][0]
    steps = [f"{line['rule']} {_percent(line['amount'])}" for line in charged["waterfall"] if line["amount"]]
    total, initial = (_percent(charged[which]["total"]) for which in ("maintenance", "initial"))
    return f"{', '.join(steps)}: maintenance {total}, initial {initial}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + " %"
