"""The house rulebook: nothing can be said better of it, and what is ignored there would be said."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pegmark.authoring.files import read_suite_files
from pegmark.authoring.lint.mentions import mentions
from pegmark.authoring.lint.run import lint
from pegmark.authoring.lint.subject import Subject
from pegmark.rulebook.load import check_files, read_files
from pegmark.storage.names import stated

IGNORE = re.compile(rb"# pegmark: ignore\[([^\]]+)\]")


def house(checkout: Path, files: dict[str, bytes]) -> Subject:
    """What there is to judge of the house, as files say it."""
    program, problems = check_files(files)
    assert program is not None, problems
    suites, _ = read_suite_files(checkout / "rules/house")
    assets = frozenset(name for (name,) in stated(checkout / "fixtures/snapshots", "asset"))
    tested, _ = mentions(suites.texts)
    assert len(assets) > 20
    return Subject(
        program, files, assets, tested, date(2026, 12, 1), links_to=lambda name: (checkout / name).is_file()
    )


def test_nothing_is_said_of_the_house(checkout: Path) -> None:
    """Proves that the house keeps every rule of style, or says where it does not and why."""
    files, _ = read_files(checkout / "rules/house")
    assert lint(house(checkout, files)) == []


def test_every_ignore_of_the_house_is_needed(checkout: Path) -> None:
    """Proves that what the house ignores is found when the comments are gone: just that, and as often."""
    files, _ = read_files(checkout / "rules/house")
    ignored = sorted(code.decode() for data in files.values() for code in IGNORE.findall(data))
    bare = {name: re.sub(rb" *# pegmark: [^\n]*", b"", data) for name, data in files.items()}
    assert sorted(problem.code for problem in lint(house(checkout, bare))) == ignored
    assert ignored
