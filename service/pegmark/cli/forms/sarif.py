"""Problems as SARIF 2.1.0, which code scanning and editors read.

Columns are counted in code points, as ours are, and the log says so. A file is told by its path from
the folder that we run in, or by its whole address where it lies elsewhere. Each code that occurs is
described by its page.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from pegmark import __version__
from pegmark.authoring.suggestion import replacement
from pegmark.cli.forms.checked import Checked, all_problems, from_here, is_whole, remarks
from pegmark.cli.pages import page, page_path, title
from pegmark.problems import Problem, Related, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"


def sarif(checked: Sequence[Checked]) -> str:
    """Return a log of one run with a result a problem."""
    codes = sorted({problem.code for problem in all_problems(checked)})
    rules = {code: n for n, code in enumerate(codes)}
    driver = {"name": "pegmark", "version": __version__, "semanticVersion": __version__}
    run = {
        "tool": {"driver": {**driver, "rules": list(map(_rule, codes))}},
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that `pegmark` was run in."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(problem, rules[problem.code], one.quoted) for one in checked for problem in one.problems
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, Any]:
    text = page(code)
    return {
        "id": code,
        "shortDescription": {"text": f"{title(code)[:1].upper()}{title(code)[1:]}"},
        "helpUri": page_path(code).as_uri(),
        "help": {"text": text, "markdown": text},
    }


def _result(problem: Problem, rule: int, files: Mapping[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": "\n".join([problem.message, *remarks(problem)])},
    }
    if problem.span is None:
        return found
    location: dict[str, Any] = {"physicalLocation": _physical(problem.span)}
    if problem.yaml_path:
        named = {"fullyQualifiedName": problem.yaml_path}
        location["logicalLocations"] = [named | ({"name": problem.rule_id} if problem.rule_id else {})]
    found["locations"] = [location]
    if problem.related:
        found["relatedLocations"] = [_related(n, related) for n, related in enumerate(problem.related, 1)]
    written = replacement(problem, _underlined(problem.span, files))
    if written is not None:
        found["fixes"] = [_fix(problem.help or "", problem.span, written)]
    return found


def _related(number: int, related: Related) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": related.message},
        "physicalLocation": _physical(related.span),
    }


def _fix(said: str, span: Span, written: str) -> dict[str, Any]:
    edit = {"deletedRegion": _region(span), "insertedContent": {"text": written}}
    change = {"artifactLocation": _artifact(span.file), "replacements": [edit]}
    return {"description": {"text": said}, "artifactChanges": [change]}


def _physical(span: Span) -> dict[str, Any]:
    file = {"artifactLocation": _artifact(span.file)}
    return file if is_whole(span) else {**file, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _artifact(name: str) -> dict[str, str]:
    inside = from_here(name)
    if inside is None:
        return {"uri": Path(os.path.normpath(Path.cwd() / name)).as_uri()}
    # Names of files are bytes: `quote` would refuse those that are no text.
    return {"uri": quote_from_bytes(os.fsencode(inside.as_posix())), "uriBaseId": _ROOT}


def _underlined(span: Span, files: Mapping[str, bytes]) -> str:
    """Return the text that a span of one line covers."""
    lines = files.get(span.file, b"").decode("utf-8", errors="replace").split("\n")
    if span.start.line != span.end.line or span.start.line > len(lines):
        return ""
    return lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1]
