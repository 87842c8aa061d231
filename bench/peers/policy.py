"""The bench's rules as a resource policy of Cerbos, and questions and answers in the words of its API.

There are two policies. In `checks`, each condition is an action, allowed where it holds, which is what the
server is for; tables of points, which effects cannot hold, are the output of one action more. In `output`,
all of it is one list that one action puts out, which is quicker and is no longer a policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import orjson

from bench.peers.translation import Dialect, Translator, flat
from pegmark.rulebook.program import Program

Form = Literal["checks", "output"]
FORMS: tuple[Form, ...] = ("checks", "output")

TARGET = "/api/check/resources"
_CEL = Dialect("&&", "||", "!", lambda name: f"R.attr.{flat(name)}")
_POINTS, _ALL = "points", "all"


def policy(program: Program, day: date, form: Form) -> bytes:
    """Return the policy as a file that the server reads; JSON is YAML."""
    outcomes = list(Translator(program, day, _CEL).outcomes())
    conditions = _conditions(program, day)
    if form == "output":
        rules = [_output(_ALL, [outcome.text for outcome in outcomes])]
    else:
        points = [o.text for o in outcomes[1:] if o.rule not in conditions]
        rules = [
            *(_allowed(rule, text) for rule, text in conditions.items()),
            _output(_POINTS, points),
        ]
    resource = {"resource": _kind(form), "version": "default", "rules": rules}
    return orjson.dumps({"apiVersion": "api.cerbos.dev/v1", "resourcePolicy": resource})


def question(program: Program, form: Form, facts: Mapping[str, Any]) -> bytes:
    """Return the body that asks for everything of one asset, its facts as attributes."""
    actions = [_ALL] if form == "output" else [*_actions(program), _POINTS]
    attributes = {flat(name): value for name, value in facts.items()}
    return orjson.dumps(
        {
            "requestId": "bench",
            "principal": {"id": "bench", "roles": ["lender"]},
            "resources": [
                {"actions": actions, "resource": {"kind": _kind(form), "id": "asset", "attr": attributes}}
            ],
        }
    )


def outcomes_of(program: Program, form: Form, answer: bytes) -> tuple[Any, ...]:
    """Return what an answer says, in the order in which `Translator.outcomes` writes it."""
    result = orjson.loads(answer)["results"][0]
    listed = result["outputs"][0]["val"]
    if form == "output":
        return tuple(listed)
    holds = {action: effect == "EFFECT_ALLOW" for action, effect in result["actions"].items()}
    rules = [rule.reason.id for rule in program.classify.rules]
    by = next((n for n, rule in enumerate(rules) if holds[rule]), len(rules))
    return (by, *listed, *(holds[rule] for rule in _actions(program)[len(rules) :]))


def _kind(form: Form) -> str:
    return f"asset_{form}"


def _actions(program: Program) -> Sequence[str]:
    rating = program.rating
    rules = (*program.classify.rules, *rating.knock_outs, *rating.statuses)
    return [rule.reason.id for rule in rules]


def _conditions(program: Program, day: date) -> dict[str, str]:
    translator, rating = Translator(program, day, _CEL), program.rating
    rules = (*program.classify.rules, *rating.knock_outs, *rating.statuses)
    return {rule.reason.id: translator.text(rule.when) for rule in rules}


def _allowed(action: str, text: str) -> dict[str, Any]:
    return {
        "actions": [action],
        "effect": "EFFECT_ALLOW",
        "roles": ["lender"],
        "condition": {"match": {"expr": text}},
    }


def _output(action: str, texts: Sequence[str]) -> dict[str, Any]:
    put = {"when": {"ruleActivated": f"[{', '.join(texts)}]"}}
    return {"actions": [action], "effect": "EFFECT_ALLOW", "roles": ["lender"], "output": put}
