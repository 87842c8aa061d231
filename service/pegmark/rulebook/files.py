"""The files of a rulebook: which of a folder's are its own, and how many and how large they may be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pegmark.data import data_root
from pegmark.problems import Problem
from pegmark.rulebook.decoding import MAX_BYTES, whole

MAX_FILES = 64
MAX_TOTAL = 2 * MAX_BYTES
MAX_SEEN = 10_000
"""How many files of a folder are looked at, its own or not."""
NORMAL = "normal.yaml"
_TESTS = "tests"


def read_files(path: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the YAML files of a rulebook by the name they are reported under.

    A folder's files end in `.yaml`; what is hidden or under `tests` is not the rulebook's.
    """
    try:
        if not path.is_dir():
            return ({path.as_posix(): _read(path)}, []) if path.exists() else ({}, [_nothing(path)])
        if (path / NORMAL).is_file():
            return {}, [_several(path)]
        paths = []
        problems = []
        for found in _walk(path):
            if found.suffix == ".yaml":
                paths.append(found)
            elif found.suffix.lower() in (".yml", ".yaml"):
                message, help = "files of a rulebook end in `.yaml`", f"rename it to `{found.stem}.yaml`"
                problems.append(Problem("E0015", message, whole(found.as_posix()), help))
        if len(paths) > MAX_FILES:
            return {}, [_too_many(path.as_posix(), len(paths))]
        files = {found.as_posix(): _read(found) for found in sorted(paths)}
    except OSError as error:
        where = os.fspath(error.filename) if error.filename else path.as_posix()
        message = f"cannot be read: {(error.strerror or 'no reason given').lower()}"
        return {}, [Problem("E0013", message, whole(str(where)), "see its permissions and what it is")]
    return files, problems or ([] if files else [_nothing(path)])


def _nothing(path: Path) -> Problem:
    return Problem("E0013", "no rulebook is here", whole(path.as_posix()), "name a folder of YAML files")


def _several(path: Path) -> Problem:
    """Return the problem of a folder that holds rulebooks: the filling-in stands beside them."""
    books = sorted(found for found in path.iterdir() if found.is_dir() and not found.name.startswith("."))
    help = f"name one in it, as `{books[0].as_posix()}`" if books else "name a folder of YAML files"
    return Problem("E0013", "this is a folder of rulebooks, not one", whole(path.as_posix()), help)


def _too_many(where: str, count: int) -> Problem:
    message = f"{count} files; a rulebook has at most {MAX_FILES}"
    return Problem("E0014", message, whole(where), "put sections together")


def _walk(path: Path) -> Iterator[Path]:
    """Yield the files of a folder and of those in it; stops at a folder that is no rulebook's."""
    seen = 0
    for folder, folders, names in os.walk(path, onerror=_stop):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != _TESTS)
        seen += len(names)
        if seen > MAX_SEEN:
            raise OSError(0, f"more than {MAX_SEEN:,} files are here", path.as_posix())
        yield from (Path(folder) / name for name in names if not name.startswith("."))


def _stop(error: OSError) -> None:
    raise error


def _read(path: Path) -> bytes:
    """Return a file, and one byte more than is allowed where it is too long."""
    if not path.is_file():
        raise OSError(0, "it is no file" if path.exists() else "it links to nothing", path.as_posix())
    with path.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def oversized(files: Mapping[str, bytes]) -> Problem | None:
    """Return what is wrong with the number and size of a rulebook's files, whoever brings them."""
    if not files:
        return Problem("E0013", "no rulebook is here", None, "name at least one file")
    if len(files) > MAX_FILES:
        return _too_many(next(iter(files)), len(files))
    if sum(map(len, files.values())) > MAX_TOTAL:
        message = f"the files of the rulebook are longer than {MAX_TOTAL:,} bytes together"
        return Problem(
            "E0010", message, whole(next(iter(files))), "let tables and curves say what many rules say"
        )
    return None


def normal_file(rules: Path | None = None) -> tuple[str, bytes]:
    """Return the filling-in, by its name: the one in the folder `rules`, or the one that ships with us."""
    if rules is not None and (own := rules / NORMAL).is_file():
        return own.as_posix(), own.read_bytes()
    return f"rules/{NORMAL}", (data_root() / "rules" / NORMAL).read_bytes()
