"""An overlay: a rulebook that rests on another and says only what it changes.

Its changes are made on the nodes of the base, before anything is read, so that whatever holds of a
rulebook is checked of what comes out, and every problem points at the file that says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import Literal

from pegmark.language import nearest, shown
from pegmark.problems import Problem, Related, Span
from pegmark.rulebook.changes import Changes
from pegmark.rulebook.decoding import whole
from pegmark.rulebook.places import Places
from pegmark.rulebook.program import Extension, Program
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Mapping, Node, Scalar
from pegmark.rulebook.targets import IDENTITY

MARKS = ("extends", "mode", "changes")
"""Sections by which an overlay is told from a rulebook that stands alone."""
ADDED = ("sources", "retired", "facts", "params", "derive")
"""Sections that an overlay may add to: what stands in them goes by name."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)

Trees = Lookup[str, Mapping]


@dataclass(frozen=True, slots=True)
class Base:
    """What an overlay rests on: its trees, its program where it has one, and what is wrong with it."""

    trees: Trees
    program: Program | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Pin:
    """What `extends` says: the base, where it is if not beside, and the digest of what it means."""

    rulebook: str
    digest: str
    path: str | None
    named: Span
    pinned: Span


def is_overlay(trees: Trees) -> bool:
    """Tell whether any file holds a section that only overlays have."""
    return any(key.text in MARKS for tree in trees.values() for key, _ in tree.entries)


def read_pin(reader: Reader, node: Node | None) -> Pin | None:
    """Return what `extends` says, or None where it names no rulebook."""
    entry = reader.mapping(node, "extends", ("rulebook", "digest"), ("path",))
    named = reader.scalar(entry.get("rulebook"), "extends.rulebook")
    digest = reader.scalar(entry.get("digest"), "extends.digest")
    path = reader.text(entry["path"], "extends.path") if "path" in entry else None
    if digest is not None and not _DIGEST.fullmatch(digest.text):
        message = f"`{shown(digest.text)}` is no digest"
        hint = "write `sha256:` and 64 digits, as `pegmark show RULEBOOK --digest` prints it"
        reader.report("E0402", message, digest.span, "extends.digest", hint)
        digest = None
    if named is None:
        return None
    name = reader.name(named, "extends.rulebook")
    return Pin(
        name, "" if digest is None else digest.text, path, named.span, digest.span if digest else named.span
    )


def merge(reader: Reader, trees: Trees, base: Base) -> tuple[dict[str, Mapping], Extension] | None:
    """Return the base's trees with the changes made and what the overlay adds, or None after an error."""
    found = _sections(reader, trees)
    first = whole(next(iter(trees)))
    for name in ("rulebook", "language", "version", "owners", *MARKS):
        if name not in found:
            reader.report("E0302", f"section `{name}` is missing", first, name, f"add `{name}:`")
    pin = read_pin(reader, found.get("extends"))
    mode: Literal["tighten", "free"] = reader.choice(found.get("mode"), "mode", ("tighten", "free"), "free")
    if pin is None or not _rests(reader, pin, base):
        return None
    if mode == "free" and isinstance(told := found.get("mode"), Scalar):
        message, hint = (
            "`free` is held to nothing: no proof ties it to its base",
            "have another person approve it",
        )
        reader.report("A0401", message, told.span, "mode", hint, severity="warning")
    places = Places(base.trees)
    changes = Changes(reader, places)
    changes.read(found.get("changes"))
    if any(problem.severity == "error" for problem in reader.problems):
        return None
    merged = {
        name: places.edited(name, _without(tree, IDENTITY), changes.edits)
        for name, tree in base.trees.items()
    }
    merged |= {name: _without(tree, MARKS) for name, tree in trees.items()}
    if (brought := changes.sections()) is not None:
        merged[""] = brought
    return merged, Extension(pin.rulebook, pin.digest, mode, tuple(changes.made))


def _sections(reader: Reader, trees: Trees) -> dict[str, Node]:
    """Return the overlay's own sections; what is the base's alone is reported."""
    found: dict[str, Node] = {}
    keys: dict[str, Span] = {}
    allowed = dict.fromkeys((*IDENTITY, *MARKS, *ADDED))
    for tree in trees.values():
        for key, node in tree.entries:
            name = key.text
            if name not in allowed:
                near = nearest(name, allowed)
                hint = (
                    f"did you mean `{near}`?"
                    if near
                    else "change what the base says under `changes`, by rule id"
                )
                message = f"an overlay has no section `{shown(name)}`"
                reader.report("E0405", message, key.span, name, hint)
            elif name in found and name in MARKS:
                related = (Related("first here", keys[name]),)
                message = f"section `{name}` stands in two files"
                reader.report("E0305", message, key.span, name, "put it together in one", related)
            else:
                keys.setdefault(name, key.span)
                found.setdefault(name, node)
    return found


def _rests(reader: Reader, pin: Pin, base: Base) -> bool:
    """Tell whether the base is there to be changed; report where it is not, or is not the one pinned."""
    if not base.trees and not base.problems:
        message, hint = (
            f"no rulebook `{shown(pin.rulebook)}` is here to extend",
            "put it beside the overlay, or say where it is with `path`",
        )
        reader.report("E0401", message, pin.named, "extends.rulebook", hint)
        return False
    if is_overlay(base.trees):
        message = f"`{shown(pin.rulebook)}` is an overlay itself"
        hint = "extend what it extends, and repeat its changes"
        reader.report("E0403", message, pin.named, "extends.rulebook", hint)
        return False
    if base.program is None:
        first = next(problem for problem in base.problems if problem.severity == "error")
        related = (Related(f"{first.code}: {first.message}", first.span),) if first.span else ()
        message = f"`{shown(pin.rulebook)}` is refused, and nothing can extend it"
        reader.report("E0404", message, pin.named, "extends.rulebook", "mend the base first", related)
        return False
    if pin.rulebook != base.program.id:
        message = f"the rulebook there is `{base.program.id}`, not `{shown(pin.rulebook)}`"
        reader.report("E0401", message, pin.named, "extends.rulebook", f"write `rulebook: {base.program.id}`")
        return False
    if pin.digest and pin.digest != base.program.resolved_digest:
        message = f"`{pin.rulebook}` is not the one that is pinned"
        note = f"pinned is `{pin.digest}`, and it is `{base.program.resolved_digest}`"
        command = f"`pegmark show {_where(base.trees, pin)} --digest`"
        hint = f"see what has changed in it, then pin what {command} prints"
        reader.report("E0402", message, pin.pinned, "extends.digest", hint, note=note)
    return True


def _where(trees: Trees, pin: Pin) -> str:
    """Return how the base is named on a command line: the folder its header lies in, or its name."""
    for file, tree in trees.items():
        if any(key.text == "rulebook" for key, _ in tree.entries):
            folder = file.rpartition("/")[0]
            return folder if len(trees) > 1 and folder else file if len(trees) == 1 else pin.rulebook
    return pin.rulebook


def _without(tree: Mapping, names: tuple[str, ...]) -> Mapping:
    return Mapping(tuple(entry for entry in tree.entries if entry[0].text not in names), tree.span)
