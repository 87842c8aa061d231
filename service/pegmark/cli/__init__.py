"""The command line: one file per verb, each importing only what it uses.

Exit codes: 0 done; 1 what was read is refused, or nothing has that name; 2 the command line cannot
be understood; 141 the reader of a pipe went away.
"""

from __future__ import annotations

import os

# What is valid does not depend on what else is installed; nor do all of that have to be looked through.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from pegmark.cli.verbs import main

__all__ = ["main"]
