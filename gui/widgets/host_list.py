"""A list of hosts: chips inside one field, and room to type or paste more."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QLineEdit, QSizePolicy, QWidget

from gui.theme import current, refresh_style, set_face

_CHIP: Final = 24
_PAINTED: Final = 22  # the pointer has 24
_AROUND: Final = 3
_PADDING: Final = 8
_CROSS: Final = 12
_GAP: Final = 4
_TYPING: Final = 150
_PRESS: Final = QEvent.Type.KeyPress
_BETWEEN: Final = re.compile(r"[\s,;]+")
_SCHEME: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_+.-]*://")


def tidy_host(text: str) -> str:
    """Take off what a host has around it where it is copied from.

    That is quotes, a scheme, a user with a password, a slash.
    """
    return _SCHEME.sub("", text.strip().strip("\"'")).rpartition("@")[2].rstrip("/")


class HostChip(QAbstractButton):
    """One host; pressing it, or Delete on it, takes it out."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(self.tr("Take out {host}").format(host=text))
        set_face(self, "code_small")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        width = QFontMetrics(self.font()).horizontalAdvance(text)
        self.setFixedSize(width + 2 * _PADDING + _CROSS + 6, _CHIP)
        current().changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take it out by the keys that delete."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground, the host and a cross."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.size("radius.s")
        painter.setBrush(theme.colour("pressed" if self.underMouse() else "hover"))
        painter.setPen(QPen(theme.colour("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        inset = 1 if self.hasFocus() else 0
        above = (_CHIP - _PAINTED) // 2 + inset
        rect = self.rect().adjusted(inset, above, -inset, -above)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(theme.colour("text1"))
        painter.setFont(self.font())
        text = self.rect().adjusted(_PADDING, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        place = QRect(self.width() - _PADDING - _CROSS, (_CHIP - _CROSS) // 2, _CROSS, _CROSS)
        theme.icon("x", "text2", _CROSS).paint(painter, place)


class HostList(QFrame):
    """Hosts as chips. Comma, blank or Enter end one; a pasted list is split.

    Signals:
        edited: The hosts, as the user has changed them.
        left: The keyboard has gone elsewhere.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            placeholder: What is to be typed.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._hosts: list[str] = []
        self._chips: list[HostChip] = []
        self.setProperty("kind", "field")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.line = QLineEdit(self)
        self.line.setFrame(False)
        self.line.setProperty("kind", "bare")
        set_face(self.line, "body")
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(placeholder)
        self.line.textEdited.connect(self._split)
        self.line.installEventFilter(self)
        self.setFocusProxy(self.line)
        self._arrange()

    @property
    def hosts(self) -> list[str]:
        """The hosts, with what is typed and not ended yet."""
        typed = tidy_host(self.line.text())
        return [*self._hosts, *([typed] if typed else [])]

    @property
    def chips(self) -> list[HostChip]:
        """The chips, in their order."""
        return list(self._chips)

    def show_hosts(self, hosts: list[str]) -> None:
        """Show other hosts."""
        if hosts != self.hosts:
            self.line.clear()
            self._set(hosts)

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        if self.line.accessibleDescription() != problem:
            self.line.setAccessibleDescription(problem)
            self.setProperty("problem", bool(problem))
            refresh_style(self)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take keys of the line that concern the chips, and notice that it is left."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == _PRESS:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.line.text():
                self._take_typed()
                return True
            if event.key() == Qt.Key.Key_Backspace and not self.line.text() and self._hosts:
                self._set(self._hosts[:-1])
                self.edited.emit(self.hosts)
                return True
        if watched is self.line and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            has_focus = event.type() == QEvent.Type.FocusIn
            self.setProperty("active", has_focus)
            refresh_style(self)
            if not has_focus:
                self._take_typed()
                self.left.emit()
        return False

    def resizeEvent(self, _event: object) -> None:
        """Lay the chips out anew."""
        self._arrange()

    def sizeHint(self) -> QSize:
        """Take as many rows as the chips need."""
        return QSize(240, self.minimumHeight())

    @Slot(str)
    def _split(self, text: str) -> None:
        *ended, rest = _BETWEEN.split(text)
        if ended:
            self.line.setText(rest)
            self._set([*self._hosts, *(host for each in ended if (host := tidy_host(each)))])
        self.edited.emit(self.hosts)

    def _take_typed(self) -> None:
        typed = tidy_host(self.line.text())
        if typed:
            self.line.clear()
            self._set([*self._hosts, typed])

    def _set(self, hosts: list[str]) -> None:
        self._hosts = list(hosts)
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for place, host in enumerate(hosts):
            chip = HostChip(host, self)
            chip.clicked.connect(lambda _checked=False, place=place: self._take_out(place))
            chip.show()
            self._chips.append(chip)
        # A new chip is the last stop of the window; the line knows where this field's place is.
        for before, after in pairwise([self.line, *self._chips, self.line]):
            QWidget.setTabOrder(before, after)
        self._arrange()

    def _take_out(self, place: int) -> None:
        del self._hosts[place]
        self._set(self._hosts)
        self.edited.emit(self.hosts)  # before a field that is left brings back what is kept
        self.line.setFocus(Qt.FocusReason.TabFocusReason)

    def _arrange(self) -> None:
        """Place chips and line in rows of 30."""
        left, top, right = _GAP, _AROUND, self.width() - _GAP
        for chip in self._chips:
            if left > _GAP and left + chip.width() > right:
                left, top = _GAP, top + _CHIP + _AROUND
            chip.move(QPoint(left, top))
            left += chip.width() + _GAP
        if left > _GAP and right - left < _TYPING:
            left, top = _GAP, top + _CHIP + _AROUND
        self.line.setGeometry(left, top, max(right - left, 20), _CHIP)
        height = top + _CHIP + _AROUND
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            self.updateGeometry()
