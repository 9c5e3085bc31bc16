"""A rate against its target: a bar with a mark where the target is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current

_BAR: Final = 8
_MARK: Final = (2, 14)
_TARGET_AT: Final = 5 / 6


class RateMeter(QWidget):
    """8 high, filled up to the rate; the target stands at five sixths, so that more is seen."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._rate = self._target = 0.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    @property
    def filled(self) -> float:
        """Which part of the bar is filled, from 0 to 1."""
        if not self._target:
            return 1.0 if self._rate else 0.0
        return min(self._rate / self._target * _TARGET_AT, 1.0)

    def show_rate(self, rate: float, target: float, spoken: str) -> None:
        """Show another rate.

        Args:
            rate: What there is.
            target: What there shall be; 0 for no target.
            spoken: Both, as a screen reader hears them.
        """
        if (rate, target) != (self._rate, self._target):
            self._rate, self._target = rate, target
            self.setAccessibleDescription(spoken)
            self.update()

    def sizeHint(self) -> QSize:
        """Take the height of the mark."""
        return QSize(160, _MARK[1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, bar and mark."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, (self.height() - _BAR) / 2, self.width(), _BAR)
        ground = QPainterPath()
        ground.addRoundedRect(bar, theme.size("radius.s"), theme.size("radius.s"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillPath(ground, theme.colour("pressed"))
        painter.setClipPath(ground)
        full = QRectF(bar.left(), bar.top(), bar.width() * self.filled, bar.height())
        painter.fillRect(full, theme.colour("chart.s1"))
        painter.setClipping(False)
        if self._target:
            width, height = _MARK
            left = round(bar.width() * _TARGET_AT - width / 2)
            mark = QRectF(left, (self.height() - height) / 2, width, height)
            painter.fillRect(mark, theme.colour("text1"))
