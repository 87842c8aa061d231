"""Write the expected problems of the broken rulebooks, and of the broken suites.

`python -m tools.golden` checks every folder of `fixtures/broken_rules` and `fixtures/broken_suites`,
prints what changes and writes it; with `--check` it writes nothing and fails when something would change.
"""

from __future__ import annotations

import re
import sys
from contextlib import chdir, suppress
from difflib import unified_diff
from pathlib import Path

from pegmark.cli.tried import prepare, read_sources
from pegmark.errors import RulebookError
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, load_base, normal_file, read_base, read_files
from pegmark.rulebook.render import render

ROOT = Path(__file__).resolve().parent.parent
BROKEN = Path("fixtures/broken_rules")
BROKEN_SUITES = Path("fixtures/broken_suites")
HOUSE, STORED = Path("rules/house"), Path("fixtures")
SUITE = "suite.yaml"
EXPECTED = "expected.txt"

OVERLAY = "overlay.yaml"

_PIN = re.compile(r"sha256:(?!0{64})[0-9a-f]{64}")
_REPEAT = re.compile(r"#\* (\d+) (.*\n)")
_FILES = re.compile(r"#files (\d+)\n")


def files_of(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of a broken rulebook, what its recipes come to among them.

    In a recipe, `#* 3 line {n}` stands for three lines, `{n}` counting from 1; with `#files 3` on
    its first line it stands for three files.
    """
    files: dict[str, bytes] = {}
    for recipe in sorted(folder.glob("*.recipe")):
        text = recipe.read_text(encoding="utf-8")
        count = _FILES.match(text)
        for n in range(1, int(count[1]) + 1 if count else 2):
            name = recipe.with_name(f"{recipe.stem}-{n:02}.yaml" if count else f"{recipe.stem}.yaml")
            whole = text[count.end() :].replace("{n}", str(n)) if count else text
            files[name.as_posix()] = _REPEAT.sub(_repeated, whole).encode()
    return (files, []) if files else read_files(folder)


def _repeated(line: re.Match[str]) -> str:
    return "".join(line[2].replace("{n}", str(n)) for n in range(1, int(line[1]) + 1))


def problems_of(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of a broken rulebook by name, and what is wrong with them."""
    files, problems = files_of(folder)
    base, unread = read_base(folder, files)
    problems = [*problems, *unread]
    return {**base, **files}, problems or check_files(files, base=base)[1]


def pin(folder: Path) -> None:
    """Pin a broken overlay to its base as it is, but for a pin that is zeros: that one is what is broken."""
    path = folder / OVERLAY
    base = None
    with suppress(RulebookError):
        base = load_base(folder) if path.exists() else None
    if base is not None:
        text = path.read_text(encoding="utf-8")
        path.write_text(_PIN.sub(base.resolved_digest, text), encoding="utf-8")


def problems_of_suite(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the text of a broken suite by name, and what is wrong with it, tried on the house rulebook."""
    path = folder / SUITE
    sources, problems = read_sources(path if path.exists() else folder, HOUSE, STORED)
    return dict(sources.suites.texts), problems or list(prepare(sources).problems)


def report(folder: Path) -> str:
    """Return what is printed of a broken rulebook or suite, but for the last line."""
    files, problems = problems_of_suite(folder) if _is_suite(folder) else problems_of(folder)
    quoted = {**files, **dict([normal_file()])}
    return "".join(render(problem, quoted) + "\n\n" for problem in problems).rstrip("\n") + "\n"


def _is_suite(folder: Path) -> bool:
    return folder.parent.name == BROKEN_SUITES.name


def main(arguments: list[str]) -> int:
    """Compare every folder, print what differs, and return the exit code."""
    is_check = arguments == ["--check"]
    has_changed = False
    with chdir(ROOT):
        broken = [path for parent in (BROKEN, BROKEN_SUITES) if parent.is_dir() for path in parent.iterdir()]
        for folder in sorted(path for path in broken if path.is_dir()):
            if not is_check:
                pin(folder)
            path = folder / EXPECTED
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            after = report(folder)
            if after == before:
                continue
            has_changed = True
            old, new = (text.splitlines(keepends=True) for text in (before, after))
            sys.stdout.writelines(unified_diff(old, new, path.as_posix(), path.as_posix()))
            if not is_check:
                path.write_text(after, encoding="utf-8")
    if is_check and has_changed:
        print("golden: run `python -m tools.golden`, read what changes, and commit it", file=sys.stderr)
    return int(is_check and has_changed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
