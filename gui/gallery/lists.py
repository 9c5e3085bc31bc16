"""The groups of the gallery about live lists: boxes that open menus, loads, the whole of a row."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.docks.record_detail import RecordDetail
from gui.gallery.parts import column, row
from gui.gallery.poses import posed
from gui.viewmodels.tail_row import row_of
from gui.widgets.filter_field import FilterField
from gui.widgets.load_strip import LoadStrip
from gui.widgets.menu_box import MenuBox


def boxes() -> QWidget:
    """Show boxes that open menus, and a filter that can be kept."""
    made: list[QWidget] = []
    for pose in ("normal", "focus", "disabled"):
        box = posed(MenuBox, pose, "From", small=True)
        box.show_choice("From: Newest 1,000")
        box.setFixedWidth(112)
        made.append(box)
    return column(row(*made, gap=6), FilterField("Filter: text, key:", has_menu=True), gap=6)


def loads() -> QWidget:
    """Show a load that goes on, and one that was stopped."""
    strips: list[QWidget] = []
    for text, link, share in (
        ("Loading 12,345 of 50,000, 3.1 MiB", "Stop", 0.25),
        ("Stopped: 31,204 of 50,000, 7.9 MiB", "Go on", 0.62),
    ):
        strip = LoadStrip()
        strip.say(text, link, share)
        strips.append(strip)
    return column(*strips)


def record() -> QWidget:
    """Show the whole of a record."""
    from core.kafka.records import TailRecord

    made = row_of(
        TailRecord(
            topic="emqx",
            partition=2,
            offset=123,
            timestamp=1_767_225_600_250,
            key="dev-6",
            headers=[("site", "greenhouse-2"), ("clientid", "dev-6")],
            value='{"temp": 27.5, "hum": 41.8}',
        )
    )
    detail = RecordDetail()
    detail.show_row(made)
    detail.show_origin("temp_hum/emqx")
    detail.setFixedHeight(200)
    return detail
