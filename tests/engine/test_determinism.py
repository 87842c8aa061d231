"""Equal questions give equal bytes: across processes, spellings and repetitions; the id says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from pegmark.engine import report
from pegmark.engine.report import engine_digest
from pegmark.facts.digest import canonical, identifier
from tests.engine.books import decided
from tests.engine.test_estimates import estimate
from tests.engine.test_trace import EVERYTHING, KNOWN

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pegmark.facts.digest import canonical
from tests.engine.test_determinism import body
sys.stdout.buffer.write(canonical(body()))
"""
SIZES = (1e5, 1e6)


def body(**facts: Any) -> dict[str, Any]:
    """Return a decision that has something in every section."""
    given = {**KNOWN, "custom.q": None, "custom.x": estimate(0.05), "custom.d": {"unknown": "not_disclosed"}}
    return decided(EVERYTHING, {**given, **facts}, SIZES)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_every_process_writes_the_same_bytes(seed: str) -> None:
    """In a fresh interpreter whose hashes of text are others, to the byte, trace and digests included."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT)],
        capture_output=True,
        env=environment,
        check=True,
        timeout=60,
    )
    assert found.stdout == canonical(body())


def test_order_of_the_request_does_not_matter() -> None:
    """Facts given in another order are the same facts, with the same id."""
    turned = decided(EVERYTHING, dict(reversed({**KNOWN, "custom.q": None}.items())), SIZES)
    assert turned == decided(EVERYTHING, {**KNOWN, "custom.q": None}, SIZES)


def test_spelling_of_the_request_does_not_matter() -> None:
    """Long form, whole numbers as floats, and an instant in another zone."""
    one = decided(EVERYTHING, {**KNOWN, "custom.d": 1}, SIZES, as_of="2025-10-09T00:00:00Z")
    long = {"value": 1.0, "as_of": "2025-10-09T02:00:00+02:00"}
    assert decided(EVERYTHING, {**KNOWN, "custom.d": long}, SIZES, as_of="2025-10-08T23:00:00-01:00") == one


def test_the_id_is_the_digest_of_the_body() -> None:
    """Whoever holds a decision can check it: canonical bytes without the id, by an independent writer."""
    found = body()
    bare = {key: value for key, value in found.items() if key != "id"}
    assert found["id"] == identifier("dec_", rfc8785.dumps(bare))
    assert next(iter(found)) == "id"


@pytest.mark.parametrize(
    "facts", [{}, {"custom.k": None}, {"custom.x": 0.9}, {"custom.x": 3e-6}, {"custom.v": 0.000007}], ids=str
)
def test_bodies_are_canonical_as_they_are(facts: dict[str, Any]) -> None:
    """The short way to canonical bytes holds for decisions: no whole number is a float."""

    def floats(value: Any) -> list[float]:
        if isinstance(value, dict):
            return [found for item in value.values() for found in floats(item)]
        if isinstance(value, list):
            return [found for item in value for found in floats(item)]
        return [value] if isinstance(value, float) else []

    found = body(**facts)
    assert not any(value.is_integer() for value in floats(found))
    assert canonical(found) == rfc8785.dumps(found)


def test_a_different_question_has_a_different_id() -> None:
    """Any fact, date, size or wish for explanation changes it, though the outcome be the same."""
    ids = {
        body()["id"],
        body(**{"custom.y": 0.1000001})["id"],
        body(**{"custom.d": {"unknown": "not_collected"}})["id"],
        decided(EVERYTHING, KNOWN, SIZES)["id"],
        decided(EVERYTHING, KNOWN, SIZES, as_of="2025-10-10")["id"],
        decided(EVERYTHING, KNOWN, (1e5,))["id"],
        decided(EVERYTHING, KNOWN, SIZES, explain="short")["id"],
    }
    assert len(ids) == 7


def test_the_engine_is_digested_by_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte in any package that decides gives another digest; a package that does not, none."""

    def digest_of(changed: str) -> str:
        root = tmp_path / changed.replace("/", "-")
        for package in ("facts", "language", "rulebook", "engine", "api"):
            (root / package).mkdir(parents=True)
            (root / package / "module.py").write_text("x = 1\n")
        (root / changed).write_text("x = 2\n")
        monkeypatch.setattr(report, "__file__", str(root / "engine" / "report.py"))
        return engine_digest.__wrapped__()

    plain = digest_of("api/other.py")
    assert digest_of("api/module.py") == plain
    changed = {digest_of(f"{package}/module.py") for package in ("facts", "language", "rulebook", "engine")}
    assert len(changed | {plain}) == 5
    assert plain.startswith("sha256:")


def test_the_digest_of_the_rulebook_is_in_every_decision() -> None:
    """That of what it resolves to, and the engine's."""
    assert body()["digests"]["rulebook"] == EVERYTHING.program.resolved_digest
    assert body()["digests"]["engine"] == engine_digest()
