"""How a scalar is written: without quotes where they say nothing, else in the plainest that hold it."""

from __future__ import annotations

from pegmark.authoring.layout.written import Text


def in_line(text: Text, *, is_flow: bool) -> str:
    """Return a scalar on one line; `is_flow` where it stands between brackets.

    There quotes stay: without them, one comma more would end the text.
    """
    if not text.style or (not is_flow and is_prose(text.value)):
        return text.value
    return quoted(text.value)


def is_prose(value: str) -> bool:
    """Return whether a text is the same without quotes to every reader: several words, none a sign of YAML.

    A single word keeps its quotes: `"true"`, `"unknown"` and `"5"` are not what they are without.

    >>> is_prose("none, over 34 %"), is_prose("none: 34 %"), is_prose("none")
    (True, False, False)
    """
    return (
        value[:1].isalpha()
        and " " in value
        and value == value.strip()
        and value.isprintable()
        and ": " not in value
        and " #" not in value
        and not value.endswith(":")
    )


def quoted(value: str) -> str:
    r"""Return a text in quotes, double ones unless it holds some itself.

    >>> print(quoted("two words"), quoted('by "par"'), quoted("two\nlines"))
    "two words" 'by "par"' "two\nlines"
    """
    if "\n" not in value and ('"' in value or "\\" in value):
        return "'" + value.replace("'", "''") + "'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def on_lines(text: Text) -> tuple[str, ...] | None:
    """Return the lines of a scalar that keeps them, or None where it stands on one."""
    if len(text.lines) == 1 or any(line.endswith("\\") for line in text.lines if text.style == '"'):
        return None
    return text.lines


def block_of(text: Text) -> tuple[str, tuple[str, ...]]:
    """Return the header of a block of lines, written anew for an indent of two, and its lines."""
    signs, _, comment = text.lines[0].partition("#")
    body = text.lines[1:]
    first = next((line for line in body if line.strip()), "")
    # Only where the first line begins with a blank must it be said where lines begin.
    told = "2" if first.startswith(" ") else ""
    header = text.style + told + "".join(sign for sign in signs if sign in "+-")
    return f"{header}  #{comment}" if comment or text.lines[0].endswith("#") else header, body
