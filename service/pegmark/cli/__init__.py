"""The command line: one file per verb, each importing only what it uses.

Exit codes: 0 done; 1 what was read is refused, or nothing has that name; 2 the command line cannot
be understood; 141 the reader of a pipe went away.
"""

from __future__ import annotations

from pegmark.cli.verbs import main

__all__ = ["main"]
