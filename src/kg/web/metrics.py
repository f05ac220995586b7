"""What is counted while the server runs, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from kg.model import Asked
from kg.web.front import CODE, ROUTE, Record

#: Upper bounds of the durations that are told apart, in seconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


# When a series began is nothing anybody asks for, and doubles their number.
disable_created_metrics()

M = TypeVar("M", Counter, Histogram)
Values = Callable[[], Mapping[tuple[str, ...], float]]


class _Asked(Collector):
    """A gauge whose values are asked for when the metrics are read."""

    def __init__(self, name: str, help: str, labels: Sequence[str], values: Values) -> None:
        self._described = name, help, labels
        self._values = values

    def collect(self) -> Iterator[GaugeMetricFamily]:
        name, help, labels = self._described
        family = GaugeMetricFamily(name, help, labels=labels)
        for key, value in self._values().items():
            family.add_metric(key, value)
        yield family


class Metrics:
    """The counts of one server. Safe to use from several threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._series: dict[tuple[Any, ...], Any] = {}
        self._requests = Counter(
            "kg_http_requests", "Requests answered, by view and status.", ["view", "status"], registry=self._registry
        )
        self._duration = Histogram(
            "kg_http_request_seconds", "Seconds from a request to the end of its answer, by view.", ["view"],
            buckets=_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._work = Histogram(
            "kg_work_seconds", "Seconds that workers spent, by kind of work.", ["kind"],
            buckets=_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._services = Histogram(
            "kg_service_seconds", "Seconds that other services took, by service and outcome.", ["service", "outcome"],
            buckets=_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._refusals = Counter("kg_refusals", "Errors answered, by code.", ["code"], registry=self._registry)

    def ended(self, record: Record) -> None:
        """Count a request that has ended."""
        environ = record["environ"]
        view = environ.get(ROUTE) or "none"
        self._of(self._requests, view, str(record["status"])).inc()
        self._of(self._duration, view).observe(record["seconds"])
        if CODE in environ:
            self._refusals.labels(environ[CODE]).inc()

    def worked(self, kind: str, seconds: float) -> None:
        """Count what a worker spent on a piece of work, in seconds."""
        self._of(self._work, kind).observe(seconds)

    def asked(self, asked: Asked) -> None:
        """Count a request to another service."""
        self._of(self._services, asked.service, "failed" if asked.failure else "answered").observe(asked.seconds)

    def _of(self, metric: M, *labels: str) -> M:
        """The series of a metric with these labels, looked up sooner than ``labels`` does."""
        key = (metric, *labels)
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = metric.labels(*labels)
        return found

    def show_labelled(self, name: str, help: str, labels: Sequence[str], values: Values) -> None:
        """Have values told that are asked for each time the metrics are read: by the values of their labels."""
        self._registry.register(_Asked(name, help, labels, values))

    def written(self) -> bytes:
        """All values, in the text format of Prometheus."""
        return generate_latest(self._registry)
