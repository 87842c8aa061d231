"""Work that takes a while: one piece at a time, in a thread, and a few wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from pegmark.api.problems import Refusal

Answer = TypeVar("Answer")


class Turns:
    """Lets one piece of work run at a time: neighbours keep most of the processor."""

    def __init__(self, what: str, most_waiting: int) -> None:
        self._what, self._most = what, most_waiting
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def take(self, work: Callable[[], Answer]) -> Answer:
        """Return what `work` returns; raises `Refusal` where too many wait already."""
        if self._waiting > self._most:
            raise Refusal.of(
                "H5030", f"{self._most} {self._what} wait already", headers={"retry-after": "5"}, pointer=""
            )
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
