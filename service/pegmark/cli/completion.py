"""`pegmark completion`: what a shell needs to complete verbs, options and names.

The script that it prints asks `pegmark` itself on every press of TAB, by an environment variable:
what is offered is what is stored now.
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class, shell_complete

from pegmark.cli.terminal import say
from pegmark.cli.verbs import COMPLETING, REFUSED, pegmark
from pegmark.errors import PegmarkError

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog="""\b
Examples:
  pegmark completion bash
  pegmark completion zsh
  pegmark completion fish

\b
To have it in every shell, add a line to its start-up file:
  ~/.bashrc                    eval "$(pegmark completion bash)"
  ~/.zshrc, after compinit     eval "$(pegmark completion zsh)"
  ~/.config/fish/config.fish   pegmark completion fish | source

\b
Exit codes: 0 printed · 1 the output cannot be written · 2 wrong use, or another shell."""
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print what a shell needs to complete verbs, options, and the names of what is stored."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the three
    say(kind(pegmark, {}, "pegmark", COMPLETING).source().rstrip())


def answer(instruction: str) -> int:
    """Print what may stand where TAB was pressed; `instruction` names the shell that asks.

    Nothing is printed where that cannot be told: a complaint would be written into what is typed.
    """
    try:
        return shell_complete(pegmark, {}, "pegmark", COMPLETING, instruction)
    except (PegmarkError, OSError, click.ClickException, LookupError, ValueError):
        return REFUSED
