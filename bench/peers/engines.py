"""The bench's conditions and tables in process: by our compiled engine, and by three engines of others.

What is timed of ours is `Epoch.answer` and the `rate` of what it returns: the compiled rulebook's own
functions, without a trace, on `Snapshot.values`. They also do what is not compared: they fill in, keep
track of what was unknown, and begin with haircut and limits. Each peer has rules made from the same
program, in more than one form, because forms differ by a factor of ten; facts are one mapping with flat
names, since groups within groups are quicker in none of them. CEL is the package common-expression-language.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from statistics import median
from time import perf_counter
from typing import Any

import cel
import rule_engine
import zen

from bench.figures import Figure
from bench.peers.outcomes import evaluation, in_order, rules, same
from bench.peers.snapshots import Asked, bench_desk, epoch_of, facts_read, questions
from bench.peers.translation import Dialect, Outcome, Translator, flat
from pegmark.engine.compiled import Epoch
from pegmark.engine.decide import settle
from pegmark.rulebook.program import Program

COUNT, ROUNDS = 1_000, 5
SIZES = (1_000_000.0, 10_000_000.0)

CEL = Dialect("&&", "||", "!", flat)
RULE_ENGINE = Dialect("and", "or", "not ", flat, "$max([{0}, {1}])", "$min([{0}, {1}])", "$abs({0})")
ZEN = Dialect("and", "or", "not ", flat, "max([{0}, {1}])", "min([{0}, {1}])", "abs({0})")

LEAST = {"zen-engine": 20, "rule-engine": 20, "CEL": 10}
"""How many times faster than the fastest form of each peer we mean to be."""


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine with its rules compiled, in one form; `run` makes outcomes of each of `inputs`."""

    engine: str
    form: str
    run: Callable[[Any], Any]
    inputs: Sequence[Any]
    told: Callable[[Any], Sequence[Any]] = tuple
    """Makes outcomes of what `run` returned, where they are not in order; outside what is timed."""


def ours(epoch: Epoch, asked: Sequence[Asked]) -> Contender:
    """Return the compiled rulebook."""
    return Contender("pegmark", "", evaluation(epoch), [each.snapshot.values for each in asked], in_order)


def peers(program: Program, epoch: Epoch, asked: Sequence[Asked]) -> list[Contender]:
    """Return every peer in each of its forms, its inputs prepared."""
    names = facts_read(program)
    mappings = [{flat(name): each.snapshot.values[name] for name in names} for each in asked]
    return [
        *_zen(Translator(program, epoch.start, ZEN), program, mappings),
        *_rule_engine(Translator(program, epoch.start, RULE_ENGINE), mappings),
        *_cel(Translator(program, epoch.start, CEL), mappings),
    ]


def agree(expected: Contender, contender: Contender, names: Sequence[str]) -> None:
    """Raise `SystemExit` unless a peer's outcomes are ours, on every snapshot."""
    for n, (values, given) in enumerate(zip(expected.inputs, contender.inputs, strict=True)):
        wanted = expected.told(expected.run(values))
        found = contender.told(contender.run(given))
        same(f"{contender.engine} ({contender.form})", n, names, wanted, found)


def figures() -> Iterator[Figure]:
    """Compare the outcomes of all, then measure all, rounds interleaved."""
    desk = bench_desk()
    book, epoch = desk.book(None), epoch_of(desk)
    asked = questions(desk, COUNT)
    us = ours(epoch, asked)
    them = peers(book.program, epoch, asked)
    for peer in them:
        agree(us, peer, rules(book.program))
    snapshots = [each.snapshot for each in asked]
    whole = Contender("pegmark", "", lambda snapshot: settle(book.compiled, snapshot, SIZES), snapshots)
    taken = _timed([us, whole, *them])
    yield Figure("pegmark: conditions and tables", median(taken[0]) * 1e6, "us")
    yield Figure("pegmark: the whole decision at two sizes", median(taken[1]) * 1e6, "us")
    found: dict[str, list[tuple[float, str]]] = {}
    for peer, seconds in zip(them, taken[2:], strict=True):
        yield Figure(f"{peer.engine}: {peer.form}", median(seconds) * 1e6, "us")
        ratio = median(theirs / own for theirs, own in zip(seconds, taken[0], strict=True))
        found.setdefault(peer.engine, []).append((ratio, peer.form))
    for engine, ratios in found.items():
        fastest, form = min(ratios)
        for ratio, other in sorted(ratios, reverse=True)[:-1]:
            yield Figure(f"times {engine}, {other}", ratio, "")
        yield Figure(f"times {engine}, {form}", fastest, "", least=LEAST[engine])


def _timed(contenders: Sequence[Contender]) -> list[list[float]]:
    """Return, of each contender and each round, the mean seconds of one run."""
    taken: list[list[float]] = [[] for _ in contenders]
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        for seconds, contender in zip(taken, contenders, strict=True):
            run, inputs = contender.run, contender.inputs
            start = perf_counter()
            for given in inputs:
                run(given)
            seconds.append((perf_counter() - start) / len(inputs))
    gc.enable()
    return taken


def _each(programs: Sequence[Callable[[Any], Any]], given: Any) -> list[Any]:
    return [program(given) for program in programs]


def _list(outcomes: Sequence[Outcome]) -> str:
    return f"[{', '.join(outcome.text for outcome in outcomes)}]"


def _cel(translator: Translator, mappings: Sequence[dict[str, Any]]) -> Iterator[Contender]:
    outcomes = list(translator.outcomes())
    contexts = [cel.Context(variables=mapping) for mapping in mappings]
    apart = partial(_each, [cel.compile(outcome.text).execute for outcome in outcomes])
    whole = cel.compile(_list(outcomes)).execute
    yield Contender("CEL", f"{len(outcomes)} programs, facts converted before", apart, contexts)
    yield Contender("CEL", "one program, facts converted before", whole, contexts)
    yield Contender("CEL", "one program, from a mapping", whole, mappings)


def _rule_engine(translator: Translator, mappings: Sequence[dict[str, Any]]) -> Iterator[Contender]:
    outcomes = list(translator.outcomes())
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    apart = partial(_each, [rule_engine.Rule(o.text, context=context).evaluate for o in outcomes])
    yield Contender("rule-engine", f"{len(outcomes)} rules", apart, mappings)
    whole = rule_engine.Rule(_list(outcomes), context=context).evaluate
    yield Contender("rule-engine", "one rule", whole, mappings)


def _zen(translator: Translator, program: Program, mappings: Sequence[dict[str, Any]]) -> Iterator[Contender]:
    outcomes = list(translator.outcomes())
    told = itemgetter(*(flat(outcome.rule) for outcome in outcomes))
    tables = _tables(translator, program)
    conditions = [outcome for outcome in outcomes if outcome.rule not in tables]
    for form, nodes in (
        ("graph of decision tables", [*_decision_tables(tables), _expressions(conditions)]),
        ("graph with one expression node", [_expressions(outcomes)]),
    ):
        decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(_graph(nodes)))
        yield Contender("zen-engine", form, decision.evaluate, mappings, lambda found: told(found["result"]))
    yield Contender(
        "zen-engine", "one expression", zen.compile_expression(_list(outcomes)).evaluate, mappings
    )


def _tables(translator: Translator, program: Program) -> dict[str, list[tuple[str, str]]]:
    """Return the rows of what is a table: the choice of class, and each table of points."""
    choices = program.classify.rules
    rows = [(translator.text(rule.when), str(n)) for n, rule in enumerate(choices)]
    lines = [line for card in program.scorecards for line in card.characteristics]
    return {"class": [*rows, ("true", str(len(choices)))]} | {
        line.reason.id: translator.rows(line.grid) for line in lines
    }


def _decision_tables(tables: dict[str, list[tuple[str, str]]]) -> Iterator[dict[str, Any]]:
    for rule, rows in tables.items():
        content = {
            "hitPolicy": "first",
            "inputs": [{"id": "when", "name": "when"}],
            "outputs": [{"id": "then", "name": "then", "field": flat(rule)}],
            "rules": [{"_id": str(n), "when": when, "then": then} for n, (when, then) in enumerate(rows)],
        }
        yield {"type": "decisionTableNode", "name": rule, "content": content}


def _expressions(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    lines = [{"id": o.rule, "key": flat(o.rule), "value": o.text} for o in outcomes]
    return {"type": "expressionNode", "name": "expressions", "content": {"expressions": lines}}


def _graph(nodes: Sequence[dict[str, Any]]) -> str:
    """Return a decision graph: every node reads the input and adds to the output."""
    listed = [
        {"type": "inputNode", "name": "input"},
        {"type": "outputNode", "name": "output"},
        *nodes,
    ]
    edges = [
        {"id": f"{node['name']}-{way}", "sourceId": source, "targetId": target, "type": "edge"}
        for node in nodes
        for way, source, target in (("in", "input", node["name"]), ("out", node["name"], "output"))
    ]
    placed = [{"id": node["name"], "position": {"x": 0, "y": 0}, **node} for node in listed]
    return json.dumps({"nodes": placed, "edges": edges})
