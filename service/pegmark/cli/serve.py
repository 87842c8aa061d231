"""`pegmark serve`: the HTTP API on loopback."""

from __future__ import annotations

import os

import click
import uvicorn

from pegmark.settings import PREFIX, read_settings


@click.command(
    epilog="""\b
Examples:
  pegmark serve
  pegmark serve --port 8400 --workers 2
  PEGMARK_LOG_FORMAT=json pegmark serve

\b
Options win over the environment; docs/operators.md lists every setting."""
)
@click.option(
    "--host", metavar="ADDRESS", help="Address to listen on: loopback only, while nothing asks for a key."
)
@click.option("--port", metavar="PORT", help="Port to listen on.")
@click.option("--workers", metavar="N", help="Server processes that share the port.")
def command(host: str | None, port: str | None, workers: str | None) -> None:
    """Serve the HTTP API until interrupted."""
    given = {"host": host, "port": port, "workers": workers}
    # Workers are processes of their own: they read the environment, not our options.
    os.environ.update({PREFIX + name.upper(): value for name, value in given.items() if value is not None})
    settings = read_settings(os.environ)
    uvicorn.run(
        "pegmark.asgi:app",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
    )
