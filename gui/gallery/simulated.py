"""The gallery's parts of simulators: rates against their targets, and how a field is made."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.viewmodels.generators import FieldRow, Input, RowInput
from gui.widgets.generator_row import GeneratorRow
from gui.widgets.rate_meter import RateMeter

_GAP = 8


def devices() -> QWidget:
    """Show a rate on target and one under it, and the row of a field."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_GAP)
    meters = QHBoxLayout()
    meters.setSpacing(2 * _GAP)
    for rate in (20.0, 12.4):
        meter = RateMeter("Rate")
        meter.show_rate(rate, 20, f"{rate} of 20 a second")
        meters.addWidget(meter)
    column.addLayout(meters)
    mean = RowInput(Input("mean", "mean", width=40), "20")
    row = GeneratorRow(FieldRow("temp", "normal", (mean,), ()), [("normal", "Normal")])
    row.course.show_values([math.sin(n / 6) for n in range(60)])
    column.addWidget(row)
    return widget
