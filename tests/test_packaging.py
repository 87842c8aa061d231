"""The built package: it carries what the service reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from pegmark import __version__
from pegmark.authoring.scaffold import new_rulebook


def test_a_wheel_carries_the_code_and_its_data(checkout: Path, tmp_path: Path) -> None:
    """Proves that an installed pegmark has the rules, fixtures, API document and pages of a checkout.

    And the texts of the rulebook that `pegmark new` writes.
    """
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)
    packed = set(zipfile.ZipFile(tmp_path / f"pegmark-{__version__}-py3-none-any.whl").namelist())
    read = [
        path
        for folder in ("rules", "fixtures", "openapi", "docs/problems")
        for path in sorted((checkout / folder).rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(checkout).parts)
    ]
    wanted = {f"pegmark/_data/{path.relative_to(checkout).as_posix()}" for path in read}
    assert wanted - packed == set()
    assert "pegmark/_data/rules/house/rulebook.yaml" in packed
    assert "pegmark/py.typed" in packed
    begun = {f"pegmark/authoring/scaffold/book/{name}" for name in new_rulebook("mine")}
    assert len(begun) > 5
    assert begun - packed == set()
