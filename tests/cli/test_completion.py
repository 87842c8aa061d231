"""Completion, in real shells: TAB is pressed, and what stands on the line is read."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pegmark.cli.completion import SHELLS, answer
from pegmark.cli.verbs import COMPLETING, VERBS, main
from pegmark.storage.fixtures import Fixtures
from tests.cli.conftest import DATA, Run

BIN = Path(sys.executable).parent
"""Where `pegmark` is, for the shells to find."""
PROMPT = "READY"
SECONDS = 60
"""How long a shell may take to show anything."""
START = {
    "bash": (
        "--norc --noprofile -i",
        'bind "set enable-bracketed-paste off"; eval "$(pegmark completion bash)"; PS1=READY',
    ),
    "zsh": (
        "-f -i",
        'autoload -U compinit; compinit -D -u; eval "$(pegmark completion zsh)"; PROMPT=READY',
    ),
}
"""With which options an interactive shell is started, and what is typed first."""
ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r|\x07|\x08")


def shell(name: str) -> str:
    """The path of a shell; without it the test is skipped, except in CI, where it must be there."""
    path = shutil.which(name)
    if path is None:
        missing = f"no {name} on this machine; see tools/shells.sh"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def environment(home: Path, **extra: str) -> dict[str, str]:
    """What a shell is started with: made-up fixtures, `pegmark` on the path, nobody's start-up files."""
    path = f"{BIN}:{os.environ.get('PATH', '')}"
    kept = {"PATH": path, "HOME": str(home), "TERM": "dumb", "LANG": "C.UTF-8"}
    return {**kept, "PEGMARK_FIXTURES": str(DATA), "XDG_CONFIG_HOME": str(home), **extra}


class Terminal:
    """An interactive shell on a pseudo-terminal."""

    def __init__(self, name: str, folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        options, first = START[name]
        self._process = subprocess.Popen(
            [shell(name), *options.split()],
            cwd=folder,
            env=environment(folder, COLUMNS="200", LINES="50"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._shown = b""
        os.write(self._ours, f"{first}\n".encode())
        # Once as it is typed, once as it is the prompt.
        self._await(rf"{PROMPT}(?!;|\n|')[^\n]*$")

    def completed(self, typed: str, wanted: str) -> bool:
        """Press TAB after what is typed, until `wanted` is shown; clears the line again."""
        self._shown = b""
        os.write(self._ours, typed.encode())
        self._await(re.escape(typed))
        os.write(self._ours, b"\t")
        found = self._await(wanted)
        os.write(self._ours, b"\x15")
        return found

    def close(self) -> None:
        """End the shell."""
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def _await(self, pattern: str) -> bool:
        end = time.monotonic() + SECONDS
        while not re.search(pattern, ESCAPE.sub(b"", self._shown).decode(errors="replace")):
            assert time.monotonic() < end, (pattern, self._shown)
            if select.select([self._ours], [], [], 1)[0]:
                self._shown += os.read(self._ours, 65536)
        return True


WANTED = [
    ("pegmark comp", r"pegmark completion "),
    ("pegmark check --outp", r"pegmark check --output "),
    ("pegmark check --format sa", r"pegmark check --format sarif "),
    ("pegmark assess AL", r"pegmark assess ALPHA "),
    ("pegmark assess ALPHA --as-of 2", r"pegmark assess ALPHA --as-of 2026-01-15 "),
    ("pegmark assess ALPHA --venue own", r"pegmark assess ALPHA --venue own-book "),
    ("pegmark assess ALPHA --rulebook ho", r"pegmark assess ALPHA --rulebook house "),
    ("pegmark explain HC-WRO", r"pegmark explain HC-WRONGWAY "),
    ("pegmark show --section clas", r"pegmark show --section classify "),
    ("pegmark facts liquidity.sup", r"pegmark facts liquidity.supply "),
    ("pegmark completion z", r"pegmark completion zsh "),
    ("pegmark check my-bo", r"pegmark check my-book"),
    ("pegmark assess my-to", r"pegmark assess my-token.yaml "),
]
"""What is typed before TAB, and what then stands on the line."""


@pytest.mark.parametrize("name", START)
def test_tab_completes(name: str, tmp_path: Path) -> None:
    """Proves that verbs, options, choices, stored names, days, rules, facts and files are completed."""
    (tmp_path / "my-book").mkdir()
    (tmp_path / "my-token.yaml").touch()
    terminal = Terminal(name, tmp_path)
    try:
        for typed, wanted in WANTED:
            assert terminal.completed(typed, wanted), typed
    finally:
        terminal.close()


def test_tab_completes_in_fish(tmp_path: Path) -> None:
    """Proves the same of fish, which says itself what it would complete."""
    (tmp_path / "my-book").mkdir()
    (tmp_path / "my-token.yaml").touch()
    lines = "; ".join(f"echo '> {typed}'; complete -C '{typed}'" for typed, _ in WANTED)
    done = subprocess.run(
        [shell("fish"), "--no-config", "-c", f"pegmark completion fish | source; {lines}"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    offered = dict(block.split("\n", 1) for block in done.stdout.split("> ")[1:])
    for typed, wanted in WANTED:
        word = (
            wanted.rpartition(" ")[0].rpartition(" ")[2]
            if wanted.endswith(" ")
            else wanted.rpartition(" ")[2]
        )
        assert word in re.split(r"[\t\n/]", offered[typed]), typed
    assert (
        "Decide an asset"
        in subprocess.run(
            [
                shell("fish"),
                "--no-config",
                "-c",
                "pegmark completion fish | source; complete -C 'pegmark as'",
            ],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


# What is offered

Offer = Callable[..., list[str]]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Offer:
    """What bash is offered for the last of some words."""

    def offered(*words: str) -> list[str]:
        monkeypatch.setenv("COMP_WORDS", " ".join(["pegmark", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        capsysbinary.readouterr()
        answer("bash_complete")
        out, err = capsysbinary.readouterr()
        assert err == b""
        return out.decode().split()

    return offered


def test_all_verbs_and_stored_names_are_offered(offer: Offer) -> None:
    """Proves that every verb, asset, venue and rulebook is offered, and files beside them."""
    assert offer("") == [f"plain,{verb}" for verb in VERBS]
    catalogue = Fixtures(DATA)
    assets = offer("assess", "")
    assert assets[0] == "file,"
    assert set(assets[1:]) == {f"plain,{name}" for name in catalogue.assets()}
    venues = offer("assess", "ALPHA", "--venue", "")
    assert set(venues[1:]) == {f"plain,{venue.id}" for venue in catalogue.venues()}
    assert offer("show", "") == ["file,", "plain,example_exchange", "plain,house"]


def test_the_days_of_an_asset_are_offered(offer: Offer) -> None:
    """Proves that days are those of the asset that was typed, whatever stands between, and of no other."""
    days = [f"plain,{found.as_of}" for found in Fixtures(DATA).snapshots("ALPHA")]
    assert offer("assess", "ALPHA", "--as-of", "") == days
    assert offer("assess", "ALPHA", "--json", "--as-of", "") == days
    assert offer("assess", "--as-of", "") == []


def test_what_can_be_explained_is_offered(offer: Offer, checkout: Path) -> None:
    """Proves that codes, rules, params and derived names of the rulebook asked about are offered."""
    found = set(offer("explain", ""))
    assert {"plain,E0204", "plain,HC-BASE", "plain,own_paper", "plain,own_paper_limit"} <= found
    tiny = str(checkout / "tests/rulebook/sound.yaml")
    assert "plain,CLS-LAYER" not in offer("explain", "--rulebook", tiny, "CLS-")
    assert offer("explain", "--rulebook", tiny, "CLS-") == ["plain,CLS-010", "plain,CLS-020", "plain,CLS-900"]
    assert "plain,scorecards.backing" in offer("show", tiny, "--section", "")


def test_case_does_not_matter(offer: Offer) -> None:
    """Proves that a name is found however it is typed, as names of assets have capitals in odd places."""
    assert "plain,ALPHA" in offer("assess", "alp")
    assert offer("explain", "hc-base") == ["plain,HC-BASE"]
    assert "plain,liquidity.supply" in offer("facts", "LIQUIDITY.S")


def test_each_shell_has_its_script(run: Run) -> None:
    """Proves that the script of each shell asks by the variable that `pegmark` listens to."""
    for name in SHELLS:
        ran = run("completion", name)
        assert (ran.code, ran.err) == (0, "")
        assert f"{COMPLETING}={name}_complete" in ran.out
    ran = run("completion", "powershell")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PEGMARK_PORT", "many"), ("PEGMARK_RULES", "/nowhere"), ("PEGMARK_RULEBOK", "house")],
)
def test_nothing_is_said_where_nothing_can_be_offered(
    offer: Offer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """Proves that a wrong setting, a verb that is none and a rulebook that is none spoil no command line."""
    assert offer("nonsense", "") == []
    assert offer("explain", "--rulebook", "no/such", "") == []
    monkeypatch.setenv(variable, value)
    assert offer("assess", "") == offer("explain", "") == []


def test_a_shell_that_asks_wrongly_gets_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an unknown shell, or one that does not say what was typed, ends the process with 1."""
    for name in ("COMP_WORDS", "COMP_CWORD"):
        monkeypatch.delenv(name, raising=False)
    assert answer("csh_complete") == 1
    assert answer("bash_complete") == 1
    monkeypatch.setenv(COMPLETING, "bash_complete")
    with pytest.raises(SystemExit) as stop:
        main(["facts"])
    assert stop.value.code == 1


def test_tab_is_answered_without_the_web_server(checkout: Path) -> None:
    """Proves that to complete a verb none of them is imported, and for a fact no rulebook."""
    program = "import sys; sys.argv = ['pegmark']; import atexit\n"
    program += "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    program += "from pegmark.cli import main; main()"
    for words, unwanted in (
        ("pegmark ", {"litestar", "pydantic", "pegmark.rulebook", "pegmark.cli.serve", "pegmark.cli.assess"}),
        ("pegmark facts ", {"litestar", "pydantic", "yaml", "pegmark.rulebook", "pegmark.engine"}),
    ):
        asked = {COMPLETING: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment(checkout, **asked),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout
        assert set(done.stderr.split()) & unwanted == set()
