"""The first page's groups of states, messages and text."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.gallery.frame import framed
from gui.gallery.parts import column, row
from gui.theme import current
from gui.widgets.chips import Chip, KeyCap, Tag
from gui.widgets.empty_list import EmptyList
from gui.widgets.frames import Banner, Ground
from gui.widgets.labels import Label, StateLine
from gui.widgets.toast import Toast
from gui.widgets.tour_card import TourCard

_STATES: Final = (
    ("connected", "running", "connecting", "degraded"),
    ("failed", "disabled", "stopped", "not_tried"),
)
_SHAPE: Final = 14
_BANNERS: Final = (
    ("info", "Recovered 2 drafts from 12:03.", "Compare"),
    ("degraded", "The file was changed elsewhere.", "Reload"),
    ("failed", "Engine stopped unexpectedly.", "Restart"),
)


def states() -> QWidget:
    """Show every state: shape and word."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(8)
    grid.setHorizontalSpacing(0)
    for place, statuses in enumerate(_STATES):
        for at, status in enumerate(statuses):
            line = StateLine(ground="surface1")
            line.shape.setFixedSize(_SHAPE, _SHAPE)
            line.setFixedHeight(18)
            line.set_state(status, current().state(status).word, "text1")
            grid.addWidget(line, place, 2 * at)
            if at:
                grid.setColumnStretch(2 * at - 1, 1)
    return widget


def chips() -> QWidget:
    """Show chips, tags and a key cap."""
    first, second = Chip("emqx-lab"), Chip("kafka-lab")
    first.set_state("connected", "Connected")
    second.set_state("connecting", "Connecting")
    looks = (("Passed", "ok"), ("No match", "warn"), ("Failed", "bad"), ("Demo", "info"))
    tags = [Tag(text, role) for text, role in looks]
    return column(row(first, second, *tags), row(Tag("Kafka"), KeyCap("Ctrl K")))


def toasts() -> QWidget:
    """Show a toast with an action, and one that was said several times."""
    once, often = Toast(), Toast()
    once.say("Deleted rule hot_plant.", link="Undo")
    for _ in range(12):
        often.say("Record too large", status="degraded", link="Show")
    for toast in (once, often):
        toast.stop_clock()
    return column(once, often)


def tours() -> QWidget:
    """Show the card of a tour at its first and its last step."""
    first, last = TourCard(), TourCard()
    first.show_step(1, 5, "Overview", "Messages flow from left to right.")
    last.show_step(5, 5, "Monitor", "Counters that add up: every message is accounted for.")
    return column(first, last)


def banners() -> QWidget:
    """Show banners."""
    made: list[QWidget] = []
    for status, text, link in _BANNERS:
        banner = Banner()
        made.append(framed(banner, outside="surface1", radius="radius.m"))
        banner.say(text, status=status, link=link)  # in its frame: alone it would be a window
        banner.close_button.hide()
    return column(*made)


def empty() -> QWidget:
    """Show a page with nothing in it yet."""
    state = EmptyList("workflow", large=True)
    state.say(
        "A rule picks messages with SQL and hands them to actions.",
        button="New rule",
        link="See examples",
    )
    state.button.set_icon("plus")
    state.setFixedHeight(172)
    return framed(state, outside="surface1", radius="radius.l")


def surfaces() -> QWidget:
    """Show the four surfaces with their texts."""
    widget = QWidget()
    widget.setFixedHeight(50)
    line = QHBoxLayout(widget)
    line.setContentsMargins(1, 0, 1, 0)
    line.setSpacing(0)
    for number in range(4):
        ground = Ground(f"surface{number}")
        box = QVBoxLayout(ground)
        box.setContentsMargins(10, 8, 0, 8)
        box.setSpacing(0)
        box.addWidget(Label(f"surface{number}", style="small", weight=500, figures=False))
        texts = [
            Label(role, style="small", role=role, figures=False) for role in ("text2", "text3")
        ]
        box.addLayout(row(*texts, gap=4))
        line.addWidget(ground, 1)
    return framed(widget, outside="surface1", radius="radius.m")


def types() -> QWidget:
    """Show the text styles."""
    texts = [Label("Strong 13", style="strong"), Label("Label 13", weight=500), Label("Body 13")]
    texts.append(Label("Small 12", style="small", role="text2"))
    texts.append(Label("Caption 11", style="caption", role="text3"))
    code = row(
        Label("Code 13", style="code"), Label("Code small 12 0123456789", style="code_small")
    )
    display, title = Label("Display 24", style="display"), Label("Title 16", style="title")
    for label, style in ((display, "display"), (title, "title"), (texts[0], "body")):
        label.setFixedHeight(current().face(style).line)
    return column(
        display,
        title,
        row(*texts, gap=12),
        code,
        gap=0,
    )
