"""What the charts remember, at which resolution, and how points are placed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from gui.viewmodels.history import Level, Track
from gui.widgets.chart_plot import (
    Plot,
    axis_figure,
    clear_bottom,
    nearest,
    nice,
    places_beside,
    runs,
    thinned,
    top_of,
)

GAP = (math.nan,) * 10


def values(number: float) -> tuple[float, ...]:
    return tuple(number + place for place in range(10))


def test_fine_points_stay_for_minutes_and_coarse_ones_for_an_hour():
    track = Track()
    for half_second in range(2 * 4_000):
        track.add(half_second / 2, values(half_second % 10))

    minute = track.points(60.0)
    assert len(minute) == 121
    assert minute[-1][0] - minute[0][0] == 60.0
    assert [point[1] for point in minute[:10]] == [values(n) for n in (9, *range(9))]
    hour = track.points(3_600.0)
    assert hour[-1][0] - hour[0][0] == pytest.approx(3_600.0, abs=6)
    assert 700 < len(hour) < 740
    assert hour[5][1][0] == pytest.approx(4.5, abs=0.6), "the mean of five seconds"


def test_everything_is_kept_in_bounded_room():
    track = Track()
    for second in range(20_000):
        track.add(float(second), values(3.0))

    found = track.points(None)
    assert found[0][0] <= 64
    assert found[-1][0] == 19_999
    assert 700 < len(found) <= 1_501
    assert {point[1] for point in found} == {values(3.0)}
    assert (len(track._fine), len(track._hour)) == (311, 723), "what is older has gone"


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_gap_is_never_averaged_away(are_gaps: list[bool]):
    level = Level(0.0)
    for second, is_gap in enumerate(are_gaps):
        level.add(float(second), GAP if is_gap else values(1.0))
    before = sum(are_gaps)
    level._halve()
    kept = list(level.points())

    assert sum(math.isnan(point[1][0]) for point in kept) == before
    assert all(math.isnan(point[1][0]) or point[1] == values(1.0) for point in kept)
    assert [point[0] for point in kept] == sorted(point[0] for point in kept)


def test_lines_break_at_gaps():
    points = [(0.0, (1.0,)), (1.0, (1.0,)), (2.0, (math.nan,)), (3.0, (4.0,))]

    assert [list(run) for run in runs(points)] == [points[:2], points[3:]]
    assert nearest(points, 2.1) == 3
    assert nearest(points[2:3], 2.0) is None
    assert top_of(points) == 6.0


def test_thinned_points_keep_both_ends_and_move_evenly():
    points = [(float(n), (1.0,)) for n in range(1_000)]
    first = thinned(points, 200)
    later = thinned([*points[1:], (1_000.0, (1.0,))], 200)

    assert len(first) <= 102
    assert first[0] == points[0]
    assert first[-1] == points[-1]
    assert len(set(first[1:-1]) & set(later)) > 95


def test_times_below_the_chart_are_round():
    rect = QRectF(50, 8, 500, 100)
    minutes = [text for _, text in Plot(rect, 1_000_000_000.0, 1_000_000_300.0, 1.0).times()]
    assert 5 <= len(minutes) <= 6
    assert all(len(text) == 5 for text in minutes)
    seconds = [text for _, text in Plot(rect, 1_000_000_000.0, 1_000_000_060.0, 1.0).times()]
    assert all(text.endswith("0") for text in seconds)
    days = Plot(rect, 1_000_000_000.0, 1_000_300_000.0, 1.0)
    assert all(rect.left() <= x <= rect.right() for x, _ in days.times())


def _read(figure: str) -> float:
    assert len(figure) <= len("10,000k")
    factor = 1_000 if figure.endswith("k") else 1
    return factor * float(figure.replace(",", "").removesuffix("k"))


def test_figures_beside_the_grid_are_in_thousands_where_they_would_be_too_wide():
    assert [axis_figure(n * 25_000, 25_000) for n in (0, 1, 4)] == ["0", "25k", "100k"]
    assert axis_figure(40_000, 10_000) == "40,000"


@given(st.floats(min_value=0.01, max_value=1e7))
def test_the_lines_of_the_grid_can_be_written(value: float):
    top = nice(value)
    written = [_read(axis_figure(top * n / 4, top / 4)) for n in range(5)]

    assert value <= top <= 2.5 * value
    if top >= 1:
        assert written == pytest.approx([top * n / 4 for n in range(5)], rel=1e-9)


@pytest.mark.parametrize(
    ("values", "bottom"),
    [
        ((90.0, 80.0), 96),  # the lines run high: at the bottom
        ((10.0, 2.0), 86),  # they run low: above them
        ((90.0, 10.0), 86),  # between them
        ((80.0, 30.0, 50.0), None),
    ],
)
def test_a_readout_stands_where_it_hides_no_line(values: tuple[float, ...], bottom: int | None):
    plot = Plot(QRectF(0, 0, 200, 100), 0.0, 200.0, 100.0)
    points = [(float(second), values) for second in range(201)]
    assert clear_bottom(points, plot, 50, 150, 26) == bottom


def test_a_readout_keeps_clear_of_lines_beside_it_alone():
    plot = Plot(QRectF(0, 0, 200, 100), 0.0, 200.0, 100.0)
    points = [(float(second), (90.0 if 40 < second < 160 else 5.0,)) for second in range(201)]
    assert clear_bottom(points, plot, 50, 150, 26) == 96


def test_a_readout_stands_beside_what_is_read_or_far_off_where_lines_have_no_room_for_it():
    rect = QRectF(0, 0, 400, 100)
    assert list(places_beside(100, 150, rect)) == [108, 0, 250]
    assert list(places_beside(300, 150, rect)) == [142, 0, 250]
    assert list(places_beside(100, 500, rect)) == [0]
