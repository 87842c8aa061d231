"""One of two programs, and one asset that both read: as it is submitted, and without its estimates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cached_property

import z3

from pegmark.facts.components import COMPONENTS
from pegmark.proof.assets import Asset, Assets
from pegmark.proof.dependency import SIZE
from pegmark.proof.pair import CLASS
from pegmark.proof.signals import said
from pegmark.proof.terms import Choice, Number, Term, Truth, every
from pegmark.proof.translate import Language, Reading
from pegmark.rulebook.program import Program

ESTIMATED = " estimated"
"""What follows a fact's name in the variable that says whether it is estimated."""


class Side:
    """One of two programs: what it says, and how it reads an asset that both are asked about."""

    def __init__(
        self, program: Program, day: date, asset: Asset, hidden: Asset, free: dict[str, Term]
    ) -> None:
        self.program = program
        self.language = Language(program, day)
        self.assets = Assets(program, self.language)
        self.said = said(program)
        self._asset, self._hidden, self._free = asset, hidden, free

    @cached_property
    def plain(self) -> Reading:
        """The asset, outcomes of earlier sections being anything."""
        return self.assets.reading(self._asset, self._free)

    @cached_property
    def sure(self) -> Reading:
        """The asset without its estimates."""
        return self.assets.reading(self._hidden, self._free)

    def of_class(self, exact: Term, *, is_sure: bool, size: Fraction | None = None) -> Reading:
        """Return the asset of this class, with or without its estimates, at any size or at one."""
        given = {**self._free, CLASS: exact} | ({} if size is None else {SIZE: Number(size, True)})
        return self.assets.reading(self._hidden if is_sure else self._asset, given)


def without_estimates(asset: Asset) -> Asset:
    """Return the asset with any of its facts hidden."""

    def hidden(name: str, term: Term) -> Term:
        kept = z3.Not(z3.Bool(f"{name}{ESTIMATED}"))
        match term:
            case Number(value, known):
                return Number(value, every(known, kept))
            case Choice(index, known, members):
                return Choice(index, every(known, kept), members)
        return Truth(every(term.yes, kept), every(term.no, kept))

    backing = asset.backing
    known = every(backing.known, z3.Not(z3.Bool(f"{COMPONENTS}{ESTIMATED}")))
    return Asset(
        {name: hidden(name, term) for name, term in asset.facts.items()},
        replace(backing, known=known),
        asset.layer,
    )
