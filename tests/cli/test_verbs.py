"""The table of verbs: what is imported for which, and what becomes of errors."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pegmark import __version__
from pegmark.cli import verbs
from pegmark.cli.verbs import VERBS
from tests.cli.conftest import DATA, DAY, Run
from tests.cli.test_terminal import environment

SERVER = {"litestar", "uvicorn", "structlog", "prometheus_client"}


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], SERVER | {"pydantic", "yaml", "pegmark.engine", "pegmark.rulebook"}),
        (["--version"], SERVER | {"pydantic", "yaml", "pegmark.engine", "pegmark.rulebook"}),
        (["check", "rules/house"], SERVER | {"pydantic", "orjson", "pegmark.engine", "pegmark.storage"}),
        (["facts"], SERVER | {"pydantic", "yaml", "pegmark.engine", "pegmark.rulebook"}),
        (["show"], SERVER | {"pydantic"}),
        (["explain", "HC-BASE"], SERVER),
        (["assess", "ALPHA", "--as-of", DAY], SERVER | {"msgspec"}),
        (["assess", str(DATA / "snapshots" / "alpha.yaml"), "--json"], SERVER | {"msgspec"}),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_a_verb_imports_only_what_it_uses(arguments: list[str], unwanted: set[str], checkout: Path) -> None:
    """Proves that no verb but `serve` and `openapi` pays for the web server, and the light ones for less."""
    program = (
        "import sys; from pegmark.cli.verbs import run; assert run(sys.argv[1:]) == 0; "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment(),
        cwd=checkout,
        capture_output=True,
        check=True,
        text=True,
    )
    assert set(done.stderr.split()) & unwanted == set()


def test_a_port_that_is_taken_is_told_before_anything_is_served(run: Run) -> None:
    """Proves that `serve` does not say where it is before it can be there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("serve", "--port", str(port))
    assert (ran.code, ran.out) == (1, "")
    said = f"cannot listen on 127.0.0.1, port {port}: address already in use"
    assert ran.err == f"error: {said}\nhint: name another with `--port`\n"


def test_the_version_is_printed(run: Run) -> None:
    """Proves that `--version` gives the version of the package."""
    assert run("--version") == (0, f"pegmark {__version__}\n", "")


def test_nothing_at_all_is_wrong_use(run: Run) -> None:
    """Proves that `pegmark` alone prints its help where errors go, and exits 2."""
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == run("--help").out


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["asess"], "no verb is called `asess`", "did you mean `assess`?"),
        (["frobnicate"], "no verb is called `frobnicate`", None),
        (["--colour"], "no such option", "see `pegmark --help`"),
        (["facts", "a", "b"], "got unexpected extra argument", "see `pegmark facts --help`"),
    ],
)
def test_a_verb_that_is_none_exits_2(run: Run, arguments: list[str], message: str, hint: str | None) -> None:
    """Proves that a slip is told with what was probably meant."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert hint is None or f"hint: {hint}" in ran.err


@pytest.mark.parametrize(
    ("name", "value"),
    [("PEGMARK_PORT", "many"), ("PEGMARK_FIXTURES", "/nowhere"), ("PEGMARK_RULEBOK", "house")],
)
def test_a_setting_that_cannot_be_used_exits_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Proves that a wrong environment is told by its variable, whatever the verb."""
    monkeypatch.setenv(name, value)
    ran = run("assess", "ALPHA")
    assert ran.code == 2
    assert ran.err.startswith(f"error: {name}: ")


def test_a_stored_file_that_is_broken_is_told_by_its_place(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Proves that a catalogue that cannot be used stops a decision with the line of the file."""
    for folder in ("snapshots", "venues"):
        (tmp_path / folder).mkdir()
    (tmp_path / "venues" / "reference.yaml").write_text("venue: reference\nfacts:\n  prize_source: par\n")
    monkeypatch.setenv("PEGMARK_FIXTURES", str(tmp_path))
    ran = run("assess", "ALPHA")
    assert ran.code == 1
    assert "Q0009: reference.yaml:3:3" in ran.err


def test_an_interruption_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that Ctrl-C exits 130 without a traceback."""

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("pegmark.cli.assess.today", interrupted)
    assert run("assess", "ALPHA") == (130, "", "")


def test_main_leaves_the_process_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the console script exits with what `run` returns, for the arguments of the process."""
    monkeypatch.setattr(verbs, "run", len)
    monkeypatch.setattr(sys, "argv", ["pegmark", "a", "b", "c"])
    for arguments, code in ((None, 3), (["x"], 1)):
        with pytest.raises(SystemExit) as stop:
            verbs.main(arguments)
        assert stop.value.code == code


def test_every_verb_is_a_module_of_its_own() -> None:
    """Proves that the table of verbs is sorted and that each names a module with a command."""
    assert list(VERBS) == sorted(VERBS)
    folder = Path(verbs.__file__).parent
    assert all((folder / f"{verb}.py").is_file() for verb in VERBS)
