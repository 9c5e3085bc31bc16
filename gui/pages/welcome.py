"""The first page: start the demo, make a workspace, open one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current
from gui.viewmodels.recent import RecentEntry, RecentViewModel
from gui.widgets.buttons import FlatButton, LinkButton, PrimaryButton, SecondaryButton
from gui.widgets.chips import KeyCap
from gui.widgets.frames import Banner, Card, Line
from gui.widgets.labels import Label, Paragraph

_WIDTH: Final = 968
_TOP: Final = 64
_LOGO: Final = 60
_ABOVE_TITLE: Final = 4
_CARD_HEIGHT: Final = 306
_CARD_PADDING: Final = 20
_ROW: Final = 36
_COLUMNS: Final = (40, 200, 642, 852)
_PART: Final = 30
_PART_STEP: Final = 74.6
_FLOW_HEIGHT: Final = 50
_ICON: Final = 22
_BESIDE_KEYS: Final = 25


class WelcomePage(QWidget):
    """Shown while no workspace is open.

    Signals:
        openAsked: A recent workspace's path.
    """

    openAsked = Signal(object)

    def __init__(
        self,
        recent: RecentViewModel,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        """Lay out; `actions` are those with the ids demo, new, open and goto."""
        super().__init__(parent)
        self._recent = recent
        self.demo_button = PrimaryButton(self.tr("Start the demo"), "play")
        self.new_button = SecondaryButton(self.tr("Connect"))
        self.open_button = SecondaryButton(self.tr("Open file"))
        self.goto_button = _Quiet(self.tr("Go to anything"), "search")
        for button, name in (
            (self.demo_button, "demo"),
            (self.new_button, "new"),
            (self.open_button, "open"),
            (self.goto_button, "goto"),
        ):
            button.follow(actions[name])
        self._keys = KeyCap(actions["goto"].shortcut().toString().replace("+", " "))
        self._rows: list[RecentRow] = []
        self._recent_head = QWidget()
        self.clear_link = LinkButton(self.tr("Clear list"))
        self.clear_link.set_small()
        self.clear_link.clicked.connect(recent.clear)
        self._recent_card = Card()
        self._recent_rows = QVBoxLayout(self._recent_card)
        self._recent_rows.setContentsMargins(0, 0, 0, 0)
        self._recent_rows.setSpacing(0)
        self.banner = Banner()
        self._lay_out()
        recent.changed.connect(self._show_recent)
        self._show_recent()
        recent.refresh()

    def say(self, text: str) -> None:
        """Show a sentence about what could not be done."""
        self.banner.say(text)

    def _lay_out(self) -> None:
        self._lay_out_recent()
        content = QWidget()
        content.setFixedWidth(_WIDTH)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, _TOP, 0, current().size("space.xl"))
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addSpacing(current().size("space.xxl") + 4)
        column.addLayout(self._cards())
        column.addSpacing(current().size("space.xl"))
        column.addWidget(self._recent_head)
        column.addSpacing(current().size("space.xs") + 2)
        column.addWidget(self._recent_card)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        host = QWidget()
        centre = QHBoxLayout(host)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.addStretch(1)
        centre.addWidget(content)
        centre.addStretch(1)
        scroll.setWidget(host)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Line())
        outer.addWidget(self.banner)
        outer.addWidget(scroll)

    def _lay_out_recent(self) -> None:
        row = QHBoxLayout(self._recent_head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Label(self.tr("Recent workspaces"), style="strong"), 1)
        row.addWidget(self.clear_link)

    def _header(self) -> QBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().size("space.l") + 2)
        logo = QLabel()
        logo.setPixmap(current().app_icon().pixmap(_LOGO, _LOGO))
        row.addWidget(logo)
        names = QVBoxLayout()
        names.setSpacing(0)
        title = Label("Sluicegate", style="display")
        title.setContentsMargins(0, _ABOVE_TITLE, 0, 0)
        names.addWidget(title)
        names.addWidget(
            Label(
                self.tr("Take MQTT messages, pick and shape them with SQL, write them to Kafka."),
                role="text2",
            )
        )
        row.addLayout(names, 1)
        row.addWidget(self.goto_button)
        row.addSpacing(-_BESIDE_KEYS)
        row.addWidget(self._keys)
        return row

    def _cards(self) -> QBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().size("space.l"))
        demo = WelcomeCard(
            "circle-play",
            self.tr("Start the demo"),
            self.tr(
                "A workspace with two small brokers inside this program. Nothing to install, "
                "nothing leaves this computer."
            ),
        )
        demo.body.addWidget(Flow())
        demo.body.addSpacing(current().size("space.m") - 1)
        limits = Paragraph(
            self.tr(
                "Kafka is held in memory: 4 partitions a topic, and the records are gone when "
                "you quit."
            ),
            style="small",
            role="text3",
        )
        demo.body.addWidget(limits)
        demo.buttons.addWidget(self.demo_button)
        demo.buttons.addWidget(KeyCap(self.tr("Enter")))
        mine = WelcomeCard(
            "plug",
            self.tr("Connect to my brokers"),
            self.tr(
                "Two short forms and a connection test in a workspace of your own. Then a first "
                "rule from the topics that you name."
            ),
        )
        mine.add_line("radio", self.tr("MQTT 3.1.1 and 5; TLS, WebSocket"))
        mine.add_line("database", self.tr("Kafka, Confluent, Redpanda, Event Hubs"))
        mine.buttons.addWidget(self.new_button)
        theirs = WelcomeCard(
            "folder-open",
            self.tr("Open a workspace"),
            self.tr(
                "A workspace is one readable file without passwords. Everything wrong with it "
                "is shown at once."
            ),
        )
        theirs.add_line("file-code", self.tr("Sluicegate workspace, .toml"))
        theirs.buttons.addWidget(self.open_button)
        for card in (demo, mine, theirs):
            card.buttons.addStretch(1)
            row.addWidget(card, 1)
        return row

    @Slot()
    def _show_recent(self) -> None:
        for row in self._rows:
            self._recent_rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        for entry in self._recent.entries:
            row = RecentRow(entry, is_first=not self._rows)
            row.clicked.connect(lambda _checked=False, path=entry.path: self.openAsked.emit(path))
            self._recent_rows.addWidget(row)
            self._rows.append(row)
        self._recent_head.setVisible(bool(self._rows))
        self._recent_card.setVisible(bool(self._rows))


class _Quiet(FlatButton):
    """A button that is there for those who look for it."""

    icon_role = "text3"
    weight = 400
    gap = 6

    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text, icon)
        self.setProperty("tone", "quiet")


class WelcomeCard(Card):
    """One of the ways to begin.

    Attributes:
        body: What comes below the text.
        buttons: The row at the bottom.
    """

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(_CARD_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(_CARD_PADDING, _CARD_PADDING - 1, _CARD_PADDING, _CARD_PADDING)
        column.setSpacing(0)
        column.addWidget(Icon(icon, "accent_text", _ICON))
        column.addSpacing(current().size("space.m"))
        column.addWidget(Label(title, style="title"))
        column.addSpacing(current().size("space.xs"))
        column.addWidget(Paragraph(text, role="text2"))
        column.addSpacing(current().size("space.m") + 2)
        self.body = QVBoxLayout()
        self.body.setSpacing(0)
        column.addLayout(self.body)
        column.addStretch(1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(10)
        column.addLayout(self.buttons)

    def add_line(self, icon: str, text: str) -> None:
        """Add a line with an icon to the body."""
        if self.body.isEmpty():
            self.body.addSpacing(current().size("space.xs"))
        row = QHBoxLayout()
        row.setSpacing(current().size("space.s"))
        row.addStrut(16)
        row.addWidget(Icon(icon, "text2", 14))
        row.addWidget(Label(text, style="small", role="text2"), 1)
        self.body.addLayout(row)
        self.body.addSpacing(6)


class Icon(QWidget):
    """An icon by itself, which says nothing that the words beside it do not."""

    def __init__(self, name: str, role: str, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role, self._size = name, role, size
        self.setFixedSize(size, size)
        current().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        current().icon(self._name, self._role, self._size).paint(QPainter(self), self.rect())


class Flow(QWidget):
    """The demo in four pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = (
            ("cpu", self.tr("Sensors")),
            ("radio", self.tr("MQTT")),
            ("workflow", self.tr("Rule")),
            ("database", self.tr("Kafka")),
        )
        self.setFixedHeight(_FLOW_HEIGHT)
        current().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts with arrows between them."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small", 500))
        last = painter.fontMetrics().horizontalAdvance(self._parts[-1][1])
        step = min(_PART_STEP, (self.width() - last) / (len(self._parts) - 1))
        for number, (icon, name) in enumerate(self._parts):
            left = round(number * step)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_subtle"))
            radius = theme.size("radius.m")
            painter.drawRoundedRect(QRectF(left, 0, _PART, _PART), radius, radius)
            _paint_icon(painter, theme.icon(icon, "accent_text"), left + 7, 7, 16)
            painter.setPen(theme.colour("text1"))
            painter.drawText(QRectF(left, 33, step, 16), 0, name)
            if number:
                arrow = theme.icon("arrow-right", "text3", 14)
                _paint_icon(painter, arrow, left - 24, 8, 14)


def _paint_icon(painter: QPainter, icon: QIcon, x: int, y: int, size: int) -> None:
    icon.paint(painter, x, y, size, size)


class RecentRow(QAbstractButton):
    """One recent workspace; a click or Enter opens it."""

    def __init__(
        self, entry: RecentEntry, *, is_first: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._entry, self._is_first = entry, is_first
        self.setFixedHeight(_ROW)
        self.setText(entry.title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{entry.title}, {entry.parts}, {entry.when}")
        self.setToolTip(str(entry.path))
        current().changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint title, place, parts and time in columns."""
        theme, painter, entry = current(), QPainter(self), self._entry
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            radius = theme.size("radius.s")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover_content"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), radius, radius)
        if not self._is_first:
            painter.fillRect(0, 0, self.width(), 1, theme.colour("border"))
        _paint_icon(painter, theme.icon("file-code", "text2"), 14, 10, 16)
        self._paint_text(painter, 0, entry.title, "text1", theme.font("body", 500, figures=False))
        self._paint_text(painter, 1, entry.place, "text3", theme.font("small", figures=False))
        self._paint_text(painter, 2, entry.parts, "text2", theme.font("small"))
        painter.setPen(theme.colour("text3"))
        box = QRectF(_COLUMNS[3], 0, self.width() - _COLUMNS[3] - 14, self.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, right, entry.when)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)

    def _paint_text(
        self, painter: QPainter, column: int, text: str, role: str, font: QFont
    ) -> None:
        painter.setFont(font)
        painter.setPen(current().colour(role))
        left, right = _COLUMNS[column], _COLUMNS[column + 1] - 12
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, right - left)
        box = QRectF(left, 0, right - left, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
