"""`pegmark openapi`: write the OpenAPI document and the answers of its examples, or hold them to the code."""

from __future__ import annotations

from pathlib import Path

import click

from pegmark.api.app import build_app, routes
from pegmark.api.document import as_yaml, document
from pegmark.api.examples import answered, read_examples, written
from pegmark.api.metrics import Metrics
from pegmark.bootstrap import build_desk, normal_of
from pegmark.cli.terminal import complain, say
from pegmark.cli.verbs import REFUSED
from pegmark.data import data_root
from pegmark.settings import read_settings


@click.command(
    epilog="""\b
Examples:
  pegmark openapi
  pegmark openapi --check

\b
Exit codes: 0 done · 1 with --check, a file is not what the code gives · 2 wrong use."""
)
@click.option("--check", "is_check", is_flag=True, help="Write nothing; fail where something would change.")
@click.pass_context
def command(context: click.Context, is_check: bool) -> None:
    """Write the OpenAPI document of the HTTP API, and what its examples are answered with.

    Writes openapi/openapi.yaml and openapi/examples/, from the code and what ships with it.
    """
    folder = data_root() / "openapi"
    stale = {path: text for path, text in generated(folder).items() if _held(path) != text}
    for path, text in stale.items():
        if not is_check:
            path.write_text(text, encoding="utf-8")
        say(f"{'stale' if is_check else 'wrote'}: {path.relative_to(folder.parent)}")
    if is_check and stale:
        complain(
            "the OpenAPI document is not what the code gives", "run `pegmark openapi` and commit the files"
        )
        context.exit(REFUSED)


def generated(folder: Path) -> dict[Path, str]:
    """Return what the document and every example should be, by file."""
    # What ships, whatever this environment sets: the files are the same on every machine.
    settings = read_settings({})
    desk, normal = build_desk(settings), normal_of(settings)[1]
    app = build_app(desk, normal, settings.max_body_bytes)
    examples = answered(app, read_examples(folder / "examples"))
    found = document(routes(desk, normal, Metrics({"version": ""})), examples)
    files = {folder / "examples" / e.operation / f"{e.name}.json": written(e) for e in examples}
    return files | {folder / "openapi.yaml": as_yaml(found)}


def _held(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
