"""The comments of a text that are still to be written, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pegmark.authoring.layout.written import Comment


class Pending:
    """Comments, each given out once."""

    def __init__(self, comments: Sequence[Comment]) -> None:
        self._comments = comments
        self._starts = [comment.start for comment in comments]
        self._taken: set[int] = set()
        self._first = 0

    @property
    def next(self) -> Comment | None:
        """The first comment that is left."""
        while self._first in self._taken:
            self._first += 1
        return self._comments[self._first] if self._first < len(self._comments) else None

    def after(self, offset: int) -> Comment | None:
        """Return the first comment that begins at an offset or later, if it is left."""
        n = bisect_left(self._starts, offset)
        return self._comments[n] if n < len(self._comments) and n not in self._taken else None

    def is_any(self, start: int, end: int) -> bool:
        """Return whether a comment begins between two offsets, written or not."""
        return bisect_left(self._starts, start) < bisect_left(self._starts, end)

    def take(self, comment: Comment) -> None:
        """Give a comment out."""
        self._taken.add(bisect_left(self._starts, comment.start))

    def before(self, offset: int) -> Iterator[Comment]:
        """Give out the comments that are left before an offset."""
        while (comment := self.next) is not None and comment.start < offset:
            self.take(comment)
            yield comment
