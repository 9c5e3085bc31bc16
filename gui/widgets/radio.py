"""One of several choices, with a line that says what it means."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from gui.theme import current, set_face

_DISC: Final = 16
_DOT: Final = 6
_GAP: Final = 9
_LINE: Final = 18
_HELP_LINE: Final = 17


class Radio(QRadioButton):
    """A disc of 16 and its words; the help stands below them in small letters."""

    def __init__(self, text: str, help_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._help = ""
        set_face(self, "body", 500)
        self.setAccessibleName(text)
        grows = QSizePolicy.Policy.Minimum  # where it is narrow, it needs more than its hint
        self.setSizePolicy(QSizePolicy.Policy.Expanding, grows)
        current().changed.connect(self.update)
        self.set_help(help_text)

    @property
    def help(self) -> str:
        """The line below."""
        return self._help

    def set_help(self, text: str) -> None:
        """Say anew what it means."""
        if text != self._help:
            self._help = text
            self.setAccessibleDescription(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Take the room of both lines."""
        words = QFontMetrics(current().font("body", 500)).horizontalAdvance(self.text())
        helps = QFontMetrics(current().font("small")).horizontalAdvance(self._help)
        width = _DISC + _GAP + max(words, helps) + 2
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Do with less width: the help takes more lines then."""
        return QSize(120, _LINE)

    def hasHeightForWidth(self) -> bool:
        """Be higher where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Tell the height with the help broken into lines."""
        if not self._help:
            return _LINE + 6
        return _LINE - 1 + self._help_box(width).height()

    def _help_box(self, width: int) -> QRect:
        left = _DISC + _GAP
        room = QRect(left, _LINE - 1, max(width - left, 1), 1_000)
        metrics = QFontMetrics(current().font("small"))
        box = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._help)
        return QRect(room.left(), room.top(), room.width(), max(box.height(), _HELP_LINE))

    def hitButton(self, pos: object) -> bool:
        """Be chosen by a click anywhere on both lines."""
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint disc, words and help."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(0, (_LINE - _DISC) / 2, _DISC, _DISC)
        self._paint_disc(painter, disc)
        is_on = self.isEnabled()
        left = _DISC + _GAP
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.colour("text1" if is_on else "text_disabled"))
        words = QRectF(left, 0, self.width() - left, _LINE)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text2" if is_on else "text_disabled"))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self._help_box(self.width()), flags, self._help)

    def _paint_disc(self, painter: QPainter, disc: QRectF) -> None:
        theme = current()
        is_on = self.isEnabled()
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent" if is_on else "border_control"))
            painter.drawEllipse(disc)
            painter.setBrush(theme.colour("on_accent"))
            painter.drawEllipse(disc.center(), _DOT / 2, _DOT / 2)
        else:
            hover = "hover_content" if self.underMouse() and is_on else "surface2"
            painter.setBrush(theme.colour(hover))
            painter.setPen(QPen(theme.colour("border_control" if is_on else "border"), 1))
            painter.drawEllipse(disc.adjusted(0.5, 0.5, -0.5, -0.5))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inner = "on_accent" if self.isChecked() else "focus"
            painter.setPen(QPen(theme.colour(inner), 2))
            radius = _DISC / 2 - (2.5 if self.isChecked() else 1)
            painter.drawEllipse(QPointF(disc.center()), radius, radius)
