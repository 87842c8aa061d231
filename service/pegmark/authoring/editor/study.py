"""All that is known of a rulebook at one moment of its writing.

A file that cannot be read just now, half a line being typed, is heard without that line, or lends what it
last said: the rest of the rulebook does not lose its meaning with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pegmark.authoring.editor.folders import Texts
from pegmark.authoring.editor.listening import Heard, Listener, Tree, Trees
from pegmark.authoring.reading import read_suites
from pegmark.facts.specification import FactSpec
from pegmark.facts.vocabulary import FACTS, READABLE
from pegmark.problems import Problem
from pegmark.rulebook.custom import declared
from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program
from pegmark.rulebook.source import MAX_BYTES, parse

_NOTHING = Tree(None, (), 0)


@dataclass(frozen=True, slots=True)
class Study:
    """A rulebook as it stands; `program` is the last that had no errors, if there was one.

    `sound` are texts that are YAML, whatever is typed; `rules` and `suites` is what was heard of them.
    """

    texts: Texts
    of_rules: tuple[Problem, ...] = ()
    of_suites: tuple[Problem, ...] = ()
    is_right: bool = False
    program: Program | None = None
    sound: Mapping[str, bytes] = field(default_factory=dict)
    rules: Heard = field(default_factory=Heard)
    suites: Heard = field(default_factory=Heard)
    trees: Trees = field(default_factory=dict, repr=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return everything that is wrong; only a right rulebook says what is wrong with its suites."""
        return (*self.texts.problems, *self.of_rules, *(self.of_suites if self.is_right else ()))

    @property
    def custom(self) -> Mapping[str, FactSpec]:
        """Return the facts that the rulebook declares for itself."""
        return {} if self.program is None else declared(self.program.custom)

    @property
    def readable(self) -> Mapping[str, FactSpec]:
        """Return every fact that a rule may read."""
        return {**READABLE, **self.custom}

    @property
    def stated(self) -> Mapping[str, FactSpec]:
        """Return every fact that a suite may state."""
        return {**FACTS, **self.custom}

    def tree(self, file: str) -> Tree:
        """Return what came of a file: of its last text that was YAML."""
        return self.trees.get((file, self.sound.get(file, b"")), _NOTHING)


def study(texts: Texts, before: Study | None = None) -> Study:
    """Return what is known of a rulebook, given what was known of it `before`."""
    known = study_rules(texts, before)
    return study_suites(known, before)


def study_rules(texts: Texts, before: Study | None = None) -> Study:
    """Return what is known of a rulebook, suites left out."""
    before = before or Study(texts)
    if before.rules.keys and texts.judged == before.texts.judged:
        return replace(before, texts=texts, of_suites=(), suites=Heard())
    listener = Listener(before.trees)
    program, problems = check_files(texts.rules, texts.normal, texts.base, listener)
    given = {**texts.rules, texts.normal[0]: texts.normal[1]}
    sound = _sound(given, listener.trees, before.sound)
    trees = {**before.trees, **listener.trees}
    if sound != given and texts.normal[0] in sound and len(sound) > 1:
        # What cannot be read stops all: the rest is heard with what it last said.
        listener = Listener(trees)
        rules = {name: text for name, text in sound.items() if name != texts.normal[0]}
        check_files(rules, (texts.normal[0], sound[texts.normal[0]]), texts.base, listener)
    return Study(
        texts,
        tuple(problems),
        (),
        program is not None,
        program or before.program,
        sound,
        listener.heard,
        trees=_kept(trees, sound),
    )


def study_suites(known: Study, before: Study | None = None) -> Study:
    """Return a study with what is known of its suites, by the last program that had no errors."""
    before = before or known
    given = known.texts.suites
    if known.program is None or not given:
        return known
    trees = {**before.trees, **known.trees}
    listener = Listener(trees)
    _, problems = read_suites(given, known.program, known.stated, reader=listener)
    sound = _sound(given, listener.trees, before.sound)
    trees |= listener.trees
    if sound != given and sound:
        listener = Listener(trees)
        read_suites(sound, known.program, known.stated, reader=listener)
    return replace(
        known,
        of_suites=tuple(problems),
        sound={**known.sound, **sound},
        suites=listener.heard,
        trees=_kept(trees, {**known.sound, **sound}),
    )


def _sound(given: Mapping[str, bytes], trees: Trees, before: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the texts that are YAML; in place of others, what is left of them, or what they were."""
    found = {}
    for name, text in given.items():
        tree = trees.get((name, text), _NOTHING)
        if tree.root is not None:
            found[name] = text
        elif (rest := _without_line(name, text, tree)) is not None:
            found[name] = rest
        elif name in before:
            found[name] = before[name]
    return found


def _without_line(name: str, text: bytes, tree: Tree) -> bytes | None:
    """Return a text without the line that cannot be read, or the one above it; None where that is no help."""
    span = tree.problems[-1].span if tree.problems else None
    if span is None or len(text) > MAX_BYTES:
        return None
    lines = text.split(b"\n")
    for number in (span.start.line, span.start.line - 1):
        if 0 < number <= len(lines):
            rest = b"\n".join([*lines[: number - 1], b"", *lines[number:]])
            if parse(rest, name)[0] is not None:
                return rest
    return None


def _kept(trees: Trees, sound: Mapping[str, bytes]) -> Trees:
    return {(name, text): tree for (name, text), tree in trees.items() if sound.get(name) == text}
