"""Mutants of a checked rulebook: each has one small fault, which a suite ought to notice."""

from pegmark.authoring.mutation.mutant import Mutant
from pegmark.authoring.mutation.rulebook import mutants

__all__ = ["Mutant", "mutants"]
