from __future__ import annotations

from core.bridge.rates import Rate


def test_rate_is_the_change_over_ten_seconds():
    rate = Rate(now_s=100.0)
    rate.update(7, 109.9)
    assert rate.values == (0.0, 0.0, 0.0)
    rate.update(7, 110.0)
    assert rate.values == (0.7, 0.7, 0.7)


def test_highest_stays_and_the_mean_follows_slowly():
    rate = Rate(now_s=0.0)
    rate.update(310, 10.0)
    rate.update(310, 20.0)
    assert rate.current == 0.0
    assert rate.max == 31.0
    assert rate.last5m == 29.0  # 31 + 2/31 * (0 - 31)


def test_late_update_spreads_over_the_time_that_passed():
    rate = Rate(now_s=0.0)
    rate.update(300, 30.0)
    assert rate.current == 10.0
