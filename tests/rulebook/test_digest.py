"""Digests: layout is nothing, meaning is everything."""

from __future__ import annotations

import re

import pytest

from pegmark.rulebook.load import check_files, normal_file
from pegmark.rulebook.program import Program
from tests.rulebook.books import SOUND, Change, changed, sound, with_derived, with_rule


def digest(files: dict[str, str], normal: bytes | None = None) -> str:
    """Return the resolved digest of files."""
    return program(files, normal).resolved_digest


def program(files: dict[str, str], normal: bytes | None = None) -> Program:
    """Return the program of files, which must be sound."""
    name, data = normal_file()
    encoded = {file: text.encode() for file, text in files.items()}
    found, _ = check_files(encoded, (name, normal if normal is not None else data))
    assert found is not None
    return found


def sections(text: str) -> list[str]:
    """Return a rulebook by section."""
    return re.split(r"^(?=\w+:)", text, flags=re.MULTILINE)[1:]


def test_comments_and_layout_change_nothing() -> None:
    """Proves that formatting a rulebook does not make it another one."""
    spaced = SOUND.replace("\n", "   # a note\n").replace("hit: first", "hit:     'first'")
    folded = SOUND.replace("own_paper >= own_limit,", "own_paper\n        >=   own_limit,")
    for text in (spaced, folded, SOUND.replace("\n", "\r\n"), f"# first\n\n{SOUND}\n\n"):
        assert sound(text).resolved_digest == sound().resolved_digest
        assert sound(text).text_digest != sound().text_digest


def test_the_order_of_keys_changes_nothing() -> None:
    """Proves that neither sections nor keys of a rule nor names that read each other have an order."""
    assert sound("".join(reversed(sections(SOUND)))).resolved_digest == sound().resolved_digest
    turned = changed(("{id: CLS-900, otherwise: unclassified,", "{otherwise: unclassified, id: CLS-900,"))
    assert sound(turned).resolved_digest == sound().resolved_digest
    table = changed(
        (
            "{reserve: 2%, endogenous: 100%, unclassified: 100%}",
            "{unclassified: 1, endogenous: 1, reserve: 1}",
        )
    ).replace(
        "unclassified: 1, endogenous: 1, reserve: 1", "unclassified: 100%, endogenous: 100%, reserve: 2%"
    )
    assert sound(table).resolved_digest == sound().resolved_digest
    lines = ("a: {unit: ratio, expr: b}", "b: {unit: ratio, expr: own_paper}")
    reads = ("own_paper >= own_limit", "a >= own_limit")
    first, second = (changed(with_derived(*order), reads) for order in (lines, lines[::-1]))
    assert sound(first).resolved_digest == sound(second).resolved_digest


def test_which_file_holds_what_changes_nothing() -> None:
    """Proves that a rulebook may be split over files, whatever they are called."""
    whole = digest({"a.yaml": SOUND})
    assert digest({f"{n:02}.yaml": section for n, section in enumerate(sections(SOUND))}) == whole
    assert digest({f"{99 - n}.yaml": section for n, section in enumerate(sections(SOUND))}) == whole


def test_where_the_folder_lies_changes_no_digest() -> None:
    """Proves that both digests are of the rulebook and not of the machine it is on."""
    one, other = (program({f"{folder}/a.yaml": SOUND}) for folder in ("rules/x", "elsewhere"))
    assert (one.text_digest, one.resolved_digest) == (other.text_digest, other.resolved_digest)
    renamed = program({"rules/x/b.yaml": SOUND})
    assert renamed.resolved_digest == one.resolved_digest


@pytest.mark.parametrize(
    "change",
    [
        ("why: Own paper is no reserve.", "why: Own paper is a reserve."),
        ("id: CLS-020", "id: CLS-021"),
        ("value: 20%", "value: 20.0000000001%"),
        ("from: 2017-01-01", "from: 2016-01-01"),
        ("title: Method,", "title: Methods,"),
        ("methodology.md}", "methodology.html}"),
        ("own_paper >= own_limit", "own_paper > own_limit"),
        ("on_unknown: skip", "on_unknown: otherwise"),
        ("on_unknown: skip", "on_unknown: skip, known_only: true"),
        ("lift: 25", "lift: 24"),
        ('version: "1"', 'version: "2"'),
        ("owners: [risk]", "owners: [risk, law]"),
        ("hit: first", "hit: worst"),
        ("quote: USD", "quote: EUR"),
        with_rule("when: redemption.gated, then: endogenous, on_unknown: skip"),
    ],
)
def test_what_is_said_changes_it(change: Change) -> None:
    """Proves that a reason, an id, a number or a source that changes makes another rulebook."""
    text = changed(change)
    assert sound(text).resolved_digest != sound().resolved_digest
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", sound(text).resolved_digest)


def test_the_filling_in_is_part_of_it() -> None:
    """Proves that both digests cover what every rulebook is compiled with."""
    _, normal = normal_file()
    other = normal.replace(b"value: 50%", b"value: 51%")
    assert other != normal
    one, two = program({"a.yaml": SOUND}), program({"a.yaml": SOUND}, other)
    assert one.resolved_digest != two.resolved_digest
    assert one.text_digest != two.text_digest


def test_equal_rulebooks_have_equal_digests() -> None:
    """Proves that a digest is a function of the text alone."""
    assert sound().resolved_digest == sound().resolved_digest
    assert sound().text_digest == sound().text_digest
