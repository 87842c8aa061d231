"""Names in files of facts: found as the whole catalogue finds them, at a glance."""

from __future__ import annotations

from pathlib import Path

from pegmark.storage.fixtures import Fixtures
from pegmark.storage.names import stated


def test_names_are_those_of_the_catalogue(checkout: Path) -> None:
    """Proves that a glance at what ships finds every asset with its days, and every venue."""
    catalogue = Fixtures(checkout / "fixtures")
    days = {(name, found.as_of) for name in catalogue.assets() for found in catalogue.snapshots(name)}
    assert set(stated(checkout / "fixtures/snapshots", "asset", "as_of")) == days
    venues = {(venue.id,) for venue in catalogue.venues()}
    assert set(stated(checkout / "fixtures/venues", "venue")) == venues


def test_a_file_that_says_no_name_is_passed_over(tmp_path: Path) -> None:
    """Proves that what is incomplete, empty or no text is no name, and that quotes are none of it."""
    (tmp_path / "a.yaml").write_text('# asset: COMMENT\n"asset": no\nasset: \'A\'\nas_of: "2026-01-01"\n')
    (tmp_path / "b.yaml").write_text("asset: B\n")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "d.yaml").touch()
    assert list(stated(tmp_path, "asset", "as_of")) == [("A", "2026-01-01")]
    assert list(stated(tmp_path, "asset")) == [("A",), ("B",)]
    assert list(stated(tmp_path / "none", "asset")) == []
