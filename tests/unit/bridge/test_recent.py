"""Latencies of the last seconds: what is long ago counts no more."""

from __future__ import annotations

import pytest

from core.bridge.histogram import Histogram
from core.bridge.metrics import NO_LATENCY
from core.bridge.recent import Recent


def state(*durations_s: float) -> Histogram:
    made = Histogram()
    for duration_s in durations_s:
        made.record(duration_s)
    return made


def test_what_was_counted_between_two_states_is_told():
    grown = state(0.001, 0.001, 0.100, 0.200).since(state(0.001, 0.200))

    assert grown.count == 2
    assert grown.percentile_ms(50) == pytest.approx(1, rel=0.04)
    assert grown.percentile_ms(100) == pytest.approx(100, rel=0.04)


def test_a_slow_beginning_is_forgotten_after_five_seconds():
    recent = Recent(0.0)
    slow = [0.900] * 5

    assert recent.update(state(*slow), 0.5).p50 == pytest.approx(900, rel=0.04)
    for half_s in range(2, 12):  # two snapshots a second, nothing new before the last one
        recent.update(state(*slow), half_s / 2)
    assert recent.update(state(*slow), 6.0) == NO_LATENCY
    told = recent.update(state(*slow, 0.002), 6.5)
    assert (told.p50, told.p99) == (pytest.approx(2, rel=0.04), pytest.approx(2, rel=0.04))
