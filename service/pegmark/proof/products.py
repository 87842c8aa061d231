"""Products of two unknowns, made linear: each as a number of its own, with what makes it monotone.

The solver is quick with sums and slow with products. Most proofs need no more of a product than that it
rises with its factors, so a first question is asked of any numbers that do: more than there are products,
and so what is refuted of them may still be true.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any, NamedTuple

import z3

from pegmark.proof.terms import Formula


class Linear(NamedTuple):
    """Formulas in which no two unknowns are multiplied; `parts` are (product, its number, its factors)."""

    formulas: list[Formula]
    parts: list[tuple[Any, ...]]

    def held(self, formulas: Sequence[Formula], model: Any) -> list[Formula]:
        """Return `formulas` with one factor of each product held where a model has it.

        They are linear, and what meets them meets the formulas as they were.
        """
        found, names = [], []
        for node, _, x, y in self.parts:
            value = model.eval(y, model_completion=True)
            found.append(y == value)
            names.append((node, x * value))
        return [*(z3.substitute(formula, *names) for formula in formulas), *found]


def linear(formulas: Sequence[Formula]) -> Linear | None:
    """Return formulas with a number of its own for each product; None where there are no products."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    todo = [formula for formula in formulas if not isinstance(formula, bool)]
    while todo:
        node = todo.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        if z3.is_mul(node) and not any(map(z3.is_rational_value, node.children())):
            found[node.get_id()] = node
        todo += node.children()
    if not found:
        return None
    names = [(node, z3.Real(f"product {n}")) for n, node in enumerate(found.values())]
    told = [z3.substitute(formula, *names) for formula in formulas if not isinstance(formula, bool)]
    parts = [(node, p, *(z3.substitute(factor, *names) for factor in node.children())) for node, p in names]
    return Linear([*told, *_monotone([part[1:] for part in parts])], parts)


def _monotone(parts: Sequence[tuple[Any, ...]]) -> list[Formula]:
    """Return what holds of products (p, x, y): signs, factors up to one, and order between any two."""
    holds = []
    for p, x, y in parts:
        holds.append(z3.Implies(z3.And(x >= 0, y >= 0), p >= 0))
        holds.append(z3.Implies(z3.Or(x == 0, y == 0), p == 0))
        holds += [z3.Implies(z3.And(a >= 0, b <= 1), p <= a) for a, b in ((x, y), (y, x))]
        holds += [z3.Implies(z3.And(a >= 0, b >= 1), p >= a) for a, b in ((x, y), (y, x))]
    for (p, x, y), (q, v, w) in permutations(parts, 2):
        holds.append(z3.Implies(z3.And(x >= 0, y >= 0, x <= v, y <= w), p <= q))
    return holds
