"""`pegmark lsp`, as an editor meets it: a process, and messages over its streams."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from pegmark.rulebook.load import check
from tests.cli.editing.client import Editor


@pytest.fixture
def house(checkout: Path, tmp_path: Path) -> Path:
    """A copy of the house rulebook, with the filling-in beside it."""
    shutil.copytree(checkout / "rules", tmp_path / "rules")
    return tmp_path / "rules/house"


@pytest.fixture(scope="module")
def started() -> Iterator[Editor]:
    """An editor for all tests, which ends its server as editors do."""
    editor = Editor()
    yield editor
    assert editor.end() == 0


@pytest.fixture
def editor(started: Editor) -> Iterator[Editor]:
    """An editor in which nothing is open yet."""
    yield started
    started.close_all()


def names(locations: list[types.Location]) -> list[str]:
    """The names of the files of places."""
    return [location.uri.rpartition("/")[2] for location in locations]


# Marks


def test_a_mistake_is_marked_while_it_stands(editor: Editor, house: Path) -> None:
    """Proves that a mark appears with an edit, not saved, tells its page, and goes when it is mended."""
    uri = editor.open(house / "rating.yaml")
    assert editor.codes(uri) == []
    editor.edit(uri, "peg.discount_now > ", "peg.discount_nov > ")
    (mark,) = editor.codes(uri, "E0201")
    assert mark.message.splitlines() == [
        "unknown name `peg.discount_nov`",
        "did you mean `peg.discount_now`?",
    ]
    assert mark.severity == types.DiagnosticSeverity.Error
    assert mark.code_description is not None
    assert mark.code_description.href.endswith("docs/problems/E0201.md")
    line = editor.text(uri).split("\n")[mark.range.start.line]
    assert line[mark.range.start.character : mark.range.end.character] == "peg.discount_nov"
    editor.edit(uri, "peg.discount_nov", "peg.discount_now")
    assert editor.codes(uri) == []


def test_what_one_file_breaks_in_another_is_marked_there(editor: Editor, house: Path) -> None:
    """Proves that the whole rulebook is checked, with texts that are not saved in place of files."""
    defining = editor.open(house / "derive.yaml")
    editor.edit(defining, "\n  own_paper:", "\n  own_papers:")
    reading = (house / "rating.yaml").as_uri()
    found = editor.marks(reading, until=bool)
    assert {mark.code for mark in found} == {"E0201"}
    editor.edit(defining, "\n  own_papers:", "\n  own_paper:")
    editor.codes(reading)


def test_another_place_that_explains_a_problem_is_led_to(editor: Editor, house: Path) -> None:
    """Proves that a mark leads to where a name was used first."""
    uri = editor.open(house / "rating.yaml")
    editor.edit(uri, "id: KO-GATED", "id: KO-OWN")
    (mark,) = editor.codes(uri, "E0308")
    (related,) = mark.related_information or []
    first = editor.text(uri).split("\n")[related.location.range.start.line]
    assert (related.location.uri, first.strip()) == (uri, "- id: KO-OWN")


def test_suites_are_marked(editor: Editor, house: Path) -> None:
    """Proves that a suite is read by the rules as they stand, not as they were saved."""
    suite, rules = editor.open(house / "tests/caps.yaml"), editor.open(house / "caps.yaml")
    editor.codes(suite)
    editor.edit(rules, "id: CAP-SUPPLY", "id: CAP-ISSUE")
    found = editor.marks(suite, until=bool)
    assert {mark.code for mark in found} >= {"T0011"}
    editor.write(suite, editor.text(suite).replace("CAP-SUPPLY", "CAP-ISSUE"))
    editor.codes(suite)


def test_the_filling_in_is_marked(editor: Editor, house: Path) -> None:
    """Proves that the file beside the rulebooks is checked with them, and marked once."""
    (house.parent / "other").mkdir()
    for file in house.rglob("*.yaml"):
        if "tests" not in file.parts:
            target = house.parent / "other" / file.name
            target.write_bytes(file.read_bytes())
    uri = editor.open(house.parent / "normal.yaml")
    editor.edit(uri, "unit: ratio", "unit: ration")
    assert len(editor.codes(uri, "E0304")) == 1


def test_a_file_that_is_closed_counts_as_it_was_saved(editor: Editor, house: Path) -> None:
    """Proves that what was typed and thrown away leaves no mark, and that a closed rulebook has none."""
    one, other = editor.open(house / "rating.yaml"), editor.open(house / "mark.yaml")
    editor.edit(one, "own_paper", "own_papre")
    editor.codes(one, "E0201")
    editor.close(one)
    editor.codes(one)
    editor.edit(other, "redeems", "redems")
    editor.marks(other, until=bool)
    editor.close(other)
    editor.codes(other)


def test_what_changes_on_disk_is_seen(editor: Editor, house: Path) -> None:
    """Proves that a change by another hand is marked when the editor tells of it."""
    uri = editor.open(house / "rating.yaml")
    editor.codes(uri)
    derive = house / "derive.yaml"
    derive.write_text(derive.read_text().replace("\n  own_paper:", "\n  own_papers:"))
    change = types.FileEvent(derive.as_uri(), types.FileChangeType.Changed)
    editor.tell(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, types.DidChangeWatchedFilesParams([change]))
    assert editor.marks(uri, until=bool)[0].code == "E0201"


def test_marks_come_soon(editor: Editor, house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Proves that marks follow an edit of the house rules within seconds; prints how fast."""
    uri = editor.open(house / "rating.yaml")
    editor.codes(uri)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        editor.edit(uri, "peg.discount_now", "peg.discount_nov")
        editor.codes(uri, "E0201")
        editor.edit(uri, "peg.discount_nov", "peg.discount_now")
        editor.codes(uri)
        took.append((time.perf_counter() - start) / 2)
    with capsys.disabled():
        print(f" {1000 * min(took):.0f} to {1000 * max(took):.0f} ms", end=" ")
    assert min(took) < 10


# Questions


def test_what_a_name_means_is_shown(editor: Editor, house: Path) -> None:
    """Proves that facts, derived names, rules, sources and keys are explained where the pointer rests."""
    uri = editor.open(house / "rating.yaml")
    assert "Outside assets over liabilities" in editor.hover(uri, "backing.collateral_ratio")
    assert "backing.share.own_token + backing.share.undisclosed" in editor.hover(uri, "own_paper")
    assert "band no better than E" in editor.hover(uri, "KO-OWN")
    assert "scores and bands" in editor.hover(uri, "METH-SCORE")
    assert "What caps the band." in editor.hover(uri, "knock_outs")
    assert editor.hover(uri, "rating:\n") != ""
    assert editor.hover(uri, "# A knock-out") == ""


def test_what_may_stand_is_offered_and_explained(editor: Editor, house: Path) -> None:
    """Proves that offers fit the place, go where the word is, and tell what they mean when looked at."""
    uri = editor.open(house / "rating.yaml")
    offers = editor.completion(uri, "when: own_pa")
    found = next(offer for offer in offers if offer.label == "own_paper")
    assert "own_token" in editor.resolved(found)
    assert isinstance(found.text_edit, types.TextEdit)
    word = found.text_edit.range
    line = editor.text(uri).split("\n")[word.start.line]
    assert line[word.start.character : word.end.character] == "own_paper"
    assert [offer.label for offer in editor.completion(uri, "cap: ")] == ["B", "C", "D", "E"]


def test_a_key_half_typed_is_offered(editor: Editor, house: Path) -> None:
    """Proves that a line that is no YAML yet gets offers, and the rest of the file keeps its meaning."""
    uri = editor.open(house / "rating.yaml")
    editor.edit(uri, "      cap: E\n", "      ca\n")
    assert [offer.label for offer in editor.completion(uri, "      ca")] == ["cap"]
    assert "own_token" in editor.hover(uri, "own_paper")


def test_definitions_and_uses_are_found_across_files(editor: Editor, house: Path) -> None:
    """Proves that a derived name, a source, a class and a rule lead to where they are defined, and back."""
    uri = editor.open(house / "classify.yaml")
    assert names(editor.definition(uri, "METH-CLASS]")) == ["rulebook.yaml"]
    assert names(editor.definition(uri, "own_liability\n      on_unknown")) == ["classify.yaml"]
    rating = editor.open(house / "rating.yaml")
    assert names(editor.definition(rating, "own_paper")) == ["derive.yaml"]
    uses = editor.references(rating, "own_paper", defined=False)
    assert len(uses) == len(editor.references(rating, "own_paper")) - 1
    assert {"haircut.yaml", "rating.yaml", "classify.yaml"} <= set(names(uses))
    suite = editor.open(house / "tests/caps.yaml")
    (place,) = editor.definition(suite, "CAP-LOSS, cap.venue_usd")
    assert names([place]) == ["caps.yaml"]
    assert "tests" not in place.uri


def test_the_outline_names_the_rules(editor: Editor, house: Path) -> None:
    """Proves that an outline has sections, and in them rules and what they are for."""
    (section,) = editor.symbols(editor.open(house / "classify.yaml"))
    rules = {rule.name: rule for rule in section.children or []}
    assert section.name == "classify"
    assert (rules["CLS-010"].detail or "").startswith("A venue's own unsecured promise")
    for rule in rules.values():
        assert (
            section.range.start.line <= rule.range.start.line <= rule.range.end.line <= section.range.end.line
        )


def test_a_mistyped_name_is_mended_as_offered(editor: Editor, house: Path) -> None:
    """Proves that the edit that is offered makes the rulebook right."""
    uri = editor.open(house / "rating.yaml")
    editor.edit(uri, "peg.discount_now > ", "peg.discount_nov > ")
    (mark,) = editor.codes(uri, "E0201")
    (action,) = editor.actions(uri, mark)
    assert (action.title, action.is_preferred) == ("Write `peg.discount_now`", True)
    mended(editor, house, uri, action)


@pytest.mark.parametrize(
    ("file", "line"), [("rating.yaml", "      on_unknown: match\n"), ("mark.yaml", "    on_unknown: match\n")]
)
def test_what_follows_where_unknown_is_added_as_offered(
    editor: Editor, house: Path, file: str, line: str
) -> None:
    """Proves that an answer to the unknown is written into rules at either depth, and is right."""
    uri = editor.open(house / file)
    editor.edit(uri, line, "")
    (mark,) = editor.codes(uri, "E0318")
    offered = {action.title: action for action in editor.actions(uri, mark)}
    assert list(offered) == ["Add `on_unknown: match`", "Add `on_unknown: skip`"]
    mended(editor, house, uri, offered["Add `on_unknown: match`"])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_text_is_laid_out_as_offered(editor: Editor, house: Path, newline: str) -> None:
    """Proves that formatting gives what `pegmark fmt` does whatever the editor's tabs, and then nothing."""
    sound = (house / "rating.yaml").read_text()
    untidy = sound.replace("      cap: E\n", "      cap:    E\n").replace("\n", newline)
    uri = editor.open(house / "rating.yaml", untidy)
    assert editor.apply(editor.formatting(uri) or [], uri) == sound
    assert not editor.formatting(uri)


@pytest.mark.parametrize("broken", ["rating: {", "a: 1\na: 2\n", "a: \ud83d"])
def test_a_text_that_is_not_sound_is_not_laid_out(editor: Editor, house: Path, broken: str) -> None:
    """Proves that a text that cannot be read stays as it was typed."""
    uri = editor.open(house / "rating.yaml", broken)
    assert editor.formatting(uri) is None
    assert editor.formatting("untitled:Untitled-1") is None


def mended(editor: Editor, house: Path, uri: str, action: types.CodeAction) -> None:
    """Make an edit, see the marks go, save, and see that the rulebook is right."""
    assert action.edit is not None
    edits = (action.edit.changes or {})[uri]
    text = editor.apply([edit for edit in edits if isinstance(edit, types.TextEdit)], uri)
    editor.codes(uri)
    (house / uri.rpartition("/")[2]).write_text(text, encoding="utf-8")
    program, problems = check(house)
    assert program is not None
    assert problems == []


# What may go wrong


def test_texts_that_belong_to_no_rulebook_are_left_alone(editor: Editor, tmp_path: Path) -> None:
    """Proves that files elsewhere, other addresses and texts never saved bring neither marks nor an error."""
    stray = tmp_path / "stray.yaml"
    stray.write_text("a: [")
    uris = [
        editor.open(stray),
        editor.open("untitled:Untitled-1", "rating: {"),
        editor.open("git:/a/rulebook.yaml?ref", "rating: {"),
        editor.open("file:rulebook.yaml", "rating: {"),
        editor.open(tmp_path / "new.yaml", "rating: {"),
    ]
    for uri in uris:
        assert editor.hover(uri, editor.text(uri)[0]) == ""
        assert editor.completion(uri, editor.text(uri)[:1]) == []
        assert editor.symbols(uri) == []
        assert editor.definition(uri, editor.text(uri)[0]) == []
    editor.pause(0.5)
    assert [editor.marked(uri) for uri in uris] == [None] * len(uris)


def test_every_half_of_a_file_is_survived(editor: Editor, house: Path) -> None:
    """Proves that no text that is cut anywhere, nor a question about its end, ends the server."""
    uri = editor.open(house / "mark.yaml")
    whole = editor.text(uri)
    for end in range(60, len(whole), len(whole) // 25):
        editor.write(uri, whole[:end])
        last = whole[:end].rpartition("\n")[2]
        if last.strip() and whole[:end].count(last) == 1:
            editor.completion(uri, last)
            editor.hover(uri, last)
    editor.write(uri, whole)
    assert editor.codes(uri) == []


def test_a_folder_that_is_deleted_is_survived(editor: Editor, house: Path) -> None:
    """Proves that texts of a rulebook that is gone are still checked, as far as they go."""
    uri = editor.open(house / "rulebook.yaml")
    editor.codes(uri)
    shutil.rmtree(house)
    editor.edit(uri, "language: 1", "language: 2")
    found = editor.marks(uri, until=bool)
    assert {"E0302", "E0304"} <= {mark.code for mark in found}
    assert "own_paper_limit" in editor.hover(uri, "own_paper_limit")


def test_a_huge_text_is_refused_and_no_more(editor: Editor, house: Path) -> None:
    """Proves that a text beyond the limits is marked as such, and goes on being checked when it is cut."""
    uri = editor.open(house / "rating.yaml")
    whole = editor.text(uri)
    editor.write(uri, whole + "#" * 1_000_000)
    assert "E0010" in {mark.code for mark in editor.marks(uri, until=bool)}
    editor.write(uri, whole)
    editor.codes(uri)


@pytest.mark.parametrize("encoding", [None, *types.PositionEncodingKind])
def test_places_are_counted_as_agreed(house: Path, encoding: types.PositionEncodingKind | None) -> None:
    """Proves that marks stand right behind characters beyond the first plane, in each way of counting."""
    editor = Editor(encodings=None if encoding is None else [encoding])
    uri = editor.open(house / "guardrails.yaml")
    line = '  - {why: "🜁🜂 €", cite: [METH-GARD], id: GR-AIR, assert: output.initial >= 0%}\n'
    editor.edit(uri, "guardrails:\n", f"guardrails:\n{line}")
    (mark,) = editor.codes(uri, "E0310")
    agreed = encoding or types.PositionEncodingKind.Utf16
    assert editor.capabilities.position_encoding == agreed
    units = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[agreed.value]
    before = line.partition("METH-GARD")[0].encode(units[0])
    assert mark.range.start.character == len(before) // units[1]
    assert editor.end() == 0


def test_lines_may_end_as_on_windows(editor: Editor, house: Path) -> None:
    """Proves that a text with carriage returns is marked, explained and mended in its lines."""
    uri = editor.open(house / "rating.yaml", (house / "rating.yaml").read_text().replace("\n", "\r\n"))
    editor.edit(uri, "peg.discount_now > ", "peg.discount_nov > ")
    (mark,) = editor.codes(uri, "E0201")
    (action,) = editor.actions(uri, mark)
    assert action.title == "Write `peg.discount_now`"
    assert "own_token" in editor.hover(uri, "own_paper")
    assert "own_paper" in [offer.label for offer in editor.completion(uri, "when: own_pa")]


def test_what_is_no_message_is_survived(editor: Editor, house: Path) -> None:
    """Proves that a cancelled request, an unknown one, and a body that is no JSON stop nothing."""
    uri = editor.open(house / "rating.yaml")
    editor.tell(types.CANCEL_REQUEST, types.CancelParams(id="nobody"))
    for body in (b"{x}", b'{"jsonrpc": "2.0", "id": "x", "method": "a/b"}', b'{"jsonrpc": "2.0"}', b"[]"):
        editor.send(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    assert editor.codes(uri) == []
    assert "own_token" in editor.hover(uri, "own_paper")


def test_an_editor_that_goes_away_ends_the_server(house: Path) -> None:
    """Proves that the server does not outlive its input, and says by its exit code that nobody ended it."""
    editor = Editor()
    editor.open(house / "rating.yaml")
    assert editor.vanish() == 1
