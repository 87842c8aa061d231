"""Rulebooks that were never seen before, written as untidily as YAML allows."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from pegmark.language import prose
from pegmark.rulebook import source as yaml
from tests.reference.generate import FACTS, RATIO, Generator
from tests.rulebook.books import Change, changed, with_derived, with_finding, with_param

_ODD = ("", "!", " plain", ' "quoted', " it's: {odd", " - [x", " é …", "#", " |", " key: value", " %")


def generated(seed: int) -> str:
    """Return the text of a rulebook: the sound one, with names, params and findings drawn at random."""
    drawn = Generator(seed)
    drawn.names = [name for name in drawn.names if name[0] in FACTS]
    random = drawn.random
    changes: list[Change] = [
        ("value: 20%", f"value: {random.randint(1, 100)}%"),
        ("Method", "".join(random.choices("abc é—", k=random.randint(1, 60))).strip() or "M"),
        with_finding(f"when: {_quoted(prose.text(drawn.boolean(2)))}, on_unknown: match"),
        with_param("p: {unit: number, values: [{from: 2017-01-01, value: 2}], why: W., cite: [M]}"),
    ]
    for n in range(random.randint(0, 4)):
        kind, typed = random.choice([("bool", drawn.boolean), ("ratio", lambda d: drawn.numeric(RATIO, d))])
        changes.append(with_derived(f"d{n}: {{unit: {kind}, expr: {_quoted(prose.text(typed(3)))}}}"))
    return changed(*changes)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def scrambled(text: str, random: Random) -> tuple[bytes, list[str]]:
    """Return what a text says in another layout, and the comments that were put into it."""
    root, problems = yaml.parse(text.encode(), "generated.yaml")
    assert root is not None
    assert problems == []
    writer = _Scrambler(random)
    lines = "".join(writer.block(root, 0, -1))
    begin = "".join(writer.noise(0)) + (f"---{writer.remark(0.5)}\n" if writer.chance(0.3) else "")
    end = "".join(writer.noise(0)) + (f"...{writer.remark(0.5)}\n" if writer.chance(0.3) else "")
    text = begin + lines + end
    text = text.rstrip("\n") + "\n" * random.randint(0, 3)
    return text.replace("\n", random.choice(["\n", "\r\n"])).encode(), writer.comments


class _Scrambler:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments: list[str] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def comment(self) -> str:
        self.comments.append(f"#c{len(self.comments)}z{self.random.choice(_ODD)}")
        return self.comments[-1] + " " * self.random.randint(0, 1)

    def remark(self, share: float) -> str:
        """A comment beside something, or none."""
        return " " * self.random.randint(1, 3) + self.comment() if self.chance(share) else ""

    def noise(self, column: int) -> Iterator[str]:
        """Empty lines and comments, no further in than what follows: a block of lines ends there."""
        while self.chance(0.12):
            margin = " " * self.random.choice([column, self.random.randint(0, column)])
            yield f"{margin}{self.comment()}\n" if self.chance(0.6) else self.random.choice(["\n", "   \n"])

    def block(self, node: yaml.Mapping | yaml.Sequence, column: int, outer: int) -> Iterator[str]:
        """A collection in block style, its entries at a column."""
        margin = " " * column
        parts = node.entries if isinstance(node, yaml.Mapping) else [(None, item) for item in node.items]
        for n, (key, value) in enumerate(parts):
            if n:
                yield from self.noise(column)
            if key is None:
                begin = f"{margin}-"
            elif self.chance(0.05):
                begin = f"{margin}? {self.scalar(key, is_flow=True, column=99)}{self.remark(0.3)}\n{margin}:"
            else:
                begin = f"{margin}{self.scalar(key, is_flow=True, column=99)}:"
            yield from self.value(begin, value, column, is_item=key is None)

    def value(self, begin: str, value: yaml.Node, column: int, *, is_item: bool) -> Iterator[str]:
        inner = column + self.random.randint(1, 4)
        gap = " " * self.random.randint(1, 3)
        if isinstance(value, yaml.Scalar):
            if value.is_null and not value.text:
                yield f"{begin}{self.remark(0.2)}\n"
            elif self.chance(0.25) and _folds(value.text) and not value.is_quoted:
                yield f"{begin}{gap}>-{self.remark(0.2)}\n"
                yield from (" " * inner + line + "\n" for line in self.folded(value.text))
            elif self.chance(0.05):
                yield f"{begin}{self.remark(0.5)}\n{' ' * inner}"
                yield f"{self.scalar(value, column=inner)}{self.remark(0.2)}\n"
            else:
                yield f"{begin}{gap}{self.scalar(value, column=inner)}{self.remark(0.2)}\n"
            return
        held = value.entries if isinstance(value, yaml.Mapping) else value.items
        if not held or self.chance(0.4):
            yield f"{begin}{gap}{self.flow(value, inner)}{self.remark(0.2)}\n"
            return
        if isinstance(value, yaml.Sequence) and not is_item and self.chance(0.4):
            inner = column
        if is_item and self.chance(0.7):
            # On the line of the dash, at the column behind it.
            lines = "".join(self.block(value, column + 1 + len(gap), column))
            yield begin + gap + lines.lstrip(" ")
            return
        yield f"{begin}{self.remark(0.2)}\n"
        yield from self.noise(inner)
        yield from self.block(value, inner, column)

    def flow(self, node: yaml.Node, column: int) -> str:
        """A value between brackets, on as many lines as it likes."""
        if isinstance(node, yaml.Scalar):
            return self.scalar(node, is_flow=True, column=column)
        opened, closed = "{}" if isinstance(node, yaml.Mapping) else "[]"
        parts = []
        for key, value in node.entries if isinstance(node, yaml.Mapping) else [(None, i) for i in node.items]:
            before = "" if key is None else f"{self.scalar(key, is_flow=True, column=column)}: "
            parts.append(f"{before}{self.flow(value, column)}{self.wild(column, 0.04)}")
        text = ("," + " " * self.random.randint(1, 2)).join(self.wild(column, 0.08) + part for part in parts)
        last = "," if parts and self.chance(0.2) else ""
        return f"{opened}{self.wild(column, 0.05)}{text}{last}{self.wild(column, 0.05)}{closed}"

    def wild(self, column: int, share: float) -> str:
        """A line's end, maybe with a comment, where the next line goes on at a column or beyond."""
        if not self.chance(share):
            return ""
        return (
            f"{self.remark(0.5)}\n" + "".join(self.noise(column)) + " " * (column + self.random.randint(0, 3))
        )

    def scalar(self, node: yaml.Scalar, *, column: int, is_flow: bool = False) -> str:
        if not node.is_quoted and _is_plain(node.text, is_flow=is_flow) and self.chance(0.85):
            if self.chance(0.15) and _folds(node.text) and column < 99:
                return f"\n{' ' * column}".join(self.folded(node.text))
            return node.text
        if not node.is_quoted and not _folds(node.text) and _is_plain(node.text, is_flow=is_flow):
            return node.text
        text, quote = node.text.replace("'", "''"), "'"
        if self.chance(0.5):
            text, quote = node.text.replace("\\", "\\\\").replace('"', '\\"'), '"'
        if self.chance(0.15) and _folds(node.text) and column < 99:
            text = f"\n{' ' * column}".join(self.folded(text))
        return f"{quote}{text}{quote}"

    def folded(self, text: str) -> list[str]:
        """A text on several lines that are read as one."""
        lines = [""]
        for word in text.split(" "):
            lines[-1] += f" {word}" if lines[-1] else word
            if self.chance(0.1):
                lines.append("")
        return [line for line in lines if line]


def _folds(text: str) -> bool:
    """Whether a text of several words is the same on several lines, wherever they end."""
    words = text.split(" ")
    return len(words) > 1 and all(word[:1].isalnum() and not word.endswith(":") for word in words)


def _is_plain(text: str, *, is_flow: bool) -> bool:
    """Whether a text can stand without quotes."""
    return (
        bool(text)
        and (text[0].isalnum() or text[0] in "$.(")
        and text == text.strip()
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and not (is_flow and set(text) & set(",[]{}"))
    )
