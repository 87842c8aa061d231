"""What it would take to be better, as part of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pegmark.cli.amounts import money, share
from pegmark.cli.lexicon import Lexicon
from pegmark.cli.terminal import Style
from pegmark.engine.search import MOST_CHANGES
from pegmark.facts.vocabulary import FACTS

Body = Mapping[str, Any]
WHOSE = {"asset": "the asset", "venue": "the venue", "both": "both of them"}


def counterfactuals(body: Body, said: Mapping[str, str], lexicon: Lexicon, style: Style) -> Iterator[str]:
    """Yield the lines; `said` is how the states of facts are told, and that of a status."""
    found = body["counterfactuals"]
    if found is None or not (found["to_band"] or found["to_status"]):
        return
    goal = f"reach band {found['to_band']}" if found["to_band"] else "be accepted"
    yield f"{style.heading('What it would take')} to {goal}"
    for way in found["found"]:
        haircut = way["haircut"]
        yield style.wrapped(
            f"By {WHOSE[way['whose']]}: band {way['band']}, {said[way['status']]}; at "
            f"{money(haircut['size_usd'])} {share(haircut['initial'])} initial, "
            f"{share(haircut['maintenance'])} maintenance; at most {money(way['venue_cap_usd'])}",
            4,
            "  ",
        )
        for change in way["changes"]:
            yield style.wrapped(_change(change, said, lexicon), 6, "    ")
    if not found["found"] and found["exhausted"]:
        text = f"No {MOST_CHANGES} changes or fewer of what can be changed or learnt get there."
        yield style.wrapped(text, 2, "  ")
    elif not found["exhausted"]:
        yield style.wrapped("Not everything was tried: there may be other ways.", 2, "  ")


def _change(change: Body, said: Mapping[str, str], lexicon: Lexicon) -> str:
    fact, was = change["fact"], change["was"]
    before, after = (lexicon.value(fact, change[end]) for end in ("from", "to"))
    if change["share"] is not None:
        kinds = " to ".join(change[end].replace("_", " ") for end in ("from", "to"))
        return f"{fact}: {share(change['share'])} from {kinds}"
    if was == "estimated" and change["from"] == change["to"]:
        return f"{fact}: known for certain" + ("" if change["to"] is None else f" to be {after}")
    if was in ("known", "estimated"):
        return f"{fact}: from {before} to {after}"
    # What is learnt may as well be better than it has to be.
    has_better = not isinstance(change["to"], bool) and (fact not in FACTS or FACTS[fact].worse != "none")
    bound = " or better" if has_better else ""
    return f"{fact}, {said[was]}: known to be {after}{bound}"
