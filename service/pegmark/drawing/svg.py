"""SVG as text: elements, their attributes, and how wide a text is about to be."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, not even escaped."""

_NARROW, _WIDE = frozenset("fijlrtI.,:;'|!()[]-· \u00a0"), frozenset("mwMW@%&…")


def element(name: str, /, *content: str, **attributes: float | str | None) -> str:
    """Return an element; `content` is markup, attributes are not, and those that are None are left out.

    A trailing `_` of an attribute's name falls away, an inner one becomes `-`.

    >>> element("text", text("1 < 2"), x=0.26, class_="quiet", text_anchor="end")
    '<text x="0.3" class="quiet" text-anchor="end">1 &lt; 2</text>'
    """
    said = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_legal(_number(value)))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(content)}</{name}>" if content else f"<{name}{said}/>"


def text(words: str) -> str:
    """Return words as content, whatever they hold."""
    return escape(_legal(words))


def label(words: str, class_: str, x: float, y: float, anchor: str | None = None) -> str:
    """Return words at a place: their beginning is there, or what `anchor` says.

    >>> label("5 %", "quiet", 10, 20, "end")
    '<text class="quiet" x="10" y="20" text-anchor="end">5 %</text>'
    """
    return element("text", text(words), class_=class_, x=x, y=y, text_anchor=anchor)


def width_of(words: str, size: float) -> float:
    """Return how wide words are at a font size, at most: of the fonts that may be there the widest, bold."""
    return size * sum(map(_ems, words))


def _ems(c: str) -> float:
    if c in _NARROW:
        return 0.44
    # What lies beyond the Latin letters may fill its square.
    return 1.1 if c in _WIDE or c > "\u024f" else 0.8 if c.isupper() else 0.69


def shortened(words: str, size: float, room: float) -> str:
    """Return words that fit the room, without their middle where they do not.

    >>> shortened("CAP-EXIT", 12, 100), shortened("CAP-OF-A-VERY-LONG-NAME", 12, 100)
    ('CAP-EXIT', 'CAP-O…NAME')
    """
    kept = len(words)
    while kept > 2 and width_of(shown := _without_middle(words, kept), size) > room:
        kept -= 1
    return _without_middle(words, kept) if kept == len(words) else shown


def lines(words: str, size: float, room: float) -> list[str]:
    """Return words as lines that fit the room, broken at spaces, or where one word is wider than that.

    >>> lines("a token of a long-name", 10, 60)
    ['a token of', 'a', 'long-nam', 'e']
    """
    found: list[str] = []
    for word in words.split(" "):
        joined = f"{found[-1]} {word}" if found else word
        if found and width_of(joined, size) <= room:
            found[-1] = joined
        else:
            found += _pieces(word, size, room)
    return found


def _pieces(word: str, size: float, room: float) -> list[str]:
    found = [""]
    for c in word:
        if found[-1] and width_of(found[-1] + c, size) > room:
            found.append("")
        found[-1] += c
    return found


def _without_middle(words: str, kept: int) -> str:
    if kept >= len(words):
        return words
    return f"{words[: kept - kept // 2]}…{words[len(words) - kept // 2 :]}"


def _number(value: float | str) -> str:
    """Return an attribute's value; lengths to a tenth, and zero without a sign."""
    if isinstance(value, str):
        return value
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def _legal(words: str) -> str:
    return _NO_XML.sub("\ufffd", words)
