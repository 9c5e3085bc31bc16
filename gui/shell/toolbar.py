"""The toolbar: start or stop, publish, the way to everything, and the state of each connector."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QToolBar, QWidget

from gui.shell.commands import Commands
from gui.theme import current, set_face, set_height
from gui.viewmodels.live import Live, State
from gui.viewmodels.unapplied import unapplied
from gui.viewmodels.words import plural
from gui.widgets.buttons import Button, FlatButton, PrimaryButton
from gui.widgets.chips import Chip, key_cap_size, paint_key_cap
from gui.widgets.frames import Line
from gui.widgets.menu import Menu

_MOST_CHIPS: Final = 3
_WORST_FIRST: Final = ("failed", "disconnected", "degraded", "connecting", "connected")
_SEARCH_PADDING: Final = 10
_AFTER_ICON: Final = 7
_ICON: Final = 16
_CAP_RIGHT: Final = 7
_CHIP_GAP: Final = 6
_AFTER_SEPARATOR: Final = 10


class SearchButton(QAbstractButton):
    """Looks like a field, and opens the palette, which is one."""

    def __init__(self, text: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        theme = current()
        self.setText(text)
        self.setAccessibleName(text)
        set_face(self, "body")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMaximumWidth(theme.size("width.search"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_height(self, "height.control")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for the width of a field."""
        theme = current()
        return QSize(theme.size("width.search"), theme.size("height.control"))

    def minimumSizeHint(self) -> QSize:
        """Do with the words and the keys, so that what is beside it is never cut."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        inner = _SEARCH_PADDING + _ICON + 2 * _AFTER_ICON + words
        keys = key_cap_size(self._keys).width() + _CAP_RIGHT
        return QSize(inner + keys, current().size("height.control"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a field with an icon, its placeholder, and the keys."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, radius = QRectF(self.rect()), theme.size("radius.m")
        painter.setBrush(theme.colour("surface2"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
        else:
            painter.setPen(QPen(theme.colour("border_control"), 1))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        top = (self.height() - _ICON) // 2
        icon = QRectF(_SEARCH_PADDING, top, _ICON, _ICON).toRect()
        theme.icon("search", "text3", _ICON).paint(painter, icon)
        painter.setPen(theme.colour("text3"))
        painter.setFont(self.font())
        text = self.rect().adjusted(_SEARCH_PADDING + _ICON + _AFTER_ICON, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        size = key_cap_size(self._keys)
        left, top = self.width() - _CAP_RIGHT - size.width(), (self.height() - size.height()) / 2
        paint_key_cap(painter, QRectF(QPointF(left, top), size), self._keys)


class Toolbar(QToolBar):
    """One row of 44.

    Signals:
        documentAsked: The key of a connector's page.
        searchAsked: The way to everything was asked for.
    """

    documentAsked = Signal(str)
    searchAsked = Signal()

    def __init__(self, live: Live, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live, self._commands = live, commands
        self._chips: dict[str, Chip] = {}
        self.setObjectName("toolbar")
        self.setWindowTitle(self.tr("Toolbar"))
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        set_height(self, "height.toolbar")
        self.start_button = PrimaryButton(self.tr("Start"), "play")
        self.stop_button = Button(self.tr("Stop"), "square")
        self.apply_button = PrimaryButton(self.tr("Apply"), "upload")
        self.search = SearchButton(
            self.tr("Go to anything"), commands["goto"].shortcut().toString().replace("+", " ")
        )
        self.more = FlatButton()
        self._row, self._chip_row = QHBoxLayout(), QHBoxLayout()
        self._lay_out()
        self.search.clicked.connect(self.searchAsked)
        self.more.clicked.connect(self._show_more)
        live.workspaceChanged.connect(self._show_connectors)
        live.changed.connect(self._refresh)
        self._show_connectors()

    @property
    def chips(self) -> list[Chip]:
        """The connectors' chips, also those that have no room."""
        return list(self._chips.values())

    def add_command(self, action: QAction, icon: str) -> FlatButton:
        """Put a command behind start and stop."""
        button = FlatButton(action.iconText(), icon)
        button.follow(action)
        self._row.insertWidget(self._row.indexOf(self._gap), button)
        return button

    def _lay_out(self) -> None:
        host = QWidget()
        host.setLayout(self._row)
        theme = current()
        margin = theme.size("space.m")  # here: the bar's own padding would count upwards, too
        self._row.setContentsMargins(margin, 0, margin, 0)
        self._row.setSpacing(0)
        bridge = QHBoxLayout()
        bridge.setSpacing(theme.size("space.m"))
        self._chip_row.setSpacing(_CHIP_GAP)
        self.start_button.follow(self._commands["start"])
        self.stop_button.follow(self._commands["stop"])
        self.apply_button.follow(self._commands["apply"])
        separator = Line(Qt.Orientation.Vertical, "border_strong")
        separator.setFixedHeight(20)
        self._gap = QWidget()
        for widget in (self.start_button, self.stop_button, self.apply_button, separator):
            bridge.addWidget(widget)
        self._row.addLayout(bridge)
        self._row.addSpacing(_AFTER_SEPARATOR)
        self._row.addWidget(self._gap, 1)
        self._row.addWidget(self.search)
        self._row.addSpacing(theme.size("space.l"))
        self._chip_row.addWidget(self.more)
        self._row.addLayout(self._chip_row)
        self.addWidget(host)

    @Slot()
    def _show_connectors(self) -> None:
        for chip in self._chips.values():
            self._chip_row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = {}
        connectors = self._live.workspace.connectors
        for name in (*connectors.mqtt, *connectors.kafka):
            chip = Chip(name)
            chip.clicked.connect(
                lambda _checked=False, key=f"connector:{name}": self.documentAsked.emit(key)
            )
            self._chips[name] = chip
            self._chip_row.insertWidget(self._chip_row.indexOf(self.more), chip)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        is_up = self._live.session.state in ("starting", "running", "draining")
        self.start_button.setVisible(not is_up)
        self.stop_button.setVisible(is_up)
        session = self._live.session
        waiting = unapplied(session.running, self._live.workspace)
        self.apply_button.setVisible(bool(waiting))
        text = plural("Apply %n change", "Apply %n changes", len(waiting))
        self.apply_button.setText(text)
        self.apply_button.setAccessibleName(text)
        states = {name: self._live.connector_state(name) for name in self._chips}
        for name, state in states.items():
            self._chips[name].set_state(state.status, state.word, state.reason)
        shown = _worst_of(states)
        for name, chip in self._chips.items():
            chip.setVisible(name in shown)
        hidden = len(states) - len(shown)
        self.more.setVisible(hidden > 0)
        self.more.setText(f"+{hidden}")
        self.more.setAccessibleName(self.tr("{count} more connectors").format(count=hidden))

    @Slot()
    def _show_more(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, chip in self._chips.items():
            if not chip.isVisible():
                state = self._live.connector_state(name)
                action = menu.addAction(f"{name}: {state.word}")
                action.triggered.connect(
                    lambda _checked=False, key=f"connector:{name}": self.documentAsked.emit(key)
                )
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))


def _worst_of(states: dict[str, State]) -> set[str]:
    """Choose the connectors that are shown where there is no room for all."""

    def badness(name: str) -> int:
        status = states[name].status
        return _WORST_FIRST.index(status) if status in _WORST_FIRST else len(_WORST_FIRST)

    return set(sorted(states, key=badness)[:_MOST_CHIPS])
