"""`pegmark serve`: the HTTP API on loopback."""

from __future__ import annotations

import gc
import os
import socket

import click
import uvicorn

from pegmark import __version__
from pegmark.api.logs import configure_logs
from pegmark.api.wire import Wire
from pegmark.bootstrap import build_desk
from pegmark.cli.refusal import Refused, reason
from pegmark.problems import Problem
from pegmark.settings import PREFIX, read_settings

GARBAGE = (700, 10, 10)
"""When garbage is looked for, as Python has it: a server lives longer than other commands."""
SECONDS_TO_FINISH = 10
"""How long requests in flight may take once the server is told to stop."""


@click.command(
    epilog="""\b
Examples:
  pegmark serve
  pegmark serve --port 8400 --workers 2
  PEGMARK_LOG_FORMAT=json pegmark serve

\b
Exit codes: 0 stopped · 1 rules or facts are refused, or the address is taken
· 2 wrong use, or wrong settings.
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
    configure_logs(settings.log_format, settings.log_level)
    unbound = _unbound(settings.host, settings.port)
    if settings.workers > 1 or unbound:
        # What is wrong with rules or facts is said first and once: here, and not by every worker for ever.
        build_desk(settings)
    if unbound:
        message = f"cannot listen on {settings.host}, port {settings.port}: {unbound}"
        raise Refused([Problem("", message, None, "name another with `--port`")])
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"pegmark {__version__}: http://{host}:{settings.port}, to read and try it /docs")
    gc.set_threshold(*GARBAGE)
    uvicorn.run(
        "pegmark.asgi:app",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=Wire,
        ws="none",
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


def _unbound(host: str, port: int) -> str | None:
    """Return why the address cannot be listened on, or None where it can."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            # As the server will: what is left of connections that were closed does not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return reason(error)
    return None
