"""What `/metrics` counts: requests and their time, by route, method and status.

Each server process counts for itself: with several workers a scrape covers the one that answers it,
and two scrapes may cover different ones. Where every request must be counted in one place, run one
worker a port.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.process_collector import ProcessCollector

from pegmark.api.entrance import Exchange

CONTENT_TYPE = "text/plain; version=0.0.4"
UNMATCHED = "unmatched"
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)
_SCOPE = "of this server process"


class Metrics:
    """The counters of one process."""

    def __init__(self, labels: dict[str, str]) -> None:
        """Begin at zero; `labels` say what is running."""
        # A time of birth for each counter is noise.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # upstream has not typed it
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        named = ("method", "route", "status")
        self._requests = Counter(
            "pegmark_http_requests", f"Requests answered, {_SCOPE}.", named, registry=self._registry
        )
        self._seconds = Histogram(
            "pegmark_http_request_seconds",
            f"Time from a request's head to the end of its answer, {_SCOPE}.",
            named[:2],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._items = Counter(
            "pegmark_batch_items",
            f"Items of batches answered, {_SCOPE}.",
            ["outcome"],
            registry=self._registry,
        )
        build = Gauge("pegmark_build", "What is running.", list(labels), registry=self._registry)
        build.labels(**labels).set(1)
        # `labels()` costs more than counting does.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, exchange: Exchange) -> None:
        """Count one exchange."""
        key = (exchange.method, exchange.route or UNMATCHED, exchange.status)
        found = self._children.get(key)
        if found is None:
            # INVARIANT: a client chooses neither route nor method freely, so labels stay few.
            method, route = key[0] if key[0] in _METHODS else "other", key[1]
            found = self._requests.labels(method, route, str(key[2])), self._seconds.labels(method, route)
            if method != "other":
                self._children[key] = found
        found[0].inc()
        found[1].observe(exchange.seconds)

    def count_items(self, decided: int, refused: int) -> None:
        """Count the items of a batch."""
        self._items.labels("decided").inc(decided)
        self._items.labels("refused").inc(refused)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
