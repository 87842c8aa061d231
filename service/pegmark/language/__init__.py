"""Expressions of the rule language: text in, checked expression or problems out."""

from pegmark.language.check import check, literal
from pegmark.language.codes import CODES
from pegmark.language.parser import mentions
from pegmark.language.prose import text
from pegmark.language.scope import Place, Scope, Symbol, nearest
from pegmark.language.tokens import shown
from pegmark.language.types import BOOL, UNITS, Type

__all__ = [
    "BOOL",
    "CODES",
    "UNITS",
    "Place",
    "Scope",
    "Symbol",
    "Type",
    "check",
    "literal",
    "mentions",
    "nearest",
    "shown",
    "text",
]
