"""The comparison with peers: rules that are fair to them, and translations that mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from bench.peers import policy
from bench.peers.outcomes import evaluation, in_order, rules, same
from bench.peers.snapshots import (
    RULES,
    Asked,
    bench_desk,
    compared,
    epoch_of,
    facts_read,
    questions,
)
from bench.peers.translation import Dialect, Translator, flat
from pegmark.language.nodes import Known
from pegmark.rulebook.load import check
from pegmark.usecases.desk import Desk


@pytest.fixture(scope="module")
def desk() -> Desk:
    return bench_desk()


@pytest.fixture(scope="module")
def asked(desk: Desk) -> list[Asked]:
    return questions(desk, 60)


def test_the_rulebook_has_sixty_conditions_and_tables_and_no_problem() -> None:
    """Proves that what is measured is a rulebook as any, and as large as the figures say."""
    program, problems = check(RULES / "bench")
    assert problems == []
    assert program is not None
    assert len(compared(program)) == 60


def test_every_fact_that_is_compared_is_known(desk: Desk, asked: list[Asked]) -> None:
    """Proves that peers without a third truth value are asked nothing that they could not answer."""
    names = facts_read(desk.book(None).program)
    assert len(names) > 60
    for each in asked:
        assert each.snapshot.values.keys() >= set(names)
        assert not each.snapshot.estimated


def test_questions_are_the_same_every_time_and_differ_among_each_other(
    desk: Desk, asked: list[Asked]
) -> None:
    """Proves that figures of two runs are of the same questions, and that rules come out either way."""
    assert [each.body for each in questions(desk, 60)] == [each.body for each in asked]
    run = evaluation(epoch_of(desk))
    found = [in_order(run(each.snapshot.values)) for each in asked]
    names = rules(desk.book(None).program)
    varied = [
        name for name, column in zip(names, zip(*found, strict=True), strict=True) if len(set(column)) > 1
    ]
    assert len(varied) > 0.8 * len(names)


@pytest.mark.parametrize("package", ["cel", "rule_engine", "zen"])
def test_peers_agree(desk: Desk, asked: list[Asked], package: str) -> None:
    """Proves that each peer, in each of its forms, is given rules that mean what ours do."""
    for name in ("cel", "rule_engine", "zen"):
        pytest.importorskip(name, reason="`make bench` installs it")
    from bench.peers import engines

    engine = {"cel": "CEL", "rule_engine": "rule-engine", "zen": "zen-engine"}[package]
    program, epoch = desk.book(None).program, epoch_of(desk)
    us = engines.ours(epoch, asked)
    forms = [peer for peer in engines.peers(program, epoch, asked) if peer.engine == engine]
    assert len(forms) >= 2
    for peer in forms:
        engines.agree(us, peer, rules(program))
        # And the comparison can fail.
        wrong = replace(peer, told=lambda found, peer=peer: [99, *peer.told(found)[1:]])
        with pytest.raises(SystemExit, match=f"bench: {engine} .* says 99 of class on question 0"):
            engines.agree(us, wrong, rules(program))


def test_a_difference_is_named() -> None:
    """Proves that a peer that differs ends the bench, with who says what."""
    with pytest.raises(SystemExit, match="bench: Peer says 3 of SC-1 on question 7, where pegmark says 2"):
        same("Peer", 7, ["class", "SC-1"], [1, 2], [1, 3])


def test_what_is_only_about_the_unknown_has_no_translation(desk: Desk) -> None:
    """Proves that a rule that peers cannot have is refused and not left out."""
    program = desk.book(None).program
    translator = Translator(program, epoch_of(desk).start, Dialect("and", "or", "not ", flat))
    when = program.rating.knock_outs[0].when
    with pytest.raises(TypeError, match="no peer has `Known`"):
        translator.text(Known(when, when.type, when.span))


@pytest.mark.parametrize("form", policy.FORMS)
def test_policies_ask_for_everything(desk: Desk, asked: list[Asked], form: policy.Form) -> None:
    """Proves that the Cerbos server decides all that is compared, and that its answer is read right."""
    program, epoch = desk.book(None).program, epoch_of(desk)
    stated = orjson.loads(policy.policy(program, epoch.start, form))["resourcePolicy"]
    sent = orjson.loads(policy.question(program, form, asked[0].snapshot.values))["resources"][0]
    assert sent["actions"] == [rule["actions"][0] for rule in stated["rules"]]
    assert len(sent["actions"]) == {"checks": 33, "output": 1}[form]
    wanted = in_order(evaluation(epoch)(asked[0].snapshot.values))
    answer = orjson.dumps({"results": [_answered(program, form, wanted)]})
    assert policy.outcomes_of(program, form, answer) == wanted


def _answered(program: Any, form: policy.Form, wanted: tuple[Any, ...]) -> dict[str, Any]:
    """Return what Cerbos would say."""
    if form == "output":
        return {"actions": {"all": "EFFECT_ALLOW"}, "outputs": [{"val": wanted}]}
    holds = dict(zip(rules(program), wanted, strict=True))
    effects = {rule: "EFFECT_ALLOW" if value is True else "EFFECT_DENY" for rule, value in holds.items()}
    for n, rule in enumerate(program.classify.rules):
        # A class rule after the one that decides may hold or not.
        effects[rule.reason.id] = "EFFECT_ALLOW" if n >= wanted[0] else "EFFECT_DENY"
    return {"actions": effects, "outputs": [{"val": wanted[1:29]}]}
