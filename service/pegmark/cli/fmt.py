"""`pegmark fmt`: lay out rulebooks and suites in the one way, comments and meaning kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import NoReturn

import click

from pegmark.authoring.format import formatted
from pegmark.cli.output import write
from pegmark.cli.refusal import NOWHERE
from pegmark.cli.terminal import complain, say, style_of
from pegmark.cli.verbs import REFUSED, complain_of
from pegmark.problems import Problem, Span
from pegmark.rulebook.decoding import MAX_BYTES
from pegmark.rulebook.load import read_files

STANDARD_INPUT = Path("-")


@click.command(
    epilog="""\b
Examples:
  pegmark fmt rules/house
  pegmark fmt --check rules
  pegmark fmt --diff rules/house/caps.yaml
  pegmark fmt - < rules/house/caps.yaml

\b
PATH is a YAML file, a folder of them (what is hidden is left out), or `-` for standard
input, which is printed. No comment is lost, and no rule means anything else.

\b
Exit codes: 0 done · 1 a file cannot be read, or with --check is laid out otherwise ·
2 wrong use, or no such path."""
)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH…",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
)
@click.option("--check", "is_check", is_flag=True, help="Write nothing; list what would change, and fail.")
@click.option("--diff", "is_diff", is_flag=True, help="Write nothing; print what would change.")
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], is_check: bool, is_diff: bool) -> None:
    """Lay out rulebooks and suites in the one way, comments and meaning kept."""
    is_piped = STANDARD_INPUT in paths
    if is_piped and len(paths) > 1:
        raise click.UsageError("standard input is laid out alone")
    files, problems = _standard_input() if is_piped else _read(paths)
    changed, same = {}, 0
    for name, data in files.items():
        new, found = formatted(data, name)
        problems += found
        if new is None:
            continue
        if is_piped and not (is_check or is_diff):
            click.echo(new, nl=False)
        if new == data:
            same += 1
        else:
            changed[name] = new
    complain_of(problems)
    if is_diff:
        for name, new in changed.items():
            _print_diff(name, files[name], new)
    elif is_check:
        _list(changed, same)
    elif not is_piped:
        for name, new in changed.items():
            write(name, new)
            say(f"laid out: {name}")
        if changed or same:
            say(_count(len(changed), same))
    if is_check and changed:
        otherwise = "1 file is" if len(changed) == 1 else f"{len(changed)} files are"
        complain(f"{otherwise} laid out otherwise", "run `pegmark fmt` on the same paths")
    context.exit(REFUSED if problems or (is_check and changed) else 0)


def _list(changed: Collection[str], same: int) -> None:
    for name in changed:
        say(f"would be laid out: {name}")
    if same and not changed:
        say(_count(0, same))


def _count(changed: int, same: int) -> str:
    """Return how many files there were.

    >>> _count(1, 25), _count(2, 0), _count(0, 1)
    ('1 file laid out, 25 as they were', '2 files laid out', '1 file as it was')
    """
    were = "as it was" if same == 1 else "as they were"
    if not changed:
        return f"{same} file{'s' * (same != 1)} {were}"
    laid_out = f"{changed} file{'s' * (changed != 1)} laid out"
    return f"{laid_out}, {same} {were}" if same else laid_out


def _print_diff(name: str, old: bytes, new: bytes) -> None:
    style = style_of(sys.stdout)
    colours = {"+": "green", "-": "red"}
    lines = unified_diff(old.decode().split("\n"), new.decode().split("\n"), name, name, lineterm="")
    for line in lines:
        say(style.paint(line, fg=colours.get(line[:1])))


def _standard_input() -> tuple[dict[str, bytes], list[Problem]]:
    return {"standard input": sys.stdin.buffer.read(MAX_BYTES + 1)}, []


def _read(paths: Sequence[Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """Return every file that is meant, by name, and why others cannot be read."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in paths:
        found = sorted(_yaml_files(path)) if path.is_dir() else [path]
        if not found:
            problems.append(_nothing(path))
        for file in found:
            read, slips = read_files(file)
            files |= read
            problems += slips
    return files, problems


def _nothing(path: Path) -> Problem:
    span = Span(path.as_posix(), NOWHERE, NOWHERE)
    return Problem("E0013", "no YAML file is here", span, "name a folder of rules, or a file")


def _yaml_files(folder: Path) -> Iterator[Path]:
    """Yield the YAML files of a folder and of those in it, but for what is hidden."""
    for at, folders, names in os.walk(folder, onerror=_stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(at, name) for name in names if name.endswith(".yaml") and not name.startswith("."))


def _stop(error: OSError) -> NoReturn:
    raise error
