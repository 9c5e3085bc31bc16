"""Words that lead somewhere take no more room than they need; their ring reaches out of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.buttons import LinkButton, SecondaryButton
from gui.widgets.focus_ring import FocusRing

MARGIN = 20
OUT = 4


class Page(QWidget):
    """A link at the right end of a row without margins, within a page that has some."""

    def __init__(self) -> None:
        super().__init__()
        self.link, self.other = LinkButton("Show them"), SecondaryButton("Other")
        self.host = QWidget()
        row = QHBoxLayout(self.host)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.other)
        row.addStretch(1)
        row.addWidget(self.link)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.column.addWidget(self.host)
        self.column.addStretch(1)

    def ring(self) -> FocusRing:
        (found,) = self.findChildren(FocusRing)
        return found


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    made.resize(300, 120)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def test_a_link_ends_where_its_words_end(page: Page):
    link = page.link
    assert link.width() == link.fontMetrics().horizontalAdvance(link.text())
    assert link.mapTo(page, QPoint(link.width(), 0)).x() == page.width() - MARGIN


def test_the_ring_of_a_link_reaches_out_of_it_and_of_what_it_lies_in(page: Page, theme: Theme):
    link = page.link
    link.setFocus(Qt.FocusReason.TabFocusReason)
    ring = page.ring()
    assert ring.isVisible()
    assert ring.width() == link.width() + 2 * OUT
    assert ring.mapTo(page, QPoint(ring.width(), 0)).x() == page.width() - MARGIN + OUT
    picture = page.grab().toImage()
    edge = page.width() - MARGIN + OUT - 1
    middle = link.mapTo(page, QPoint(0, link.height() // 2)).y()
    scale = picture.devicePixelRatio()
    at_edge = picture.pixelColor(int(edge * scale), int(middle * scale))
    assert at_edge == theme.colour("focus")


def test_the_ring_goes_with_its_link_and_with_the_keyboard(page: Page, qtbot: QtBot):
    link = page.link
    link.setFocus(Qt.FocusReason.TabFocusReason)
    ring = page.ring()
    page.column.setContentsMargins(MARGIN, 2 * MARGIN, MARGIN, MARGIN)
    qtbot.waitUntil(lambda: page.host.y() == 2 * MARGIN)
    assert ring.y() == 2 * MARGIN + link.y()
    page.other.setFocus(Qt.FocusReason.TabFocusReason)
    assert not ring.isVisible()


def test_the_ring_stays_within_what_is_scrolled(theme: Theme, qtbot: QtBot):
    area, page = QScrollArea(), Page()
    page.column.setContentsMargins(0, 0, 0, 0)
    area.setWidget(page)
    area.setWidgetResizable(True)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    area.activateWindow()
    page.link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(page.link.hasFocus)
    (ring,) = area.findChildren(FocusRing)
    assert ring.parentWidget() is area.viewport()
    assert ring.isVisible()
