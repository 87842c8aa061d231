"""What a suite says of facts, to the JSON that a request would say it in.

A fact is a value, with its unit or as in a request; `unknown`; nothing (`null`), which takes away what
was inherited; or in full, as in a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pegmark.authoring.suite import Claim
from pegmark.authoring.values import number, of_fact, when
from pegmark.facts.components import COMPONENT_KINDS
from pegmark.facts.specification import FactSpec
from pegmark.language import nearest, shown
from pegmark.rulebook import source as yaml
from pegmark.rulebook.reading import Reader

UNKNOWN = "unknown"
"""The short form of `{unknown: not_disclosed}`."""
COMPONENTS = "backing.components"
_ABSENCES = ("not_disclosed", "not_collected", "not_credible")
_STATED = ("as_of", "source", "confidence", "estimated", "knowable_at")
_CONFIDENCE = ("low", "medium", "high")
Specs = Mapping[str, FactSpec]


def facts_of(
    reader: Reader, node: yaml.Node | None, path: str, specs: Specs, group: str = ""
) -> dict[str, Claim]:
    """Return claims by the names of facts.

    A key is a fact (`peg.discount_now`) or a group of them; with `group`, a fact of that group.
    """
    claims: dict[str, Claim] = {}
    spans: dict[str, Any] = {}
    groups = {name.partition(".")[0] for name in specs}
    for key, value in reader.entries(node, path):
        at = f"{path}.{key.text}"
        if not group and key.text in groups and isinstance(value, yaml.Mapping):
            members = [
                (f"{key.text}.{short.text}", short, inner) for short, inner in reader.entries(value, at)
            ]
        else:
            name = f"{group}.{key.text}" if group and "." not in key.text else key.text
            members = [(name, key, value)]
        for name, word, inner in members:
            if _is_fact(reader, word, name, at, specs) and not reader.is_twice(
                yaml.Scalar(name, word.span, word.at), spans, at, "fact"
            ):
                claim = claim_of(reader, inner, f"{path}.{name}", specs[name])
                if claim is not None:
                    claims[name] = claim
    return claims


def _is_fact(reader: Reader, word: yaml.Scalar, name: str, path: str, specs: Specs) -> bool:
    if name in specs:
        return True
    near = nearest(name, specs)
    hint = f"did you mean `{near}`?" if near else "`pegmark facts` lists what may be known"
    reader.report("T0007", f"there is no fact `{shown(name)}`", word.span, path, hint)
    return False


def claim_of(reader: Reader, node: yaml.Node, path: str, spec: FactSpec) -> Claim | None:
    """Return what is said of a fact; None after reporting what is wrong with it."""
    match node:
        case yaml.Scalar() if node.is_null:
            return Claim(None, node.span)
        case yaml.Scalar(text="unknown") if not node.is_quoted:
            return Claim({"unknown": "not_disclosed"}, node.span)
        case yaml.Mapping(entries) if _is_full(entries, spec):
            said = _full(reader, node, path, spec)
        case _:
            said = _value(reader, node, path, spec)
    return None if said is None else Claim(said, node.span)


def _is_full(entries: tuple[tuple[yaml.Scalar, yaml.Node], ...], spec: FactSpec) -> bool:
    """Tell whether a mapping is the full form of a fact: components may be a mapping too."""
    return spec.name != COMPONENTS or any(key.text in ("value", "unknown") for key, _ in entries)


def _value(reader: Reader, node: yaml.Node, path: str, spec: FactSpec) -> Any:
    if spec.name == COMPONENTS:
        return list(_components(reader, node, path)) or None
    scalar = reader.scalar(node, path)
    return None if scalar is None else of_fact(reader, scalar, path, spec)


def _full(reader: Reader, node: yaml.Mapping, path: str, spec: FactSpec) -> dict[str, Any] | None:
    is_unknown = any(key.text == "unknown" for key, _ in node.entries)
    stated = ("as_of", "source") if is_unknown else _STATED
    found = reader.mapping(node, path, ["unknown" if is_unknown else "value"], stated)
    said: dict[str, Any] = {}
    for name, inner in found.items():
        at = f"{path}.{name}"
        match name:
            case "value":
                said[name] = _value(reader, inner, at, spec)
            case "unknown":
                said[name] = reader.choice(inner, at, _ABSENCES)
            case "confidence":
                said[name] = reader.choice(inner, at, _CONFIDENCE)
            case "estimated":
                said[name] = reader.choice(inner, at, ("true", "false")) == "true"
            case "as_of" | "knowable_at":
                scalar = reader.scalar(inner, at)
                said[name] = None if scalar is None else when(reader, scalar, at)
            case _:
                said[name] = reader.text(inner, at) or None
    return said if all(value is not None for value in said.values()) and said else None


def _components(reader: Reader, node: yaml.Node, path: str) -> Iterator[dict[str, Any]]:
    """Yield the components of a list as in a request, or of kinds with their shares."""
    if isinstance(node, yaml.Mapping):
        for key, value in node.entries:
            at = f"{path}.{key.text}"
            kind = reader.choice(key, at, COMPONENT_KINDS)
            share = _number(reader, value, at, "ratio", 10.0)
            if kind is not None and share is not None:
                yield {"kind": kind, "share": share}
        return
    for item, at in reader.items(node, path, least=1):
        found = reader.mapping(item, at, ("kind", "share"), ("maturity", "obligor", "asset"))
        kind = reader.choice(found.get("kind"), f"{at}.kind", COMPONENT_KINDS)
        share = _number(reader, found.get("share"), f"{at}.share", "ratio", 10.0)
        if kind is None or share is None:
            continue
        component: dict[str, Any] = {"kind": kind, "share": share}
        if "maturity" in found:
            component["maturity"] = _number(reader, found["maturity"], f"{at}.maturity", "days", None)
        for name in ("obligor", "asset"):
            if name in found:
                component[name] = reader.text(found[name], f"{at}.{name}")
        yield component


def _number(reader: Reader, node: yaml.Node | None, path: str, kind: Any, high: float | None) -> float | None:
    scalar = reader.scalar(node, path)
    return None if scalar is None else number(reader, scalar, path, kind, 0.0, high)
