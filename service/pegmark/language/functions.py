"""The functions there are, and what may be wrong with a call before its arguments are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pegmark.language.scope import Scope, nearest
from pegmark.language.syntax import Call, Name, wrong
from pegmark.language.tokens import shown


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is called, the least and greatest number of arguments and an example; what it gives."""

    least: int
    most: int
    usage: str
    meaning: str


FUNCTIONS: Mapping[str, Function] = {
    "min": Function(
        2, 8, "min(a, b)", "The least of two to eight amounts of one unit; unknown where one of them is."
    ),
    "max": Function(
        2, 8, "max(a, b)", "The greatest of two to eight amounts of one unit; unknown where one of them is."
    ),
    "abs": Function(1, 1, "abs(x)", "How far an amount is from zero."),
    "clamp": Function(3, 3, "clamp(x, low, high)", "An amount, held between two others."),
    "known": Function(1, 1, "known(x)", "Whether something is known; itself always known."),
    "coalesce": Function(
        2, 8, "coalesce(x, y)", "The first that is known; in `derive` and in the filling-in alone."
    ),
}


def resolve(call: Call, scope: Scope) -> None:
    """Raise `Malformed` unless the function exists, is allowed and takes that many arguments."""
    name = Name(call.function, call.start, call.name_end)
    function = FUNCTIONS.get(call.function)
    if function is None:
        near = nearest(call.function, FUNCTIONS)
        listed = ", ".join(f"`{known}`" for known in FUNCTIONS)
        hint = f"did you mean `{near}`?" if near else f"functions are {listed}"
        raise wrong("E0202", f"unknown function `{shown(call.function)}`", name, hint)
    if call.function == "coalesce" and not scope.coalesce:
        hint = "say what unknown means with `on_unknown` or `unknown`"
        raise wrong("E0208", "`coalesce` is allowed in `derive` only", name, hint)
    least, most, count = function.least, function.most, len(call.arguments)
    if not least <= count <= most:
        many = f"{least} to {most} arguments" if least < most else f"{least} argument{'s' * (least > 1)}"
        raise wrong(
            "E0203", f"`{call.function}` takes {many}, not {count}", call, f"write `{function.usage}`"
        )
