"""What is asked of every request before its handler runs: known parameters, an answer it accepts."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from pegmark.api.refusals import Refusal


async def admit(request: Request[Any, Any, Any]) -> None:
    """Refuse unknown or repeated query parameters, and requests that accept nothing we send."""
    scope = request.scope
    opt = request.route_handler.opt
    if scope["query_string"]:
        _check_query(scope["query_string"], opt.get("query", ()))
    media = opt.get("media")
    if media is None:
        return  # OPTIONS: nothing is sent
    accepted = [value for name, value in scope["headers"] if name == b"accept"]
    if accepted and accepted[0] != b"*/*" and not accepts(b",".join(accepted).decode("latin-1"), media):
        raise Refusal.of("H4060", f"this is sent as `{media}` only", parameter="Accept")


def _check_query(query: bytes, known: tuple[str, ...]) -> None:
    names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    for n, name in enumerate(names):
        help = f"it takes {', '.join(f'`{k}`' for k in known)}" if known else "it takes none"
        if name not in known:
            raise Refusal.of(
                "H4006", "the query names a parameter that is not known", help=help, parameter=name
            )
        if name in names[:n]:
            raise Refusal.of("H4006", "a query parameter is given twice", help="give it once", parameter=name)


def accepts(header: str, media: str) -> bool:
    """Return whether an `Accept` header takes `media`: its most specific range decides.

    >>> accepts("text/html, application/*;q=0.5", "application/json")
    True
    >>> accepts("application/json;q=0, */*", "application/json")
    False
    """
    main = media.partition("/")[0]
    best, quality = 0, 0.0
    for part in header.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        rank = {media: 3, f"{main}/*": 2, "*/*": 1}.get(kind, 0)
        if rank and rank >= best:
            best, quality = rank, _quality(parameters)
    return quality > 0 or not header.strip()


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
