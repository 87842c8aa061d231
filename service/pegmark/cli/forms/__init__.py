"""The forms in which problems of rulebooks are told: one list, one file for each who reads it.

`text` for people, `json` for programs of one's own, `sarif` for code scanning, `github` for a pull
request and `junit` for a build server. All hold the same problems in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pegmark.cli.forms.checked import Checked, FailOn
from pegmark.cli.forms.github import github
from pegmark.cli.forms.junit import junit
from pegmark.cli.forms.plain import plain
from pegmark.cli.forms.sarif import sarif
from pegmark.cli.forms.text import text
from pegmark.cli.terminal import Style

__all__ = ["FORMS", "Checked", "FailOn"]

FORMS: Mapping[str, Callable[[Sequence[Checked], Style], str]] = {
    "text": text,
    "json": lambda checked, _: plain(checked),
    "sarif": lambda checked, _: sarif(checked),
    "github": lambda checked, _: github(checked),
    "junit": lambda checked, _: junit(checked),
}
"""Each form by its name: what was checked as a text, `Style` being for those that people read."""
