"""Problem codes of requests: with which status, under which title, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["CODES", "RequestCode"]


class RequestCode(NamedTuple):
    """What is fixed about one code; codes are permanent."""

    status: int
    title: str
    text: str


CODES: Mapping[str, RequestCode] = {
    "H4000": RequestCode(400, "request malformed", "The request line or a header cannot be understood."),
    "H4001": RequestCode(400, "body is not JSON", "Send one JSON value (RFC 8259). `NaN` and `Infinity` are not JSON."),
    "H4002": RequestCode(400, "body is not UTF-8", "Encode the body as UTF-8, without a byte-order mark."),
    "H4003": RequestCode(400, "key given twice", "Each key of an object may stand once; which of two would count is anyone's guess."),
    "H4004": RequestCode(400, "nested too deeply", "At most 64 levels are read; no request needs more than ten."),
    "H4005": RequestCode(400, "body is empty", "Send the JSON object that the operation describes."),
    "H4006": RequestCode(400, "query parameter not known", "The operation lists the parameters it takes; each may be given once."),
    "H4007": RequestCode(400, "parameter malformed", "The operation describes the form of each parameter."),
    "H4008": RequestCode(400, "body cut short", "The connection ended before the body did; send all of it."),
    "H4009": RequestCode(400, "JSON that cannot be read", "A number may have 4,300 digits, and every text must be Unicode: no lone surrogates."),
    "H4040": RequestCode(404, "no such path", "`GET /openapi.json` lists every path."),
    "H4041": RequestCode(404, "no such thing", "The path exists, what it names does not. Names are case-sensitive."),
    "H4050": RequestCode(405, "method not allowed", "The header `Allow` lists the methods of this path."),
    "H4060": RequestCode(406, "nothing acceptable", "Accept what the operation sends: `application/json`, but for pages and YAML."),
    "H4080": RequestCode(408, "request too slow", "Send the headers within ten seconds, and the body within ten more."),
    "H4130": RequestCode(413, "body too long", "Send less; operators set the limit with `PEGMARK_MAX_BODY_BYTES`."),
    "H4131": RequestCode(413, "batch too long", "Send fewer items at once; operators set the limit with `PEGMARK_MAX_BATCH_BYTES`."),
    "H4140": RequestCode(414, "target too long", "Path and query together may have 4,096 characters; no operation needs a tenth."),
    "H4150": RequestCode(415, "content type not supported", "Send `Content-Type: application/json`."),
    "H4151": RequestCode(415, "content encoding not supported", "Send the body as it is, without `Content-Encoding`."),
    "H4220": RequestCode(422, "request refused", "The body is JSON, but not what the operation takes; `errors` says what and where."),
    "H4221": RequestCode(422, "key missing", "Add it."),
    "H4222": RequestCode(422, "key not known", "Nothing is ignored, so that a misspelt fact does not count as absent. `GET /v1/facts` lists the facts."),
    "H4223": RequestCode(422, "wrong type", 'Types are strict: `"1"` is not 1, and `true` is not 1.'),
    "H4224": RequestCode(422, "out of range", "`GET /v1/facts` gives the range of every fact. Ratios are decimals: 5 % is 0.05."),
    "H4225": RequestCode(422, "not one of the choices", "`GET /v1/facts` lists the choices of every fact."),
    "H4226": RequestCode(422, "wrong form", "Dates are `2025-10-09`, instants `2025-10-09T14:00:00Z`; text holds no control characters."),
    "H4227": RequestCode(422, "wrong length", "Too many or too few elements or characters."),
    "H4228": RequestCode(422, "value refused", "The value cannot be used here."),
    "H4229": RequestCode(422, "too many items", "At most 1,000 are taken at once; send the others in another request."),
    "H4310": RequestCode(431, "headers too long", "Request line and headers may have 65,536 bytes together; no operation needs a tenth."),
    "H5000": RequestCode(500, "internal error", "Not your fault. The log has it under the request's `X-Request-Id`."),
    "H5030": RequestCode(503, "busy", "Try again after the seconds that `Retry-After` gives."),
}  # fmt: skip
