"""What suites exercise of a rulebook, as text and as JSON: a table of sections, and the lines with marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from pegmark.authoring.coverage.items import KINDS, Item
from pegmark.authoring.coverage.report import Count, Coverage
from pegmark.cli.terminal import Style, table
from pegmark.cli.tried import Prepared
from pegmark.language.prose import decimal

PLURALS = {"rule": "rules", "branch": "branches", "condition": "conditions"}
NEVER, PARTLY = "!", "~"


def summary(prepared: Prepared, coverage: Coverage, style: Style) -> Iterator[str]:
    """Yield a table of sections, and the counts of all."""
    program, cases = prepared.program, len(coverage.observations)
    counted = f"{cases} case{'' if cases == 1 else 's'} decided"
    head = style.heading(f"{prepared.sources.book}: {counted}, {program.id} {program.version}")
    yield f"{head}\n"
    counts = coverage.counts()
    rows = [["section", *(PLURALS[kind] for kind in KINDS)]]
    rows += [[name, *(_shown(section[kind]) for kind in KINDS)] for name, section in counts.items()]
    rows.append(["all", *(_shown(coverage.total(kind)) for kind in KINDS)])
    yield from table(rows, right=range(1, len(KINDS) + 1))
    missing, unreachable = len(list(coverage.missing)), len(list(coverage.unreachable))
    yield f"\n  {missing or 'nothing'} left to exercise; {unreachable} more cannot be, and are not counted"


def _shown(count: Count) -> str:
    return f"{count.seen}/{count.all}  {percent(count.share):>6}" if count.all else "-"


def percent(share: Fraction) -> str:
    """Return a share in percent, never rounded up to all of it.

    >>> percent(Fraction(9999, 10000)), percent(Fraction(1))
    ('99.9 %', '100 %')
    """
    return f"{decimal(Fraction(int(share * 1000), 10))} %"


def marked(prepared: Prepared, coverage: Coverage, style: Style) -> Iterator[str]:
    """Yield the lines of a rulebook on which something is missing, and what that is; then what cannot be."""
    texts = {name: data.decode("utf-8").splitlines() for name, data in prepared.sources.texts.items()}
    by_line: dict[str, dict[int, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for _, item in coverage.missing:
        by_line[item.span.file][item.span.start.line].append(item)
    for file in sorted(by_line):
        yield f"\n{style.heading(file)}"
        for number, items in sorted(by_line[file].items()):
            mark = NEVER if any(item.kind == "rule" for item in items) else PARTLY
            line = texts[file][number - 1].strip() if file in texts else ""
            yield style.wrapped(_cut(line, 72), 9, f"{number:>6} {mark} ").replace(
                mark, _paint(mark, style), 1
            )
            for item in items:
                yield style.wrapped(f"{item.place.rule} never: {_cut(item.title, 160)}", 15, " " * 11)
    unreachable = list(coverage.unreachable)
    if unreachable:
        yield f"\n{style.heading('Cannot be exercised')}"
    for item in unreachable:
        said = f"{_cut(item.title, 80)}: {_cut(item.unreachable or '', 120)}"
        yield style.faint(style.wrapped(f"{item.place.rule} {said}", 6, "  "))


def _paint(mark: str, style: Style) -> str:
    return style.paint(mark, fg="red" if mark == NEVER else "yellow", bold=True)


def _cut(text: str, most: int) -> str:
    """Return a text that is not too long to be read, by leaving out its middle."""
    if len(text) <= most:
        return text
    half = (most - 3) // 2
    return f"{text[:half].rstrip()} … {text[-half:].lstrip()}"


def as_data(prepared: Prepared, coverage: Coverage) -> dict[str, Any]:
    """Return what is exercised as plain data; lines and columns count from 1."""
    program = prepared.program
    return {
        "rulebook": program.id,
        "version": program.version,
        "digest": program.resolved_digest,
        "cases": len(coverage.observations),
        "totals": {PLURALS[kind]: _counted(coverage.total(kind)) for kind in KINDS},
        "sections": {
            name: {PLURALS[kind]: _counted(section[kind]) for kind in KINDS}
            for name, section in coverage.counts().items()
        },
        "missing": [_item(item) for _, item in coverage.missing],
        "unreachable": [{**_item(item), "why": item.unreachable} for item in coverage.unreachable],
        "touching": {title: sorted(rules) for title, rules in coverage.touching.items()},
    }


def _counted(count: Count) -> Mapping[str, float]:
    return {"exercised": count.seen, "all": count.all, "share": float(count.share)}


def _item(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "section": item.place.section,
        "rule": item.place.rule,
        "what": item.label,
        "of": item.of or None,
        "file": item.span.file,
        "line": item.span.start.line,
        "column": item.span.start.column,
    }
