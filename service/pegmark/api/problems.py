"""Every failure becomes problem+json (RFC 9457), and nothing internal leaves with it."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from pegmark.api.codes import CODES
from pegmark.api.faults import Fault
from pegmark.api.refusals import PROBLEM_JSON, Refusal, body_of, refusal_of
from pegmark.errors import FactsError, NotFound

__all__ = ["on_any_error", "on_http_error"]


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Return what the framework refused."""
    return _response(_translated(request, error))


def on_any_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return what was raised below; what nobody meant to raise is logged and told as 500."""
    match error:
        case Refusal():
            return _response(error)
        case FactsError():
            return _response(refusal_of(error))
        case NotFound():
            near = " or ".join(f"`{name}`" for name in error.suggestions)
            detail = f"no {error.what} is called `{error.name}`"
            help = f"did you mean {near}?" if near else None
            return _response(Refusal.of("H4041", detail, help=help, parameter=error.what.replace(" ", "_")))
    return _response(_unforeseen(request, error))


def _unforeseen(request: Request[Any, Any, Any], error: Exception) -> Refusal:
    """Log what nobody meant to raise; a client learns that it happened, and nothing of what."""
    request_id = request.scope.get("pegmark.request_id")
    structlog.get_logger("pegmark").error("request failed", request_id=request_id, exc_info=error)
    return Refusal.of("H5000", "something went wrong here")


def _translated(request: Request[Any, Any, Any], error: HTTPException) -> Refusal:
    """Return a framework's exception as ours; its own words may echo the request."""
    headers = error.headers or {}
    path = request.scope["path"]
    match error.status_code:
        case 400 if isinstance(error, ValidationException):
            extra = error.extra if isinstance(error.extra, list) else []
            names = list(dict.fromkeys(str(e.get("key", "")) for e in extra)) or [""]
            faults = [
                Fault("H4007", f"`{name}` is not of the form described", CODES["H4007"].text, parameter=name)
                for name in names
            ]
            return Refusal("H4007", faults)
        case 404:
            return Refusal.of("H4040", "nothing is served at this path", parameter="path")
        case 405:
            allowed = [m.strip() for m in headers.get("allow", "").split(",") if m.strip()]
            if "GET" in allowed:
                allowed.append("HEAD")
            listed = ", ".join(sorted(set(allowed)))
            detail = (
                f"{path} takes {listed}" if path.isascii() and path.isprintable() else f"it takes {listed}"
            )
            return Refusal.of("H4050", detail, parameter="method", headers={"allow": listed})
    if error.status_code < 500:
        return Refusal.of("H4000", CODES["H4000"].title)
    return _unforeseen(request, error)


def _response(refusal: Refusal) -> Response[bytes]:
    headers = {**refusal.headers, "cache-control": "no-store"}
    return Response(
        body_of(refusal), status_code=refusal.status_code, media_type=PROBLEM_JSON, headers=headers
    )
