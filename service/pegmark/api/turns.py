"""Work that takes a while: one piece at a time, and a few wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pegmark.api.refusals import Refusal

Answer = TypeVar("Answer")


class Turns:
    """Lets one piece of work run at a time: neighbours keep most of the processor.

    Whoever has `turn` in hand may work.
    """

    def __init__(self, what: str, most_waiting: int) -> None:
        self.turn = asyncio.Lock()
        self._what, self._most = what, most_waiting
        self._present = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be one of those who wait or work; raises `Refusal` where too many wait already."""
        if self._present > self._most:
            raise Refusal.of(
                "H5030", f"{self._most} {self._what} wait already", headers={"retry-after": "5"}, pointer=""
            )
        self._present += 1
        try:
            yield
        finally:
            self._present -= 1

    async def take(self, work: Callable[[], Answer]) -> Answer:
        """Return what `work` returns, in a thread; raises `Refusal` where too many wait already."""
        with self.place():
            return await self.threaded(work)

    async def threaded(self, work: Callable[[], Answer]) -> Answer:
        """Return what `work` returns, in a thread, however many wait."""
        async with self.turn:
            return await asyncio.to_thread(work)
