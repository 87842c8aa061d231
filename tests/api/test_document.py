"""The OpenAPI document: true to the code, complete, and shown by examples that are real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pegmark.api.app import routes
from pegmark.api.entrance import Entrance
from pegmark.api.examples import Example, ask, read_examples
from pegmark.api.metrics import Metrics
from pegmark.api.operation import Operation, operation_of
from pegmark.cli.verbs import run
from pegmark.usecases.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = read_examples(ROOT / "openapi" / "examples")
DOCUMENT: dict[str, Any] = yaml.load(
    (ROOT / "openapi" / "openapi.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
REGISTRY: Any = Registry().with_resource("urn:api", DRAFT202012.create_resource(DOCUMENT))


def resolved(node: Any) -> Any:
    while "$ref" in node:
        found = DOCUMENT
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        node = found
    return node


def fits(value: Any, schema: dict[str, Any]) -> None:
    """Hold a value to a schema of the document."""
    whole = {"$id": "urn:here", **absolute(schema)}
    jsonschema.Draft202012Validator(whole, registry=REGISTRY).validate(value)


def absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: f"urn:api{value}" if key == "$ref" else absolute(value) for key, value in schema.items()}
    return [absolute(item) for item in schema] if isinstance(schema, list) else schema


def declarations(desk: Desk) -> dict[str, Operation]:
    handlers = routes(desk, b"", Metrics({"version": ""}))
    return {found.id: found for handler in handlers if (found := operation_of(handler))}


def test_the_document_is_openapi() -> None:
    """Proves that tools that read OpenAPI 3.1 can read ours."""
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_document_is_what_the_code_gives(capsys: pytest.CaptureFixture[str]) -> None:
    """Proves that neither the document nor an example has drifted: `pegmark openapi` would write nothing."""
    assert run(["openapi", "--check"]) == 0, capsys.readouterr()


def test_drift_is_found_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that `--check` fails on any difference and writes nothing, and that otherwise all is written."""
    from pegmark.cli import openapi

    for folder in ("rules", "fixtures", "docs"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    examples = tmp_path / "openapi" / "examples" / "live"
    examples.mkdir(parents=True)
    asked = {"summary": "x", "request": {"method": "GET", "target": "/health/live"}}
    (examples / "live.json").write_bytes(orjson.dumps(asked))
    monkeypatch.setattr(openapi, "data_root", lambda: tmp_path)
    assert run(["openapi", "--check"]) == 1
    assert not (tmp_path / "openapi" / "openapi.yaml").exists()
    assert "stale: openapi/openapi.yaml" in capsys.readouterr().out
    assert run(["openapi"]) == 0
    assert '"status": "live"' in (examples / "live.json").read_text()
    assert run(["openapi", "--check"]) == 0
    (tmp_path / "openapi" / "openapi.yaml").write_text("openapi: 3.1.0\n")
    assert run(["openapi", "--check"]) == 1


def test_every_route_is_described(desk: Desk, app: Entrance) -> None:
    """Proves that nothing is served under `/v1`, `/health` or `/metrics` that the document does not say."""
    described = {path for path, _, _ in OPERATIONS.values()}
    served = {route.path_format for route in app.app.routes}
    pages = {path for path in served if path == "/" or path.startswith(("/docs", "/openapi."))}
    assert served - pages == described
    assert set(declarations(desk)) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_described_in_full(desk: Desk, name: str) -> None:
    """Proves that each has words, a tag, its errors, examples of question and answer, and true links."""
    path, _, operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert set(operation["tags"]) < {tag["name"] for tag in DOCUMENT["tags"]}
    assert {"200", "400", "406", "414", "500"} <= set(operation["responses"])
    if "requestBody" in operation:
        (content,) = operation["requestBody"]["content"].values()
        assert content["examples"]
        assert {"408", "413", "415", "422"} <= set(operation["responses"])
    if "{" in path:
        assert "404" in operation["responses"]
    for status, response in operation["responses"].items():
        found = resolved(response)
        assert found["description"]
        if status == "304":
            assert "content" not in found
            continue
        (content,) = found["content"].values()
        assert content["examples"]
    for parameter in operation.get("parameters", []):
        assert parameter["description"]
        assert parameter["required"] == (parameter["in"] == "path")
    for link in operation["responses"]["200"].get("links", {}).values():
        target = OPERATIONS[link["operationId"]][2]
        names = {parameter["name"] for parameter in target.get("parameters", [])}
        assert set(link.get("parameters", {})) <= names
    queries = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    assert tuple(queries) == declarations(desk)[name].query


def test_every_example_is_of_an_operation() -> None:
    """Proves that no example is left behind by an operation that is gone."""
    assert {example.operation for example in EXAMPLES} == set(OPERATIONS) - {"metrics"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.operation}/{example.name}")
def test_an_example_is_answered_as_it_says(app: Entrance, example: Example) -> None:
    """Proves that each example, asked again, has the answer that is shown, byte for byte."""
    answer = ask(app, example)
    assert answer.status == example.status
    assert answer.body == orjson.dumps(example.answer)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.operation}/{example.name}")
def test_an_example_fits_its_schemas(example: Example) -> None:
    """Proves that what is shown is what is described: body, parameters and answer."""
    _, _, operation = OPERATIONS[example.operation]
    (content,) = resolved(operation["responses"][str(example.status)])["content"].values()
    fits(example.answer, content["schema"])
    assert content["examples"][example.name]["value"] == example.answer
    if example.status == 200 and example.body is not None:
        (body,) = operation["requestBody"]["content"].values()
        fits(example.body, body["schema"])
    for parameter in operation.get("parameters", []):
        for shown in parameter.get("examples", {}).values():
            fits(shown["value"], parameter["schema"])


@pytest.mark.parametrize("name", DOCUMENT["components"]["responses"])
def test_a_shared_refusal_has_an_example_that_fits(name: str) -> None:
    """Proves that each status that any operation may give is shown by a problem document."""
    (content,) = DOCUMENT["components"]["responses"][name]["content"].values()
    for shown in content["examples"].values():
        fits(shown["value"], content["schema"])


def test_schemas_are_closed_and_without_clutter() -> None:
    """Proves that every object says which keys it takes, and that no schema carries a generator's titles."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert "additionalProperties" in schema, name
    assert '"title":' not in orjson.dumps(DOCUMENT["components"]["schemas"]).decode().replace('"title":{', "")


def test_the_document_is_served_as_it_is_committed(app: Entrance) -> None:
    """Proves that a client reads the document that was reviewed, in either form."""
    text = ask(app, Example("", "", "", "GET", "/openapi.yaml", None, None, None))
    assert text.body == (ROOT / "openapi" / "openapi.yaml").read_bytes()
    assert text.headers["content-type"] == "application/yaml"
    data = ask(app, Example("", "", "", "GET", "/openapi.json", None, None, None))
    assert orjson.loads(data.body) == DOCUMENT
