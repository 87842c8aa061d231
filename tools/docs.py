"""Write the parts of the documentation that the code knows best.

`python -m tools.docs` rewrites them in place; with `--check` it writes nothing and fails when
something would change.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pegmark.settings import SETTINGS
from tools import assets, handbooks, picture, problems, replay, schema, style, tables

ROOT = Path(__file__).resolve().parent.parent


def settings_table() -> str:
    """Return every setting as a Markdown table."""
    rows = [f"| `{s.variable}` | {s.shown_default} | {s.meaning} |" for s in SETTINGS]
    return "\n".join(["| variable | default | meaning |", "| --- | --- | --- |", *rows])


def decisions() -> str:
    """Return a list of the decisions, in their order."""
    files = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    heads = [file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for file in files]
    return "\n".join(f"- [{head}]({file.name})" for head, file in zip(heads, files, strict=True))


# (file, name of its markers, what stands between them); a file without a name for markers is written whole.
SECTIONS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("docs/operators.md", "settings", settings_table),
    ("docs/decisions/README.md", "decisions", decisions),
    *problems.parts(),
    *tables.parts(),
    *schema.parts(),
    *style.parts(),
    *assets.parts(),
    *picture.parts(),
    *handbooks.parts(),
    # Last, as commands may read what is written above.
    *((file, "", lambda file=file: replay.replayed(file)) for file in replay.REPLAYED),
)


def replaced(text: str, name: str, content: str) -> str:
    """Return `text` with `content` between the markers called `name`.

    >>> print(replaced("a <!-- x: note -->old<!-- /x --> b", "x", "new"))
    a <!-- x: note -->
    new
    <!-- /x --> b
    """
    opening = text.index("-->", text.index(f"<!-- {name}:")) + len("-->")
    closing = text.index(f"<!-- /{name} -->", opening)
    return f"{text[:opening]}\n{content}\n{text[closing:]}"


def main(arguments: list[str]) -> int:
    """Write or check every section and return the exit code."""
    is_check = arguments == ["--check"]
    stale = []
    for file, name, content in SECTIONS:
        path = ROOT / file
        before = path.read_text(encoding="utf-8") if name or path.exists() else ""
        after = replaced(before, name, content()) if name else content()
        if after != before:
            stale.append(f"{file} ({name})" if name else file)
            if not is_check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(after, encoding="utf-8")
    for section in stale:
        print(f"{'stale' if is_check else 'wrote'}: {section}")
    if is_check and stale:
        print("docs: run `make docs` and commit what it writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
