"""The body of a request: said to be JSON, not too long, not too slow, and what it states."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from litestar import Request

from pegmark.api.reading import Model, validated
from pegmark.api.refusals import Limit, Refusal

SECONDS = 10
"""How long a body may take to arrive."""

_JSON_TYPE = re.compile(rb'\s*application/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*', re.IGNORECASE)


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body, where one is read, is JSON in UTF-8 and nothing else."""

    async def body(self, limit: Limit | None = None) -> bytes:
        """Return the body, once its headers say that it is JSON; raises `Refusal`.

        `limit` is how long it may be, if not as long as the body of any request.
        """
        if not isinstance(self._body, bytes):
            limit = limit or self.limit
            self._mind_headers(limit)
            try:
                async with asyncio.timeout(SECONDS):
                    self._body = await self._whole(limit)
            except TimeoutError:
                detail = f"the body took longer than {SECONDS} seconds"
                raise Refusal.of("H4080", detail, pointer="") from None
        return self._body

    async def read(self, model: type[Model]) -> Model:
        """Return the body as the model it states; raises `Refusal`."""
        return validated(model, await self.body())

    @property
    def limit(self) -> Limit:
        """How long a body may be."""
        most = self.app.request_max_body_size
        return Limit(most) if isinstance(most, int) else Limit()

    def _mind_headers(self, limit: Limit) -> None:
        """Refuse a body that is not said to be JSON, is said to be encoded, or is announced too long."""
        kinds: list[bytes] = []
        for name, value in self.scope["headers"]:
            if name == b"content-type":
                kinds.append(value)
            elif name == b"content-encoding" and value.strip().lower() != b"identity":
                raise Refusal.of("H4151", "the body is said to be encoded", parameter="Content-Encoding")
            elif name == b"content-length" and len(value) < 16 and int(value) > limit.most:
                # The server has seen to it that it is a number.
                raise limit.refusal()
        if kinds != [b"application/json"] and not (len(kinds) == 1 and _JSON_TYPE.fullmatch(kinds[0])):
            said = "the body is not said to be JSON" if any(kinds) else "no `Content-Type` is given"
            raise Refusal.of("H4150", said, parameter="Content-Type")

    async def _whole(self, limit: Limit) -> bytes:
        body = bytearray()
        while True:
            message: Any = await self.receive()
            if message["type"] == "http.disconnect":
                raise Refusal.of("H4008", "the client went away", pointer="")
            body += message["body"]
            if len(body) > limit.most:
                raise limit.refusal()
            if not message.get("more_body", False):
                break
        if not body:
            raise Refusal.of("H4005", "the body is empty", pointer="")
        return bytes(body)
