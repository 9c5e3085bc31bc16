"""The header of a connector's page: what it is, its name, how it is, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current, set_face, set_height
from gui.viewmodels.connector import ConnectorViewModel
from gui.widgets.buttons import IconButton
from gui.widgets.chips import Tag
from gui.widgets.frames import Line
from gui.widgets.labels import Icon, Label, StateShape
from gui.widgets.switch import Switch

_ICON: Final = 18
_SHAPE: Final = 13
_HIT: Final = 26
_AROUND: Final = 4
_ICONS: Final = {"mqtt": "radio", "kafka": "database"}


class NameButton(QAbstractButton):
    """A name that is pressed to be changed: by a click, Enter or F2."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._does = ""
        self.setText(name)
        self.setAccessibleName(self.tr("{name}, rename").format(name=name))
        set_face(self, "title", figures=False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    def follow(self, action: QAction) -> None:
        """Do what an action does, whenever it can."""
        self._action = action
        action.changed.connect(self._take_action)
        self.clicked.connect(action.trigger)
        self._take_action()

    @Slot()
    def _take_action(self) -> None:
        action = self._action
        self.setEnabled(action.isEnabled())
        keys = action.shortcut().toString()
        self._does = f"{action.iconText()} ({keys})" if keys else action.iconText()
        self._tell()

    def _tell(self) -> None:
        """Have a name that is cut whole in the tooltip, above what a press does."""
        is_cut = self.width() < self.sizeHint().width()
        self.setToolTip(f"{self.text()}\n{self._does}" if is_cut else self._does)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look whether the name is cut."""
        super().resizeEvent(event)
        self._tell()

    def sizeHint(self) -> QSize:
        """Take the room of the name, and enough height for the pointer."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(width + 2 * _AROUND + 2, _HIT)

    def minimumSizeHint(self) -> QSize:
        """Do with little room."""
        return QSize(60, _HIT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the name; the ground tells that it can be pressed."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, radius = QRectF(self.rect()), theme.size("radius.s")
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
        painter.setFont(self.font())
        painter.setPen(theme.colour("text1"))
        room = self.width() - 2 * _AROUND
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)
        inner = self.rect().adjusted(_AROUND, 0, 0, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)


class ConnectorHeader(QWidget):
    """52 high, across the page.

    Attributes:
        name: The connector's, pressed to rename it.
        enabled: Whether it is to run; for Kafka alone.
    """

    def __init__(
        self,
        connector: ConnectorViewModel,
        kind: str,
        of_window: Mapping[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        """Lay it out.

        Args:
            connector: What it shows.
            kind: `mqtt` or `kafka`, also of one that is not saved.
            of_window: The window's commands, among them `rename`, `duplicate` and `delete`.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._connector = connector
        theme = current()
        set_height(self, "height.page_header")
        self.name = NameButton(connector.name)
        self.name.follow(of_window["rename"])
        self.kind = Tag("MQTT" if kind == "mqtt" else "Kafka")
        self.shape = StateShape(size=_SHAPE)
        self.word, self.state = Label(), Label(role="text2", elide="end")
        self.enabled = Switch(self.tr("Enabled"))
        self.duplicate_button = IconButton("copy", self.tr("Duplicate"), size=30)
        self.delete_button = IconButton("trash-2", self.tr("Delete"), size=30)
        self.duplicate_button.follow(of_window["duplicate"])
        self.delete_button.follow(of_window["delete"])
        body = QWidget()  # not a bare layout, which would be no higher than its buttons
        row = QHBoxLayout(body)
        row.setContentsMargins(theme.size("space.l"), 1, _AROUND + 10, 0)
        row.setSpacing(0)
        row.addWidget(Icon(_ICONS[kind], size=_ICON, role="text2"))
        row.addSpacing(10 - _AROUND)
        row.addWidget(self.name)
        row.addSpacing(8 - _AROUND)
        row.addWidget(self.kind)
        row.addSpacing(10)
        row.addWidget(self.shape)
        row.addSpacing(9)
        row.addWidget(self.word)
        row.addWidget(self.state, 1)
        row.addSpacing(theme.size("space.m"))
        row.addWidget(self.enabled)
        row.addSpacing(theme.size("space.m"))
        row.addWidget(self.duplicate_button)
        row.addSpacing(6)
        row.addWidget(self.delete_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(body, 1)
        outer.addWidget(Line())
        self.enabled.setVisible(kind == "kafka")
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the state as it is now."""
        state = self._connector.state
        self.shape.set_status(state.status, state.word)
        text = self._connector.state_text
        self.word.setText(f"{state.word}." if state.reason else state.word)
        self.word.set_role(current().state(state.status).colour)
        self.word.set_weight(500 if state.status == "failed" else 400)
        shorter = () if state.reason else ("",)  # a part of a reason tells more than none of it
        self.state.setText(f" {text}" if text else "", *shorter)
