"""A segmented control: one of a few views or kinds, all of them in sight."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from gui.theme import current, set_face

_PADDING: Final = 12
_SMALL_PADDING: Final = 10
_ICON: Final = 14
_GAP: Final = 5


class Segment(QAbstractButton):
    """One part. Arrow keys go to its neighbours."""

    def __init__(
        self, text: str, *, small: bool = False, icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        theme = current()
        self.is_first = self.is_last = False
        self._icon = icon
        self._height = "height.control_small" if small else "height.control"
        self._padding = _SMALL_PADDING if small else _PADDING
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        set_face(self, "small" if small else "body", 500, figures=False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Take the room of the word."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text())
        icon = _ICON + _GAP if self._icon else 0
        return QSize(
            width + icon + 2 * self._padding + (not self.is_last), current().size(self._height)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground, this part of the outline, and the word."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "surface2"
        if self.isChecked():
            ground = "selection"
        elif self.isEnabled() and (self.isDown() or self.underMouse()):
            ground = "pressed" if self.isDown() else "hover"
        painter.setClipRect(self.rect())
        painter.setBrush(theme.colour(ground))
        painter.setPen(QPen(theme.colour("border_control" if self.isEnabled() else "border"), 1))
        painter.drawPath(self._outline())
        if not self.is_last:
            line = theme.size("line.hairline")
            beside = QRect(self.width() - line, line, line, self.height() - 2 * line)
            painter.fillRect(beside, theme.colour("border"))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            radius = theme.size("radius.m") - 1
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        role = "text1" if self.isChecked() else "text2"
        painter.setPen(theme.colour(role if self.isEnabled() else "text_disabled"))
        painter.setFont(self.font())
        if not self._icon:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            return
        place = QRect(self._padding, (self.height() - _ICON) // 2, _ICON, _ICON)
        theme.icon(self._icon, role, _ICON).paint(painter, place)
        box = self.rect().adjusted(place.right() + 1 + _GAP, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _outline(self) -> QPainterPath:
        """Outline the whole control as far as it lies here: round at its ends alone."""
        radius, path = current().size("radius.m"), QPainterPath()
        beyond = 2 * radius
        rect = QRectF(self.rect()).adjusted(
            0.5 if self.is_first else -beyond, 0.5, -0.5 if self.is_last else beyond, -0.5
        )
        path.addRoundedRect(rect, radius, radius)
        return path


class Segmented(QWidget):
    """A row of parts, of which one is chosen. Tab stops at the chosen one.

    Signals:
        chosen: The key of the part that is chosen now.
    """

    chosen = Signal(str)

    def __init__(
        self,
        name: str,
        parts: dict[str, str],
        *,
        small: bool = False,
        icons: dict[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it; the first part is chosen.

        Args:
            name: What a screen reader calls it.
            parts: Key to word, in order.
            small: Whether it is 26 high instead of 30.
            icons: Key to the file name of an icon in front of the word.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        named = icons or {}
        self._parts = {
            key: Segment(word, small=small, icon=named.get(key, ""), parent=self)
            for key, word in parts.items()
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        segments = list(self._parts.values())
        segments[0].is_first = segments[-1].is_last = True
        for segment in segments:
            self._group.addButton(segment)
            row.addWidget(segment)
        segments[0].setChecked(True)
        self._group.buttonToggled.connect(self._tell)

    @property
    def current_key(self) -> str:
        """The key of the chosen part."""
        return next(key for key, part in self._parts.items() if part.isChecked())

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all parts, in order."""
        return tuple(self._parts)

    def part(self, key: str) -> Segment:
        """Find a part by its key."""
        return self._parts[key]

    def choose(self, key: str) -> None:
        """Choose a part."""
        self._parts[key].setChecked(True)

    @Slot(QAbstractButton, bool)
    def _tell(self, _part: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self.chosen.emit(self.current_key)
