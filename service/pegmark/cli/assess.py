"""`pegmark assess`: decide one asset, and print the terms and their reasons."""

from __future__ import annotations

import click


@click.command(
    epilog="""\b
Examples:
  pegmark assess USDe --as-of 2025-10-09
  pegmark assess USDe --as-of 2025-10-09 --venue exchange-2025-10 --size 1M --size 10M
  pegmark assess my-token.yaml --venue my-venue.yaml --explain full
  pegmark assess BUIDL --json

\b
Exit codes: 0 decided (also where the asset is not accepted) · 1 the question cannot be
answered · 2 wrong use."""
)
@click.argument("asset", metavar="ASSET|FILE")
def command() -> None:
    """Decide one asset."""
