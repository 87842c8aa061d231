"""A suite: questions with names, and what is expected of the answers.

Nothing here knows of YAML but for where each thing stands. What is named and stored elsewhere (assets,
venues) is still a name: whoever runs a suite finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pegmark.authoring.expectation import Expectation
from pegmark.authoring.outputs import Output
from pegmark.problems import Span

GENERATED, MUTATION = "generated", "mutation"
ORIGINS = (GENERATED, MUTATION)
"""Where a case may come from that nobody typed: `pegmark generate`, and `pegmark mutate`."""
VENUE = "venue."
"""How the names of a venue's facts begin."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text of a suite, and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of one fact, as JSON has it in a request; None takes away what was inherited."""

    said: Any
    span: Span


@dataclass(frozen=True, slots=True)
class VenueSetting:
    """A venue: one that is stored, or none, with facts of its own on top."""

    stored: Word | None = None
    facts: Mapping[str, Claim] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked: a stored asset or none, with facts of its own on top; when, where, at which sizes.

    `facts` has those of the venue too (`venue.…`). `layers` says what is known of assets beneath; None
    is nothing.
    """

    asset: Word | None = None
    at: Word | None = None
    venue: VenueSetting | None = None
    sizes: tuple[float, ...] = ()
    facts: Mapping[str, Claim] = field(default_factory=dict)
    layers: Mapping[str, Setting | None] = field(default_factory=dict)

    def over(self, base: Setting) -> Setting:
        """Return this setting where it says something, and `base` where it does not.

        A venue that is named replaces the inherited one whole, what was changed about it included.
        """
        inherited = base.facts
        if self.venue is not None:
            inherited = {name: claim for name, claim in inherited.items() if not name.startswith(VENUE)}
        return Setting(
            self.asset or base.asset,
            self.at or base.at,
            self.venue or base.venue,
            self.sizes or base.sizes,
            {**inherited, **self.facts},
            {**base.layers, **self.layers},
        )


@dataclass(frozen=True, slots=True)
class Expected:
    """One cell: an output, what is expected of it, and where that stands."""

    output: Output
    expectation: Expectation
    span: Span


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is expected of its answer; `row` is its name in a table.

    `origin` says where it comes from, if not from a person: what nobody wrote, somebody has to review.
    """

    suite: str
    name: str
    row: str | None
    span: Span
    setting: Setting
    expected: tuple[Expected, ...]
    origin: str | None = None

    @property
    def title(self) -> str:
        """Return the name by which the case is listed and filtered.

        >>> from pegmark.problems import Position
        >>> here = Span("caps.yaml", Position(1, 1), Position(1, 2))
        >>> Case("caps", "A small venue", "no fund", here, Setting(), ()).title
        'caps: A small venue / no fund'
        """
        row = "" if self.row is None else f" / {self.row}"
        return f"{self.suite}: {self.name}{row}"


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one file, in the order of the text, and the fixtures it declares."""

    file: str
    stem: str
    title: str
    cases: tuple[Case, ...]
    fixtures: Mapping[str, Setting] = field(default_factory=dict)
