"""Problems as JSON of our own, the same as the HTTP API gives of each."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pegmark.cli.forms.checked import Checked, all_problems
from pegmark.rulebook.render import as_json


def plain(checked: Sequence[Checked]) -> str:
    """Return every problem as JSON, and whether there is none to fail for."""
    is_sound = not any(one.fails for one in checked)
    problems = [as_json(problem) for problem in all_problems(checked)]
    return json.dumps({"ok": is_sound, "problems": problems}, indent=2)
