from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.bridge.histogram import Histogram


@given(st.lists(st.integers(0, 60_000_000), min_size=1, max_size=200), st.floats(1, 100))
def test_percentiles_are_within_a_step_of_the_exact_ones(durations_us: list[int], percent: float):
    histogram = Histogram()
    for us in durations_us:
        histogram.record(us / 1e6)
    rank = max(1, -(-len(durations_us) * percent // 100))
    exact_ms = sorted(durations_us)[int(rank) - 1] / 1_000
    found_ms = histogram.percentile_ms(percent)
    assert exact_ms * 0.999 - 0.002 <= found_ms <= exact_ms * 1.04 + 0.002


@given(st.lists(st.floats(0, 10)), st.lists(st.floats(0, 10)))
def test_adding_gives_what_counting_together_gives(first: list[float], second: list[float]):
    parts = [Histogram(), Histogram()]
    whole = Histogram()
    for part, durations in zip(parts, (first, second), strict=True):
        for duration in durations:
            part.record(duration)
            whole.record(duration)
    parts[0].add(parts[1])
    assert parts[0].count == whole.count
    for percent in (50, 95, 99, 100):
        assert parts[0].percentile_ms(percent) == whole.percentile_ms(percent)


def test_nothing_counted_is_zero():
    assert Histogram().percentile_ms(99) == 0.0


def test_durations_beyond_the_range_count_as_the_longest_and_negative_as_zero():
    histogram = Histogram()
    histogram.record(1e9)
    histogram.record(-1.0)
    assert histogram.count == 2
    assert histogram.percentile_ms(100) == (1 << 36) / 1_000
    assert histogram.percentile_ms(1) == 0.0
