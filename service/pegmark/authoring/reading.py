"""Files of a folder `tests` to suites, or every problem in them.

Fixtures and venues are known in all files of the folder, whichever declares them. The rulebook is needed
to read a suite: it says which rules, classes and bands there are to be expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from pegmark.authoring.claims import Specs, claim_of, facts_of
from pegmark.authoring.forms import WAYS, expectation
from pegmark.authoring.outputs import REFUSAL, NoSuchOutput, Output, Outputs
from pegmark.authoring.suite import ORIGINS, VENUE, Case, Claim, Expected, Setting, Suite, VenueSetting, Word
from pegmark.authoring.values import number, when
from pegmark.language import nearest, shown
from pegmark.problems import Position, Problem, Related, Span
from pegmark.rulebook import source as yaml
from pegmark.rulebook.program import Program
from pegmark.rulebook.reading import Enough, Reader

ASKED = ("like", "asset", "at", "venue", "size", "sizes", "facts", "layers", "note")
"""What a fixture may say, and a case and a table besides their own."""
COLUMNS = ("like", "asset", "at", "venue", "size")
"""What a column of a table may be, besides a fact."""
MOST_SIZES = 16
LEAST_SIZE, MOST_SIZE = 1.0, 1e12
SECTIONS = ("fixtures", "venues", "cases", "tables")


def read_suites(
    files: Mapping[str, bytes],
    program: Program,
    specs: Specs,
    wanted: Iterable[str] | None = None,
    reader: Reader | None = None,
) -> tuple[list[Suite], list[Problem]]:
    """Return the suites of files that stand together, and every problem by file and position.

    `specs` are the facts that may be stated, the rulebook's own among them. Cases are those of the files
    `wanted`, of all by default; fixtures are those of all. A `reader` of your own sees what is read.
    """
    reader = reader or Reader()
    suites: list[Suite] = []
    with suppress(Enough):
        suites = list(_suites(reader, files, program, specs, set(files if wanted is None else wanted)))
    problems = sorted(reader.problems, key=_place)
    return ([] if any(found.severity == "error" for found in problems) else suites), problems


def read_settings(
    files: Mapping[str, bytes], specs: Specs
) -> tuple[Mapping[str, Setting], Mapping[str, Setting]]:
    """Return the fixtures, and the venues, that the files of sound suites declare."""
    reader = Reader()
    trees = [
        reader.mapping(tree, "", ["suite"], SECTIONS)
        for name, data in sorted(files.items())
        if (tree := yaml.parse(data, name)[0]) is not None
    ]
    return _Named(reader, specs, trees).settings()


def _place(problem: Problem) -> tuple[Span, str]:
    return problem.span or Span("", Position(0, 0), Position(0, 0)), problem.code


def _suites(
    reader: Reader, files: Mapping[str, bytes], program: Program, specs: Specs, wanted: set[str]
) -> Iterator[Suite]:
    allowance = yaml.Allowance()
    trees: dict[str, dict[str, yaml.Node]] = {}
    for name, data in sorted(files.items()):
        sound = len(reader.problems)
        tree = reader.tree(data, name, allowance)
        reader.problems[sound:] = map(_of_suite, reader.problems[sound:])
        if tree is not None:
            trees[name] = reader.mapping(tree, "", ["suite"], SECTIONS)
    named = _Named(reader, specs, trees.values())
    outputs = Outputs(program)
    for name, sections in trees.items():
        read = _File(reader, specs, named, outputs, PurePath(name).stem)
        title = reader.text(sections.get("suite"), "suite")
        cases = tuple(read.cases(sections.get("cases")))
        cases += tuple(read.tables(sections.get("tables")))
        if name in wanted:
            yield Suite(name, read.stem, title, cases, named.declared_by(sections))


def _of_suite(problem: Problem) -> Problem:
    """Return a problem of form as one of a suite, which is no rulebook."""
    begin = "begin with `suite:` and `cases:`"
    if problem.code == "E0303" and not problem.yaml_path:
        return replace(problem, message="the file is not a mapping", help=begin)
    return replace(problem, help=begin) if problem.code == "E0012" else problem


@dataclass(frozen=True, slots=True)
class _Declared:
    """A fixture or venue as it is written, until somebody asks for it."""

    word: yaml.Scalar
    node: yaml.Node
    path: str


class _Named:
    """The fixtures and venues of all files, each read when it is first asked for."""

    def __init__(self, reader: Reader, specs: Specs, trees: Iterable[Mapping[str, yaml.Node]]) -> None:
        self.reader = reader
        self.specs = specs
        self._declared: dict[str, dict[str, _Declared]] = {"fixtures": {}, "venues": {}}
        self._settings: dict[str, Setting] = {}
        self._venues: dict[str, VenueSetting] = {}
        self._open: list[str] = []
        for sections in trees:
            for section, declared in self._declared.items():
                self._declare(sections.get(section), section, declared)
        # Read all of them: what nobody uses is checked too.
        for name in self._declared["fixtures"]:
            self.fixture(name)
        for name in self._declared["venues"]:
            self.own_venue(name)

    def _declare(self, node: yaml.Node | None, section: str, declared: dict[str, _Declared]) -> None:
        for word, value in self.reader.entries(node, section):
            path = f"{section}.{word.text}"
            if word.text in declared:
                first = Related("first used here", declared[word.text].word.span)
                message = f"{section[:-1]} `{shown(word.text)}` is declared twice"
                self.reader.report("E0308", message, word.span, path, "choose another name", (first,))
                continue
            declared[word.text] = _Declared(word, value, path)

    def settings(self) -> tuple[Mapping[str, Setting], Mapping[str, Setting]]:
        """Return every fixture, and every venue as what a case says that names it."""
        fixtures = {name: self.fixture(name) or Setting() for name in self._declared["fixtures"]}
        venues = {name: Setting(venue=self.own_venue(name)) for name in self._declared["venues"]}
        return fixtures, venues

    def fixture(self, name: str) -> Setting | None:
        """Return a fixture with what it inherits; None where there is none, or after reporting."""
        declared = self._declared["fixtures"].get(name)
        if declared is None:
            return None
        if name not in self._settings:
            self._settings[name] = Setting()
            self._open.append(name)
            found = self.reader.mapping(declared.node, declared.path, optional=ASKED)
            self._settings[name] = self.setting(found, declared.path)
            self._open.remove(name)
        return self._settings[name]

    def declared_by(self, sections: Mapping[str, yaml.Node]) -> dict[str, Setting]:
        """Return the fixtures that a file declares."""
        words = [word for word, _ in self.reader.entries(sections.get("fixtures"), "fixtures")]
        found = {word.text: self.fixture(word.text) for word in words}
        return {name: setting for name, setting in found.items() if setting is not None}

    def own_venue(self, name: str) -> VenueSetting | None:
        """Return a venue of the suites; None where there is none of that name."""
        declared = self._declared["venues"].get(name)
        if declared is None:
            return None
        key = f"{VENUE}{name}"
        if name not in self._venues:
            self._venues[name] = VenueSetting()
            self._open.append(key)
            path = declared.path
            found = self.reader.mapping(declared.node, path, optional=("like", "facts", "note"))
            base = VenueSetting()
            if (word := self.word(found.get("like"), f"{path}.like")) is not None:
                base = self._base_venue(word, f"{path}.like")
            own = facts_of(self.reader, found.get("facts"), f"{path}.facts", self.specs, "venue")
            self._venues[name] = VenueSetting(base.stored, {**base.facts, **own})
            self._open.remove(key)
        return self._venues[name]

    def _base_venue(self, word: Word, path: str) -> VenueSetting:
        if f"{VENUE}{word.text}" in self._open:
            self._circular(word, path)
            return VenueSetting()
        return self.venue(word)

    def venue(self, word: Word) -> VenueSetting:
        """Return a venue by its name: one of the suites, or one that is stored."""
        own = self.own_venue(word.text)
        return VenueSetting(word) if own is None else own

    def like(self, word: Word, path: str) -> Setting:
        """Return the fixture that another, or a case, is like."""
        if word.text in self._open:
            self._circular(word, path)
            return Setting()
        found = self.fixture(word.text)
        if found is None:
            names = self._declared["fixtures"]
            near = nearest(word.text, names)
            hint = f"did you mean `{near}`?" if near else "declare it under `fixtures`"
            self.reader.report("T0003", f"there is no fixture `{shown(word.text)}`", word.span, path, hint)
        return found or Setting()

    def _circular(self, word: Word, path: str) -> None:
        message = f"`{shown(word.text)}` rests on itself"
        self.reader.report("T0004", message, word.span, path, "say what is alike in one of them")

    def setting(self, found: Mapping[str, yaml.Node], path: str) -> Setting:
        """Return what a fixture, case or table asks, with what it inherits."""
        reader = self.reader
        own = Setting(
            self.word(found.get("asset"), f"{path}.asset"),
            self.day(found.get("at"), f"{path}.at"),
            self.named_venue(found.get("venue"), f"{path}.venue"),
            self._sizes(found, path),
            facts_of(reader, found.get("facts"), f"{path}.facts", self.specs),
            dict(self._layers(found.get("layers"), f"{path}.layers")),
        )
        if "note" in found:
            reader.text(found["note"], f"{path}.note")
        word = self.word(found.get("like"), f"{path}.like")
        return own if word is None else own.over(self.like(word, f"{path}.like"))

    def day(self, node: yaml.Node | None, path: str) -> Word | None:
        """Return as of when to decide."""
        scalar = self.reader.scalar(node, path)
        if scalar is None or when(self.reader, scalar, path) is None:
            return None
        return Word(scalar.text, scalar.span)

    def named_venue(self, node: yaml.Node | None, path: str) -> VenueSetting | None:
        """Return the venue that is named, if one is."""
        word = self.word(node, path)
        return None if word is None else self.venue(word)

    def size(self, node: yaml.Node | None, path: str) -> float | None:
        """Return a size in USD."""
        scalar = self.reader.scalar(node, path)
        if scalar is None:
            return None
        return number(self.reader, scalar, path, "USD", LEAST_SIZE, MOST_SIZE)

    def _sizes(self, found: Mapping[str, yaml.Node], path: str) -> tuple[float, ...]:
        reader = self.reader
        if "size" in found and "sizes" in found:
            help = "write `sizes: [$1M, $10M]`"
            reader.report("E0301", "`size` beside `sizes`", found["size"].span, f"{path}.size", help)
        if "size" in found:
            one = self.size(found["size"], f"{path}.size")
            return () if one is None else (one,)
        sizes = [self.size(item, at) for item, at in reader.items(found.get("sizes"), f"{path}.sizes", 1)]
        if len(sizes) > MOST_SIZES:
            message = f"{len(sizes)} sizes; at most {MOST_SIZES} are decided at once"
            reader.report("E0303", message, found["sizes"].span, f"{path}.sizes", "leave some out")
        return tuple(size for size in sizes if size is not None)

    def _layers(self, node: yaml.Node | None, path: str) -> Iterator[tuple[str, Setting | None]]:
        for key, value in self.reader.entries(node, path):
            at = f"{path}.{key.text}"
            if isinstance(value, yaml.Scalar) and value.is_null:
                yield key.text, None
            elif (word := self.word(value, at)) is not None:
                yield key.text, self.like(word, at)

    def word(self, node: yaml.Node | None, path: str) -> Word | None:
        """Return a text, and where it stands."""
        scalar = self.reader.scalar(node, path)
        if scalar is None or not self.reader.text(scalar, path):
            return None
        return Word(scalar.text, scalar.span)


class _File:
    """Reads the cases and tables of one file."""

    def __init__(self, reader: Reader, specs: Specs, named: _Named, outputs: Outputs, stem: str) -> None:
        self.reader = reader
        self.specs = specs
        self.named = named
        self.outputs = outputs
        self.stem = stem
        self._names: dict[str, Span] = {}

    def cases(self, node: yaml.Node | None) -> Iterator[Case]:
        for item, path in self.reader.items(node, "cases"):
            found = self.reader.mapping(item, path, ("case", "expect"), ("origin", *ASKED))
            name = self._name(found.get("case"), f"{path}.case")
            setting = self.named.setting(found, path)
            expected = list(self._expected(found.get("expect"), f"{path}.expect"))
            self._mind_nothing(found.get("expect"), f"{path}.expect")
            origin = self._origin(found.get("origin"), f"{path}.origin")
            if name is not None:
                yield self._case(name, None, name.span, setting, expected, path, origin)

    def tables(self, node: yaml.Node | None) -> Iterator[Case]:
        for item, path in self.reader.items(node, "tables"):
            found = self.reader.mapping(item, path, ("table", "given", "expect", "rows"), ASKED)
            name = self._name(found.get("table"), f"{path}.table")
            setting = self.named.setting(found, path)
            given = self._columns(found.get("given"), f"{path}.given")
            outputs = [
                self._output(scalar, scalar.text, at)
                for scalar, at in self._scalars(found.get("expect"), f"{path}.expect")
            ]
            if name is None or not outputs or any(one is None for one in (*given, *outputs)):
                self._mind_nothing(found.get("expect"), f"{path}.expect")
                continue
            columns = [one for one in given if one is not None]
            expects = [one for one in outputs if one is not None]
            for row, cells, at, span in self._rows(found.get("rows"), f"{path}.rows"):
                if len(cells) != len(columns) + len(expects):
                    self._misfit(span, at, len(cells), len(columns), len(expects))
                    continue
                asked = self._given(setting, columns, cells, at)
                expected = list(self._cells(expects, cells[len(columns) :], at))
                yield self._case(name, row, span, asked, expected, at)

    def _case(
        self,
        name: yaml.Scalar,
        row: str | None,
        span: Span,
        setting: Setting,
        expected: list[Expected],
        path: str,
        origin: str | None = None,
    ) -> Case:
        self._mind_refusal(expected, path)
        self._mind_sizes(expected, setting, path)
        return Case(self.stem, " ".join(name.text.split()), row, span, setting, tuple(expected), origin)

    def _origin(self, node: yaml.Node | None, path: str) -> str | None:
        scalar = self.reader.scalar(node, path)
        if scalar is None:
            return None
        found: str | None = self.reader.choice(scalar, path, ORIGINS)
        return found

    def _name(self, node: yaml.Node | None, path: str) -> yaml.Scalar | None:
        scalar = self.reader.scalar(node, path)
        if scalar is None or not self.reader.text(scalar, path):
            return None
        self.reader.is_twice(scalar, self._names, path, "name")
        return scalar

    # Expectations

    def _expected(self, node: yaml.Node | None, path: str, prefix: str = "") -> Iterator[Expected]:
        """Yield the expectations of a mapping; one within it is a level of names."""
        for key, value in self.reader.entries(node, path):
            name, at = f"{prefix}{key.text}", f"{path}.{key.text}"
            if isinstance(value, yaml.Mapping) and self._is_level(name, value):
                yield from self._expected(value, at, f"{name}.")
                continue
            output = self._output(key, name, at)
            if output is not None:
                yield from self._of(output, value, at)

    def _is_level(self, name: str, node: yaml.Mapping) -> bool:
        """Tell whether a mapping is a level of names, and not what a list has and lacks."""
        return self.outputs.is_level(name) and any(key.text not in WAYS for key, _ in node.entries)

    def _of(self, output: Output, node: yaml.Node, path: str) -> Iterator[Expected]:
        found = expectation(self.reader, node, path, output)
        if found is not None:
            yield Expected(output, found, node.span)

    def _output(self, word: yaml.Scalar, name: str, path: str) -> Output | None:
        try:
            return self.outputs.find(name)
        except NoSuchOutput as none:
            self.reader.report(none.code, none.message, word.span, path, none.help)
            return None

    def _mind_nothing(self, node: yaml.Node | None, path: str) -> None:
        """Report expectations of which there are none."""
        if (isinstance(node, yaml.Mapping) and not node.entries) or (
            isinstance(node, yaml.Sequence) and not node.items
        ):
            self.reader.report(
                "T0002", "nothing is expected", node.span, path, "name an output, like `class`"
            )

    def _mind_refusal(self, expected: list[Expected], path: str) -> None:
        """Report what is expected of a decision where a refusal is expected."""
        refusal = next((one for one in expected if one.output.name == REFUSAL), None)
        others = [one for one in expected if one.output.name != REFUSAL]
        if refusal is not None and others and refusal.expectation.text not in ("[]", "any"):
            message = f"a question that is refused has no `{others[0].output.name}`"
            self.reader.report("T0013", message, others[0].span, path, f"expect `{REFUSAL}` alone")

    def _mind_sizes(self, expected: list[Expected], setting: Setting, path: str) -> None:
        """Report what is expected at a size that is not asked about."""
        for one in expected:
            size = one.output.size
            if size is not None and size not in setting.sizes:
                message = f"`{one.output.name}` is at a size that is not asked about"
                self.reader.report("T0012", message, one.span, path, "add it to `sizes`")

    # Tables

    def _columns(self, node: yaml.Node | None, path: str) -> list[yaml.Scalar | None]:
        """Return the names of what a table's rows state; None for each that is nothing."""
        return [
            scalar if scalar.text in COLUMNS or self._is_fact(scalar, at) else None
            for scalar, at in self._scalars(node, path)
        ]

    def _scalars(self, node: yaml.Node | None, path: str) -> list[tuple[yaml.Scalar, str]]:
        found = [(self.reader.scalar(item, at), at) for item, at in self.reader.items(node, path)]
        return [(scalar, at) for scalar, at in found if scalar is not None]

    def _is_fact(self, scalar: yaml.Scalar, path: str) -> bool:
        if scalar.text in self.specs:
            return True
        near = nearest(scalar.text, [*self.specs, *COLUMNS])
        hint = f"did you mean `{near}`?" if near else "`pegmark facts` lists what may be known"
        self.reader.report("T0007", f"there is no fact `{shown(scalar.text)}`", scalar.span, path, hint)
        return False

    def _rows(
        self, node: yaml.Node | None, path: str
    ) -> Iterator[tuple[str, tuple[yaml.Node, ...], str, Span]]:
        """Yield rows by name: those of a mapping by their keys, those of a list by their numbers."""
        rows: list[tuple[str, yaml.Node, str, Span]]
        if isinstance(node, yaml.Mapping):
            rows = [(key.text, row, f"{path}.{key.text}", key.span) for key, row in node.entries]
        else:
            found = enumerate(self.reader.items(node, path, least=1), start=1)
            rows = [(f"row {n}", row, at, row.span) for n, (row, at) in found]
        if isinstance(node, yaml.Mapping) and not rows:
            self.reader.report("E0303", "the table has no rows", node.span, path, "write `name: [cells]`")
        for name, row, at, span in rows:
            if isinstance(row, yaml.Sequence):
                yield name, row.items, at, span
            else:
                list(self.reader.items(row, at))  # Reports that this is no list.

    def _misfit(self, span: Span, path: str, cells: int, given: int, expects: int) -> None:
        message = f"the row has {cells} cells, and the table {given + expects} columns"
        help = f"first {given} of `given`, then {expects} of `expect`; `null` is not known, `any` not minded"
        self.reader.report("T0014", message, span, path, help)

    def _given(
        self, setting: Setting, columns: list[yaml.Scalar], cells: tuple[yaml.Node, ...], path: str
    ) -> Setting:
        """Return what a row asks: what its cells say, over what its fixture says, over the table."""
        facts: dict[str, Claim] = {}
        asked: dict[str, Any] = {}
        base = setting
        for column, cell in zip(columns, cells, strict=False):
            at = f"{path}.{column.text}"
            match column.text:
                case "like":
                    word = self.named.word(cell, at)
                    base = base if word is None else setting.over(self.named.like(word, at))
                case "asset":
                    asked["asset"] = self.named.word(cell, at)
                case "at":
                    asked["at"] = self.named.day(cell, at)
                case "venue":
                    asked["venue"] = self.named.named_venue(cell, at)
                case "size":
                    size = self.named.size(cell, at)
                    asked["sizes"] = () if size is None else (size,)
                case name:
                    claim = claim_of(self.reader, cell, at, self.specs[name])
                    if claim is not None:
                        facts[name] = claim
        return Setting(**asked, facts=facts).over(base)

    def _cells(self, outputs: list[Output], cells: tuple[yaml.Node, ...], path: str) -> Iterator[Expected]:
        for output, cell in zip(outputs, cells, strict=True):
            yield from self._of(output, cell, f"{path}.{output.name}")
