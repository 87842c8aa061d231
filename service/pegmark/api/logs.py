"""The log, on standard error: one line a request, for people or as JSON, and the server's own lines."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog

from pegmark.api.entrance import Exchange, Witness

__all__ = ["access_log", "configure_logs"]


def configure_logs(form: str, level: str) -> None:
    """Send everything that is logged to standard error, in one form; `level` is the least that is."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        shared.append(structlog.processors.format_exc_info)
        rendered: Any = structlog.processors.JSONRenderer(_dumps)
    else:
        rendered = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
            # The default prints local variables: whole rulebooks, for seconds, and what was asked.
            exception_formatter=structlog.dev.plain_traceback,
        )
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What the server logs itself takes the same road.
    handler = logging.StreamHandler(sys.stderr)
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[clean, rendered])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)


def access_log() -> Witness:
    """Return who writes the line of a request; never anything of its body or its query."""
    log = structlog.get_logger("pegmark")

    def write(exchange: Exchange) -> None:
        traced = {} if exchange.trace_id is None else {"trace_id": exchange.trace_id}
        log.info(
            "request",
            method=exchange.method,
            path=exchange.path,
            status=exchange.status,
            ms=round(exchange.seconds * 1000, 3),
            request_id=exchange.request_id,
            **traced,
        )

    return write


def _dumps(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
