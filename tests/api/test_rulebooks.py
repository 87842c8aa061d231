"""Rulebooks over HTTP: what runs, what it says, and what is wrong with a text."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from pegmark.api import rulebooks
from pegmark.api.entrance import Entrance
from pegmark.usecases.desk import Desk
from pegmark.usecases.rules import rules_of
from tests.api.conftest import Ask


def check(ask: Ask, files: dict[str, str]) -> dict[str, Any]:
    response = ask("POST", "/v1/rulebooks/check", json={"files": files})
    assert response.status_code == 200, response.text
    return response.json()


def test_a_rulebook_is_listed_and_found(ask: Ask, desk: Desk) -> None:
    """Proves that the list, the book and its text are of one version, and say which decides by default."""
    (entry,) = (one for one in ask("GET", "/v1/rulebooks").json()["items"] if one["is_default"])
    book = ask("GET", entry["href"]).json()
    text = ask("GET", f"{entry['href']}/text").json()
    assert {key: book[key] for key in entry} == entry
    assert (entry["id"], entry["extends"], book["changes"]) == ("house", None, [])
    assert entry["resolved_digest"] == desk.book(None).program.resolved_digest
    assert (text["version"], text["text_digest"]) == (entry["version"], entry["text_digest"])
    assert entry["rules"] == len(book["rule_list"])


def test_an_overlay_says_what_it_extends_and_where_its_rules_stand(ask: Ask, desk: Desk) -> None:
    """Proves that base, mode and changes are told, and that a rule of the base is in a file of the base."""
    book = ask("GET", "/v1/rulebooks/example_exchange").json()
    digest = desk.book(None).program.resolved_digest
    assert book["extends"] == {"rulebook": "house", "digest": digest, "mode": "tighten"}
    assert ("rule", "HC-HEDGE") in {(change["kind"], change["target"]) for change in book["changes"]}
    files = {rule: ask("GET", f"/v1/rules/{rule}?rulebook=example_exchange").json()["file"] for rule in RULES}
    assert files == RULES


RULES = {"CN-XC-DRILL": "overlay.yaml", "HC-BASE": "house/haircut.yaml", "NM-010": "normal.yaml"}


def test_an_overlay_is_checked_on_the_servers_rulebook(ask: Ask, desk: Desk) -> None:
    """Proves that an overlay's own text is enough, and that one of a base that is not served is refused."""
    text = ask("GET", "/v1/rulebooks/example_exchange/text").json()
    found = check(ask, text["files"])
    assert found["resolved_digest"] == desk.book("example_exchange").program.resolved_digest
    other = {name: said.replace("rulebook: house", "rulebook: hose") for name, said in text["files"].items()}
    assert [problem["code"] for problem in check(ask, other)["problems"]] == ["E0401"]
    slip = {name: said.replace("limit: 10%", "limit: 10") for name, said in text["files"].items()}
    (problem,) = check(ask, slip)["problems"]
    assert (problem["code"], problem["file"]) == ("E0204", "overlay.yaml")
    itself = {
        "a.yaml": text["files"]["overlay.yaml"].replace("rulebook: house", "rulebook: example_exchange")
    }
    assert [problem["code"] for problem in check(ask, itself)["problems"]] == ["E0403"]


def test_every_rule_is_explained_as_the_command_line_explains_it(ask: Ask, desk: Desk) -> None:
    """Proves that each rule has a page, in the shared words, with sources that exist, and a true place."""
    book = ask("GET", "/v1/rulebooks/house").json()
    text = ask("GET", "/v1/rulebooks/house/text").json()["files"]
    worded = {rule.reason.id: rule for rule in rules_of(desk.book(None).program)}
    assert [entry["id"] for entry in book["rule_list"]] == list(worded)
    for entry in book["rule_list"]:
        rule = ask("GET", entry["href"]).json()
        assert (rule["then"], rule["why"]) == (worded[rule["id"]].then, worded[rule["id"]].reason.why)
        assert {source["id"] for source in rule["cite"]} == set(worded[rule["id"]].reason.cite)
        if rule["file"] in text:
            assert rule["id"] in text[rule["file"]].splitlines()[rule["line"] - 1]
        else:
            assert rule["file"] == "normal.yaml"


def test_no_place_on_this_machine_is_told(ask: Ask, checkout: Path) -> None:
    """Proves that rules and problems name files within the rulebook, never where it lies."""
    for target in ("rulebooks/house", "rulebooks/house/text", "rules/HC-BASE", "rules/NM-010"):
        assert str(checkout) not in ask("GET", f"/v1/{target}").text
    problem = ask("POST", "/v1/rulebooks/check", json={"files": {"a.yaml": "x: ["}}).text
    assert str(checkout) not in problem


def test_a_rule_is_found_in_the_book_that_is_named(ask: Ask) -> None:
    """Proves that a rule, a book, and what was probably meant by a misspelt one, are told apart."""
    assert ask("GET", "/v1/rules/HC-BASE?rulebook=house").content == ask("GET", "/v1/rules/HC-BASE").content
    (missing,) = ask("GET", "/v1/rules/HC-BAES").json()["errors"]
    assert (missing["parameter"], missing["help"]) == ("rule", "did you mean `HC-BASE`?")
    (unknown,) = ask("GET", "/v1/rules/HC-BASE?rulebook=hose").json()["errors"]
    assert (unknown["parameter"], unknown["help"]) == ("rulebook", "did you mean `house`?")


def test_a_sound_text_is_ok(ask: Ask) -> None:
    """Proves that the text that is sent out is accepted back, as the very same rulebook."""
    text = ask("GET", "/v1/rulebooks/house/text").json()
    found = check(ask, text["files"])
    assert found["ok"]
    assert found["resolved_digest"] == ask("GET", "/v1/rulebooks/house").json()["resolved_digest"]
    assert not [problem for problem in found["problems"] if problem["severity"] == "error"]


def test_every_problem_is_told_with_its_place(ask: Ask) -> None:
    """Proves that a check reports as the command line does: code, place, help and a link that answers."""
    files = dict(ask("GET", "/v1/rulebooks/house/text").json()["files"])
    files["classify.yaml"] = (
        files["classify.yaml"]
        .replace("liquidity.", "liquidty.", 1)
        .replace("backing.share.undisclosed", "backing.share.undisclose", 1)
    )
    found = check(ask, files)
    assert (found["ok"], found["resolved_digest"]) == (False, None)
    (problem, *_) = [problem for problem in found["problems"] if problem["severity"] == "error"]
    assert problem["file"] == "classify.yaml"
    line = files["classify.yaml"].splitlines()[problem["range"]["start"]["line"] - 1]
    assert "undisclose" in line[problem["range"]["start"]["column"] - 1 :]
    assert "backing.share.undisclosed" in problem["help"]
    assert ask("GET", problem["href"]).json()["code"] == problem["code"]


@pytest.mark.parametrize(
    ("files", "code", "pointer"),
    [
        ({}, "H4227", "/files"),
        ({f"f{n}.yaml": "" for n in range(65)}, "H4227", "/files"),
        ({"a.yaml": 1}, "H4223", "/files/a.yaml"),
        ({"a.yml": ""}, "H4226", "/files/a.yml"),
        ({"../a.yaml": ""}, "H4226", "/files/..~1a.yaml"),
        ({"/etc/a.yaml": ""}, "H4226", "/files/~1etc~1a.yaml"),
        ({"a\\b.yaml": ""}, "H4226", "/files/a\\b.yaml"),
        ({"a\x00.yaml": ""}, "H4226", "/files/a\x00.yaml"),
    ],
)
def test_what_is_no_set_of_texts_is_refused(ask: Ask, files: dict[str, Any], code: str, pointer: str) -> None:
    """Proves that names of files are names, and that there is something to check."""
    response = ask("POST", "/v1/rulebooks/check", json={"files": files})
    assert response.status_code == 422
    assert (code, pointer) in {(error["code"], error["pointer"]) for error in response.json()["errors"]}


def test_many_problems_are_counted(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an answer stays short, and says what it leaves out."""
    whole = check(ask, {"a.yaml": "rulebook: x\n"})
    monkeypatch.setattr(rulebooks, "MOST_PROBLEMS", 2)
    found = check(ask, {"a.yaml": "rulebook: x\n"})
    assert found["problems"] == whole["problems"][:2]
    assert found["left_out"] == len(whole["problems"]) - 2 > 0


def test_checks_queue_up_and_then_are_turned_away(app: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that one check runs at a time, that a few wait, and that more are told when to come back."""
    running, most = 0, 0

    def slow(*_: Any) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        # A moment in which another would run, were it let.
        asyncio.run(asyncio.sleep(0.02))
        running -= 1
        return b"{}"

    monkeypatch.setattr(rulebooks, "checked", slow)

    async def together(count: int) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            body = {"files": {"a.yaml": ""}}
            return await asyncio.gather(
                *(client.post("/v1/rulebooks/check", json=body) for _ in range(count))
            )

    answers = asyncio.run(together(rulebooks.MOST_WAITING + 4))
    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert most == 1
    assert len(turned_away) == 3
    assert {answer.headers["retry-after"] for answer in turned_away} == {"5"}
    assert {answer.json()["errors"][0]["code"] for answer in turned_away} == {"H5030"}
    assert [a.status_code for a in asyncio.run(together(1))] == [200]
