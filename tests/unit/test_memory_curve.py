"""The curve that the benchmark under the firehose judges memory by."""

from __future__ import annotations

import pytest

from tests.helpers.memory import MemoryCurve


def test_growth_is_that_of_the_highest_sample_over_the_first():
    curve = MemoryCurve([(60, 100.0), (70, 97.0), (190, 103.5), (200, 101.0)])

    assert curve.growth_mib == pytest.approx(3.5)


def test_a_slow_leak_adds_up_over_runs_that_each_grow_by_little():
    curve = MemoryCurve([(60 + 10 * n, 100 + 0.5 * n) for n in range(30)])

    assert curve.growth_mib == pytest.approx(14.5)
    assert curve.mib_per_minute == pytest.approx(3.0)


def test_memory_that_shrinks_or_was_seen_once_has_not_grown():
    assert MemoryCurve([(60, 100.0), (70, 99.0)]).growth_mib == 0
    assert MemoryCurve([(60, 100.0)]).mib_per_minute == 0
    assert MemoryCurve().growth_mib == 0
