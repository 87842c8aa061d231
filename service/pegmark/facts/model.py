"""The pydantic model of facts, made from the vocabulary: strict, closed, both forms of a value.

A fact is given bare (`0.995`), as an envelope (`{"value": 0.995, "as_of": …, "source": …}`) or as
unknown (`{"unknown": "not_disclosed"}`). Which of the three is told by its shape, so that a wrong
value gives one error and not one for each form.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from pegmark.facts.vocabulary import COMPONENT_KINDS, GROUPS, FactSpec

Confidence = Literal["low", "medium", "high"]
Absence = Literal["not_disclosed", "not_collected", "not_credible"]

TEXT = r"^[^\x00-\x1f\x7f]*$"
"""Free text: anything but control characters."""
WHEN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
"""A date, or an RFC 3339 instant."""

Line = Annotated[str, Field(min_length=1, max_length=2000, pattern=TEXT)]
When = Annotated[str, Field(max_length=40, pattern=WHEN, examples=["2025-10-09"])]
AssetName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")]


class Strict(BaseModel):
    """Refuses what it does not know and converts nothing."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class Part(Strict):
    """Made of facts, or part of such: a validator of its own is built where one is first asked for."""

    model_config = ConfigDict(defer_build=True)


class Missing(Part):
    """A fact that was looked for, or not, and is not known."""

    unknown: Absence
    as_of: When | None = None
    source: Line | None = None


class Stated(Part):
    """A value with where it comes from; made for each type of value."""

    value: Any
    as_of: When | None = None
    source: Line | None = None
    confidence: Confidence | None = None
    estimated: bool = False
    knowable_at: When | None = None


class Component(Part):
    """One kind of backing and its share of liabilities."""

    kind: Literal[tuple(COMPONENT_KINDS)]  # type: ignore[valid-type]  # the kinds stand in a table
    share: Annotated[float, Field(ge=0, le=10)]
    maturity: Annotated[float, Field(ge=0, le=36_500)] | None = None
    obligor: Line | None = None
    asset: AssetName | None = None


BARE = frozenset({float, int, bool, str, list})
"""What a claim is when it gives its value alone."""


def _shape(value: Any) -> str:
    """Tell which of the three forms a value has."""
    if type(value) in BARE:  # Most are, and asking pydantic classes what they are takes longer.
        return "bare"
    if isinstance(value, (dict, BaseModel)):
        has_unknown = "unknown" in value if isinstance(value, dict) else isinstance(value, Missing)
        return "unknown" if has_unknown else "stated"
    return "bare"


def _value(spec: FactSpec) -> Any:
    if spec.name == "backing.components":
        return Annotated[list[Component], Field(min_length=1, max_length=100)]
    match spec.kind:
        case "bool":
            return bool
        case "enum":
            return Literal[spec.members]
    return Annotated[float, Field(ge=spec.low, le=spec.high)]


def claim(spec: FactSpec) -> Any:
    """Return the type of a fact in any of its three forms."""
    # Facts of one range share their models, which keeps the OpenAPI document short.
    shape = _shape_of(spec)
    if shape not in _CLAIMS:
        _CLAIMS[shape] = _three_forms(shape, _value(spec))
    return _CLAIMS[shape]


_CLAIMS: dict[str, Any] = {}


def _shape_of(spec: FactSpec) -> str:
    match spec.kind:
        case "bool":
            return "flag"
        case "enum":
            return spec.name
    return f"{spec.kind} {spec.low:g} to {spec.high:g}".replace("-", "minus ")


def _three_forms(shape: str, bare: Any) -> Any:
    name = "".join(filter(str.isalnum, shape.title()))
    stated = create_model(f"Stated{name}", __base__=Stated, value=(bare, ...))
    return Annotated[
        Annotated[bare, Tag("bare")] | Annotated[stated, Tag("stated")] | Annotated[Missing, Tag("unknown")],
        Discriminator(_shape),
    ]


def _group(group: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        spec.attribute: (claim(spec) | None, Field(None, description=spec.meaning)) for spec in GROUPS[group]
    }
    doc = f"Facts of the group `{group}`."
    return create_model(f"{group.title()}Facts", __base__=Part, __doc__=doc, **fields)


_CUSTOM: Any = _three_forms("custom", bool | float | Line)


def _facts() -> type[BaseModel]:
    fields: dict[str, Any] = {
        group: (_group(group) | None, None) for group in GROUPS if group not in ("venue", "terms")
    }
    by_name: Any = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")], _CUSTOM | None]
    custom = Field(None, max_length=200, description="Facts the rulebook declares for itself.")
    fields["custom"] = (by_name | None, custom)
    doc = "What is known of an asset. Absent means nobody looked."
    return create_model("Facts", __base__=Part, __doc__=doc, **fields)


Facts = _facts()
VenueFacts = _group("venue")
