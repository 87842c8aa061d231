"""The OpenAPI document: made from the routes, their declarations, the models and the examples.

The framework says which parameters the handlers take, pydantic what models look like; everything
else is in the declarations (`pegmark.api.operation`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

import yaml
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pegmark import __version__
from pegmark.api.body import JsonRequest
from pegmark.api.codes import CODES
from pegmark.api.examples import Example
from pegmark.api.operation import JSON, Link, Operation, operation_of
from pegmark.api.refusals import PROBLEM_JSON
from pegmark.api.schemas.problem import ProblemDocument

__all__ = ["as_yaml", "document"]

ALWAYS = (400, 406, 414, 500)
"""What any operation may answer with."""

_DESCRIPTION = """\
Tells a risk system what a dollar token is, and on what terms to take it as collateral.

Ratios are decimals from 0 to 1, money is in US dollars, both JSON numbers; times are RFC 3339, UTC.
Types are strict: `"1"` is not 1, `true` is not 1, and keys or query parameters that are not known are
refused. Every failure is a problem document (RFC 9457): its `type` is a path that explains it, its
`errors` say what is wrong, where, and what to do.

`X-Request-Id` of a request is echoed, or one is made; a valid `traceparent` is continued. What carries
an `ETag` answers 304 to a request that gives it back in `If-None-Match`. `HEAD` works wherever `GET`
does. What is no HTTP at all, or has a head of more than 64 KB, is answered by a problem document and
the connection is closed."""

_TAGS = {
    "assessments": "A question about an asset in, a decision out.",
    "assets": "Snapshots of assets that a question may name.",
    "venues": "Venues that a question may name.",
    "rulebooks": "Rulebooks as they run and as they are written.",
    "reference": "The vocabulary of facts, and the problem codes.",
    "operations": "Health and metrics.",
}

# The names that Python gives to statuses change from one version to the next.
_REFUSALS = {
    400: ("BadRequest", "The request is malformed."),
    404: ("NotFound", "What the path names is not here."),
    406: ("NotAcceptable", "Nothing that `Accept` names is sent."),
    408: ("RequestTimeout", "The body took too long."),
    413: ("ContentTooLarge", "The body is too long."),
    414: ("UriTooLong", "Path and query are too long."),
    415: ("UnsupportedMediaType", "The body is not said to be JSON, or is said to be encoded."),
    422: ("UnprocessableContent", "The body is JSON, and not what the operation takes."),
    500: ("InternalServerError", "A fault of the server."),
    503: ("ServiceUnavailable", "Too busy at the moment."),
}

_HEADERS = {
    "X-Request-Id": (
        "The request's own, or one made for it; the log has it too.",
        r"^[A-Za-z0-9._~+/=-]{1,128}$",
    ),
    "ETag": ("A strong validator: a digest of the body.", r'^"[A-Za-z0-9_-]{24}"$'),
    "Cache-Control": ("How long to keep it.", r"^[a-z0-9=, -]+$"),
    "Retry-After": ("Seconds to wait.", r"^[0-9]+$"),
}


def document(routes: Iterable[HTTPRouteHandler], examples: Sequence[Example]) -> dict[str, Any]:
    """Return the OpenAPI document of `routes` as plain data."""
    handlers = {operation.id: handler for handler in routes if (operation := operation_of(handler))}
    operations = {name: found for name, handler in handlers.items() if (found := operation_of(handler))}
    config = OpenAPIConfig(title="pegmark", version=__version__)
    app = Litestar(
        list(handlers.values()), openapi_config=config, request_class=JsonRequest, logging_config=None
    )
    described = app.openapi_schema.to_schema()["paths"]
    order = list(operations)
    paths: dict[str, Any] = {}
    for path in sorted(described, key=lambda path: _place(described[path], order)):
        for method, found in described[path].items():
            operation = operations[found["operationId"]]
            own = [example for example in examples if example.operation == operation.id]
            paths.setdefault(path, {})[method] = _operation(operation, found, path, own)
    models = [model for it in operations.values() for model in (it.body, it.answer) if model is not None]
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "pegmark",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas([*models, ProblemDocument]),
            "responses": {
                _REFUSALS[status][0]: _refused(status, [e for e in examples if e.status == status][:1])
                for status in _statuses(operations.values())
            },
            "headers": {name: _header(*header) for name, header in _HEADERS.items()},
        },
    }


def _place(item: Mapping[str, Any], order: list[str]) -> int:
    """Return where a path stands: the routes are in the order in which they are read."""
    return min(order.index(found["operationId"]) for found in item.values())


def _operation(
    operation: Operation, found: Mapping[str, Any], path: str, examples: Sequence[Example]
) -> dict[str, Any]:
    """Return one operation; `found` is what the framework knows of its handler."""
    accepted = [example for example in examples if example.status == 200]
    made: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
    }
    if parameters := found.get("parameters"):
        values = {example.name: _values(example, path) for example in accepted}
        made["parameters"] = [_parameter(parameter, values) for parameter in parameters]
    if operation.body is not None:
        content: dict[str, Any] = {"schema": _component("schemas", operation.body.__name__)}
        content["examples"] = {e.name: {"summary": e.summary, "value": e.body} for e in accepted}
        made["requestBody"] = {"required": True, "content": {JSON: content}}
    made["responses"] = {"200": _answer(operation, accepted)}
    if operation.has_etag:
        headers = ("X-Request-Id", "ETag", "Cache-Control")
        description = "Not modified: `If-None-Match` names what would be sent."
        made["responses"]["304"] = {"description": description, "headers": _headers(headers)}
    for status in sorted({*ALWAYS, *operation.errors}):
        own = [example for example in examples if example.status == status]
        made["responses"][str(status)] = (
            _refused(status, own) if own else _component("responses", _REFUSALS[status][0])
        )
    return made


def _values(example: Example, path: str) -> dict[str, str]:
    """Return the values of path and query parameters that an example's target gives."""
    asked, _, query = example.target.partition("?")
    pairs = zip(path.split("/"), asked.split("/"), strict=True)
    return dict(parse_qsl(query)) | {
        name[1:-1]: unquote(value) for name, value in pairs if name.startswith("{")
    }


def _parameter(found: Mapping[str, Any], values: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    name, schema = found["name"], dict(found["schema"])
    description = schema.pop("description")
    if "oneOf" in schema:
        # What is optional is left out, never null: a query has no null.
        schema.pop("oneOf")
        schema = {"type": "string", **schema}
    made = {
        "name": name,
        "in": found["in"],
        "required": found["required"],
        "description": description,
        "schema": {key: _whole(value) for key, value in schema.items()},
    }
    is_number = schema["type"] == "integer"
    shown = {
        key: {"value": int(value[name]) if is_number else value[name]}
        for key, value in values.items()
        if name in value
    }
    return made | ({"examples": shown} if shown else {})


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _answer(operation: Operation, examples: Sequence[Example]) -> dict[str, Any]:
    schema: Any = {"type": "string"}
    if operation.answer is not None:
        schema = _component("schemas", operation.answer.__name__)
    content: dict[str, Any] = {"schema": schema}
    if operation.sample is not None:
        content["examples"] = {"sample": {"value": operation.sample}}
    elif examples:
        content["examples"] = _shown(examples)
    headers = ("X-Request-Id", "ETag", "Cache-Control") if operation.has_etag else ("X-Request-Id",)
    made = {
        "description": operation.summary,
        "headers": _headers(headers),
        "content": {operation.media: content},
    }
    if operation.links:
        made["links"] = {name: _link(link) for name, link in operation.links.items()}
    return made


def _link(link: Link) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": link.operation}
    if link.parameters:
        made["parameters"] = dict(link.parameters)
    if link.body is not None:
        made["requestBody"] = dict(link.body)
    return made


def _refused(status: int, examples: Sequence[Example]) -> dict[str, Any]:
    headers = ("X-Request-Id", "Cache-Control", *(("Retry-After",) if status == 503 else ()))
    return {
        "description": _REFUSALS[status][1],
        "headers": _headers(headers),
        "content": {
            PROBLEM_JSON: {
                "schema": _component("schemas", "ProblemDocument"),
                "examples": _shown(examples) if examples else {"any": {"value": _some(status)}},
            }
        },
    }


def _some(status: int) -> dict[str, Any]:
    """Return a problem document of a status that no stored example shows: it needs luck, or a fault."""
    code, known = next((code, known) for code, known in CODES.items() if known.status == status)
    fault = {"code": code, "detail": known.title, "help": known.text, "pointer": None, "parameter": None}
    return {
        "type": f"/v1/problems/{code}",
        "title": known.title,
        "status": status,
        "detail": known.title,
        "errors": [fault],
        "left_out": 0,
    }


def _shown(examples: Iterable[Example]) -> dict[str, Any]:
    return {example.name: {"summary": example.summary, "value": example.answer} for example in examples}


def _statuses(operations: Iterable[Operation]) -> list[int]:
    return sorted({*ALWAYS, *(status for operation in operations for status in operation.errors)})


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: _component("headers", name) for name in names}


def _header(description: str, pattern: str) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": "string", "pattern": pattern}}


def _component(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _schemas(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    asked = [(model, "validation") for model in dict.fromkeys(models)]
    _, found = models_json_schema(asked, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {name: _tidied(schema) for name, schema in sorted(found["$defs"].items())}


def _tidied(schema: Any) -> Any:
    """Return a schema without what pydantic adds to no use, and closed where it leaves a gap."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return _whole(schema)
    kept = dict(_kept(schema))
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept


def _kept(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items():
        if key == "properties":
            yield key, {name: _tidied(child) for name, child in value.items()}
        elif key == "description":
            yield key, " ".join(value.split())
        elif not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None):
            yield key, _tidied(value)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # whichever is there
    """Writes texts of several lines as blocks."""


def _text(dumper: Any, value: str) -> Any:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(found: Mapping[str, Any]) -> str:
    """Return a document as YAML."""
    return str(yaml.dump(found, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))
