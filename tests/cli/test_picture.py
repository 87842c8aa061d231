"""The picture of a decision: what it shows is the decision, and anyone can read it."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from playwright.sync_api import sync_playwright

from pegmark.bootstrap import build_desk
from pegmark.cli.lexicon import Lexicon, lexicon
from pegmark.cli.picture import picture
from pegmark.drawing.palette import PALETTE
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk
from tests.cli.conftest import DAY, Run
from tests.contract.test_page import FLAGS

SVG = "{http://www.w3.org/2000/svg}"
RULES = "rules made-up 1"
HOSTILE = "<script>alert(1)</script> & \"both\" 'quotes' ]]> \ud800 \x00 \uffff &amp; é 漢字"


@cache
def desk() -> Desk:
    """What ships."""
    return build_desk(read_settings({}))


@cache
def words() -> Lexicon:
    """The words of the house rulebook."""
    return lexicon(desk().book(None).program)


def decided(asset: str, day: str, venue: str = "reference") -> dict[str, Any]:
    """A decision that a test may change."""
    body: dict[str, Any] = orjson.loads(
        orjson.dumps(assess(desk(), Question(day, asset, venue=venue, sizes=[1e6])))
    )
    return body


def with_tiers(body: dict[str, Any], *tiers: tuple[float, float, float]) -> dict[str, Any]:
    """A decision with another ladder: (up to, maintenance, initial)."""
    ladder, start = [], 0.0
    for end, maintenance, initial in tiers:
        ladder.append({"from_usd": start, "to_usd": end, "initial": initial, "maintenance": maintenance})
        start = end
    return body | {"ladder": [*ladder, {"from_usd": start, "to_usd": None, "initial": 1, "maintenance": 1}]}


def with_waterfall(body: dict[str, Any], amounts: Mapping[str, float]) -> dict[str, Any]:
    """A decision with other steps; their sum is maintenance, and initial a quarter more."""
    total = round(sum(amounts.values()), 12)
    parts = {
        name: {"basis": value, "reference": 0, "total": value}
        for name, value in (("maintenance", total), ("initial", min(1.0, total * 1.25)))
    }
    steps = [{"rule": rule, "amount": amount, "why": HOSTILE} for rule, amount in amounts.items()]
    return body | {"haircuts": [{"size_usd": 1_000_000, **parts, "waterfall": steps}]}


def long_names() -> dict[str, Any]:
    """The longest names that can be, twelve steps up and down, and six tiers."""
    amounts = (0.12, 0.03, 0.015, 0.04, 0.06, 0.02, 0.01, -0.05, 0.08, 0.001, 0.03, 0.0001)
    steps = {f"STEP-{n}{'-LONG-NAME-OF-A-RULE' * (n % 3)}": amount for n, amount in enumerate(amounts)}
    steps |= {"BOUND": 0.02, "ROUND": 0.0014} | {f"STEP-THAT-TAKES-NOTHING-{n}": 0 for n in range(12)}
    body = with_waterfall(decided("USDe", "2025-10-09"), steps)
    body = with_tiers(
        body, (25e3, 0.02, 0.03), (1e5, 0.04, 0.0525), (2.5e5, 0.1, 0.12), (1e6, 0.12, 0.15),
        (5e6, 0.25, 0.31), (148.4e6, 0.5, 0.62),
    )  # fmt: skip
    body["asset"] = "A-token-whose-name-is-as-long-as-a-name-may-be-which-is-64-signs"
    body["venue"] = "W" * 64
    body["class"] = "overcollateralised_crypto_with_a_name_that_only_a_rulebook_can_have"
    body["band"] = "investment_grade_minus"
    body["cap"]["binding"] = "CAP-CONCENTRATION-OF-ISSUER-GROUP-AND-AFFILIATES"
    return body


def nothing_taken() -> dict[str, Any]:
    """A decision that accepts, by a rulebook whose least cap is nothing and which charges nothing."""
    body = with_tiers(with_waterfall(decided("USDC", "2026-10-07"), {"HC-BASE": 0.0}))
    body["asset"] = None
    body["cap"] |= {"venue_usd": 0, "account_usd": 0}
    return body


def hostile() -> dict[str, Any]:
    """A decision with text that would be markup."""
    body = with_waterfall(decided("USDC", "2026-10-07"), {HOSTILE: 0.1, "HC-NONE & <none>": 0})
    return body | {"asset": HOSTILE, "venue": HOSTILE, "class": HOSTILE, "band": HOSTILE}


DECISIONS = {
    "hedged": lambda: decided("USDe", "2025-10-09", "exchange-2025-10"),
    "reserve": lambda: decided("USDC", "2026-10-07"),
    "claim": lambda: decided("WBETH", "2025-10-09"),
    "ineligible": lambda: decided("UST", "2022-04-30"),
    "long names": long_names,
    "nothing taken": nothing_taken,
    "hostile": hostile,
    "a cent": lambda: with_tiers(decided("USDC", "2026-10-07"), (0.01, 0.05, 0.06)),
    "everything there is": lambda: with_tiers(
        decided("USDC", "2026-10-07"), (25e3, 0.05, 0.06), (1e13, 1, 1)
    ),
    "many times over": lambda: with_waterfall(
        decided("USDC", "2026-10-07"), {"HC-BASE": 1, "X": 80, "BOUND": -80}
    ),
}
every_decision = pytest.mark.parametrize(
    "body", [make() for make in DECISIONS.values()], ids=DECISIONS.keys()
)


def drawn(body: dict[str, Any]) -> ET.Element:
    """The picture as a tree."""
    return ET.fromstring(picture(body, RULES, words()))


def classed(root: ET.Element, name: str, tag: str = "rect") -> list[ET.Element]:
    """The elements of a class."""
    return [found for found in root.iter(f"{SVG}{tag}") if name in found.get("class", "").split()]


def spans(root: ET.Element) -> list[tuple[str, float, float]]:
    """The bars: kind, and where they begin and end."""
    bars = [group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g")]
    return [
        (bar.get("class", ""), float(bar.get("x", "")), float(bar.get("x", "")) + float(bar.get("width", "")))
        for bar in bars
        if bar is not None
    ]


@pytest.mark.parametrize("name", ["hedged", "reserve", "claim", "ineligible", "long names"])
def test_each_step_begins_where_the_last_one_ends(name: str) -> None:
    """Proves that the bars are those of the decision: in their order and proportions, up to the sums."""
    body = DECISIONS[name]()
    haircut = body["haircuts"][0]
    amounts = [line["amount"] for line in haircut["waterfall"] if line["amount"]]
    maintenance, initial = (haircut[which] for which in ("maintenance", "initial"))
    found = spans(drawn(body))
    zero = found[0][1]
    unit = (found[-1][2] - zero) / initial["total"]
    reached = zero
    for amount, (kind, start, end) in zip(amounts, found, strict=False):
        assert kind == ("step" if amount > 0 else "back")
        assert (start if amount > 0 else end) == pytest.approx(reached, abs=1.6)
        reached += amount * unit
        assert (end if amount > 0 else start) == pytest.approx(reached, abs=1.6)
    sums = found[len(amounts) :]
    assert [kind for kind, _, _ in sums] == [
        *(["maintenance", "step"] if maintenance["reference"] else []), "maintenance", "initial",
    ]  # fmt: skip
    assert sums[-2][1:] == pytest.approx((zero, zero + maintenance["total"] * unit), abs=0.2)
    if maintenance["reference"]:
        assert sums[0][2] == pytest.approx(zero + maintenance["basis"] * unit, abs=0.2)
        assert sums[1][2] == pytest.approx(sums[2][2], abs=0.2)


def outline(root: ET.Element, which: str) -> list[tuple[float, float, float]]:
    """The steps of a line of the ladder: from, to, height."""
    (path,) = classed(root, f"{which}-line", "path")
    first, *moves = re.findall(r"([MHV])([\d.]+)(?: ([\d.]+))?", path.get("d", ""))
    x, y = float(first[1]), float(first[2])
    steps = []
    for move, value, _ in moves:
        if move == "V":
            y = float(value)
        elif float(value) > x:
            steps.append((x, float(value), y))
            x = float(value)
    return steps


def test_the_ladder_is_as_high_as_its_rates_and_as_wide_as_its_magnitudes() -> None:
    """Proves that heights are in proportion to the rates, and that ten times the size is the same way on."""
    tiers = ((1e5, 0.1, 0.2), (1e6, 0.2, 0.3), (1e7, 0.4, 0.5))
    root = drawn(with_tiers(decided("USDC", "2026-10-07"), *tiers))
    maintenance, initial = outline(root, "maintenance"), outline(root, "initial")
    assert len(maintenance) == len(initial) == 3
    widths = [end - start for start, end, _ in maintenance]
    assert widths == pytest.approx([widths[0]] * 3, abs=0.3)
    (base,) = (
        float(line.get("y1", ""))
        for line in classed(root, "axis", "line")
        if line.get("y1") == line.get("y2")
    )
    unit = (base - maintenance[0][2]) / 0.1
    for n, (_, low, high) in enumerate(tiers):
        assert base - maintenance[n][2] == pytest.approx(low * unit, abs=0.6)
        assert base - initial[n][2] == pytest.approx(high * unit, abs=0.6)
    said = [found.text for found in root.iter(f"{SVG}text")]
    assert {"$10M", "$1M", "$100k", "beyond", "10 %", "20 %", "40 %"} <= set(said)


def test_tiers_that_are_alike_are_one_step() -> None:
    """Proves that each line of a flat ladder is one stroke from the left end to the cap of an account."""
    root = drawn(decided("BUIDL", "2026-07-22"))
    assert [len(outline(root, which)) for which in ("maintenance", "initial")] == [1, 1]


@pytest.mark.parametrize("name", ["ineligible", "nothing taken"])
def test_where_nothing_is_taken_the_ladder_says_so(name: str) -> None:
    """Proves that an asset that is not accepted, or a cap of nothing, leaves no plot that is empty."""
    body = DECISIONS[name]()
    root = drawn(body)
    said = [found.text for found in root.iter(f"{SVG}text")]
    assert "Nothing is taken: each dollar is charged in full." in said
    assert classed(root, "maintenance-line", "path") == []
    assert said.count("$0") == 2
    assert "nothing is taken" in root.findtext(f"{SVG}desc", "")


@every_decision
def test_it_is_sound_xml_that_runs_nothing_and_loads_nothing(body: dict[str, Any]) -> None:
    """Proves that whatever names hold, the picture is well formed, text is text, and nothing is active."""
    svg = picture(body, RULES, words())
    root = ET.fromstring(svg.encode())
    assert {found.tag.removeprefix(SVG) for found in root.iter()} <= {
        "svg", "title", "desc", "style", "defs", "pattern", "g", "path", "rect", "line", "text",
    }  # fmt: skip
    names = {name for found in root.iter() for name in found.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    assert set(re.findall(r"url\([^)]*\)", svg)) <= {"url(#pegmark-beyond)"}
    assert picture(body, RULES, words()) == svg


def test_what_a_name_holds_is_shown_as_it_is() -> None:
    """Proves that markup in a name is read as text, and that only what XML forbids is replaced."""
    root = drawn(hostile())
    shown = re.sub("[\ud800\x00\uffff]", "\ufffd", HOSTILE)
    assert shown in root.findtext(f"{SVG}title", "")
    assert any(shown in (group.findtext(f"{SVG}title") or "") for group in root.iter(f"{SVG}g"))


def test_it_says_in_words_what_it_shows() -> None:
    """Proves that who cannot see it is told the terms, each step, the sums and the ladder."""
    body = decided("USDe", "2025-10-09", "exchange-2025-10")
    root = drawn(body)
    ids = root.get("aria-labelledby", "").split()
    told = {found.get("id"): found.text or "" for found in root if found.get("id") in ids}
    assert root.get("role") == "img"
    assert told["pegmark-title"] == "USDe · 9 October 2025 · venue exchange-2025-10"
    for part in (
        "class: hedged synthetic", "status: accepted", "band: D", "venue takes at most: $1M",
        "an account: $100k", "limit that binds: LEAST", "HC-HEDGE 6.46 %", "maintenance 69.5 %, initial 87 %",
        "69.5 % and 87 % to $100k, 100 % beyond",
    ):  # fmt: skip
        assert part in told["pegmark-desc"]
    steps = [line["rule"] for line in body["haircuts"][0]["waterfall"] if line["amount"]]
    assert all(rule in told["pegmark-desc"] for rule in steps)
    shown = " ".join(found.text or "" for found in root.iter(f"{SVG}text"))
    idle = [line["rule"] for line in body["haircuts"][0]["waterfall"] if not line["amount"]]
    assert all(rule in shown for rule in idle if rule.startswith("HC-"))


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG has it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_stands_out_on_light_and_on_dark(scheme: str) -> None:
    """Proves that text has a contrast of 4.5 to its page, and bars and lines that mean something one of 3."""
    page = luminance(getattr(PALETTE["page"], scheme))
    for name, least in {
        "ink": 4.5, "quiet": 4.5, "step": 3, "back": 3, "maintenance": 4, "initial": 4,
        "maintenance-line": 3, "initial-line": 3, "axis": 3,
    }.items():  # fmt: skip
        other = luminance(getattr(PALETTE[name], scheme))
        assert (max(page, other) + 0.05) / (min(page, other) + 0.05) >= least, name
    sheet = drawn(decided("BUIDL", "2026-07-22")).findtext(f"{SVG}style", "")
    light, _, dark = sheet.partition("@media (prefers-color-scheme: dark)")
    for name, colour in PALETTE.items():
        rule = f".pegmark-decision .{name} {{ {colour.paints}: {getattr(colour, scheme)}; }}"
        assert rule in (light if scheme == "light" else dark)


@pytest.fixture(scope="module")
def boxes(chromium: str) -> Iterator[Any]:
    """Tells where a browser puts each text of a picture, and where the picture ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page()

        def measured(svg: str) -> list[dict[str, Any]]:
            page.set_content(f"<body style='margin:0'>{svg}</body>")
            found: list[dict[str, Any]] = page.evaluate(
                """() => [...document.querySelectorAll("svg text")].map(node => {
                     const {x, y, width, height} = node.getBBox();
                     const {width: right, height: end} = node.ownerSVGElement.viewBox.baseVal;
                     return {said: node.textContent, x, y, width, height, right, end};
                   })"""
            )
            return found

        yield measured
        browser.close()


@pytest.mark.browser
@every_decision
def test_in_a_browser_nothing_overlaps_and_nothing_is_cut_off(boxes: Any, body: dict[str, Any]) -> None:
    """Proves that every text stands within the picture and clear of every other, however long names are."""
    found = boxes(picture(body, RULES, words()))
    assert len(found) > 15
    for n, one in enumerate(found):
        assert one["x"] >= 0, one
        assert one["x"] + one["width"] <= one["right"], one
        assert one["y"] + one["height"] <= one["end"], one
        for other in found[n + 1 :]:
            across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
            down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
            # The box of a font is higher than its letters.
            assert across <= 0 or down <= 4, (one["said"], other["said"])


def test_a_picture_is_written_beside_the_report(run: Run, tmp_path: Path) -> None:
    """Proves that `--svg` adds a file and takes nothing from what is printed, as a report or as JSON."""
    file = tmp_path / "alpha.svg"
    asked = ("assess", "ALPHA", "--as-of", DAY)
    for more in ((), ("--json",), ("--explain", "none")):
        file.unlink(missing_ok=True)
        ran = run(*asked, *more, "--svg", str(file))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == run(*asked, *more).out
        assert len(spans(ET.fromstring(file.read_bytes()))) > 3
    assert run(*asked, "--svg", "-").out.encode() == file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["alpha.svg"]


def test_the_picture_is_of_the_first_size_and_of_the_venue(run: Run) -> None:
    """Proves that what is asked is what is drawn."""
    out = run(
        "assess",
        "ALPHA",
        "--as-of",
        DAY,
        "--size",
        "250k",
        "--size",
        "5M",
        "--venue",
        "own-book",
        "--svg",
        "-",
    ).out
    root = ET.fromstring(out)
    said = [found.text for found in root.iter(f"{SVG}text")]
    assert "ALPHA · 15 January 2026 · venue own-book" in [
        (line or "").replace("\u00a0", " ") for line in said
    ]
    assert "Haircut at $250k" in said


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("missing/x.svg", "there is no folder for the file", "first"),
        (".", "this is a folder", "name a file in it"),
        ("x" * 300, "the file cannot be written: file name too long", None),
    ],
)
def test_a_picture_that_cannot_be_written_is_an_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str, hint: str | None
) -> None:
    """Proves that a file that cannot be is told with what to do, and exits 1."""
    monkeypatch.chdir(tmp_path)
    ran = run("assess", "ALPHA", "--as-of", DAY, "--svg", name)
    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err
    assert hint is None or hint in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_only_replaced_by_a_whole_picture(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that a question that is refused, or a disk that is full, leaves the file as it was."""
    file = tmp_path / "old.svg"
    file.write_text("old")
    assert run("assess", "ALPA", "--svg", str(file)).code == 1
    assert file.read_text() == "old"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pegmark.cli.output.os.fsync", full)
        ran = run("assess", "ALPHA", "--as-of", DAY, "--svg", str(file))
    assert (ran.code, file.read_text()) == (1, "old")
    assert "the file cannot be written: no space left on device" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["old.svg"]


def test_links_devices_and_rights_are_respected(run: Run, tmp_path: Path) -> None:
    """Proves that a link goes on pointing, a device is written to, and others may read a picture."""
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    asked = ("assess", "ALPHA", "--as-of", DAY, "--svg")
    assert run(*asked, str(tmp_path / "link.svg")).code == 0
    assert (tmp_path / "link.svg").is_symlink()
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE((tmp_path / "real.svg").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert run(*asked, "/dev/null").code == 0
    assert not Path("/dev/null").is_file()


def test_standard_output_takes_one_thing(run: Run) -> None:
    """Proves that the picture and the decision are not mixed in one stream."""
    ran = run("assess", "ALPHA", "--as-of", DAY, "--svg", "-", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "not both" in ran.err
