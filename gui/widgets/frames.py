"""Grounds and lines: cards, hairlines, title rows of docks, and banners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from gui.theme import current, set_face, set_height
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.labels import Icon, Label, StateShape
from gui.widgets.prose import Prose, code_words

_BANNER: Final = 36


class Ground(QWidget):
    """A widget on a surface of its own."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        """Make it; `role` is the name of the surface."""
        super().__init__(parent)
        self._role = role
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)  # inside lists it would be another one
        current().changed.connect(self._tint)
        self._tint()

    def set_role(self, role: str) -> None:
        """Change the surface."""
        self._role = role
        self._tint()

    @Slot()
    def _tint(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, current().colour(self._role))
        self.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it, whatever a sheet, or moving it to another parent, has made of its palette."""
        QPainter(self).fillRect(event.rect(), current().colour(self._role))


class Line(Ground):
    """A hairline between two regions."""

    def __init__(
        self,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        role: str = "border",
        parent: QWidget | None = None,
    ) -> None:
        """Make it; `role` is the name of its colour."""
        super().__init__(role, parent)
        width = current().size("line.hairline")
        if orientation == Qt.Orientation.Horizontal:
            self.setFixedHeight(width)
        else:
            self.setFixedWidth(width)


class Card(QFrame):
    """An outlined box on content ground; a card holds no card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")


class Well(QFrame):
    """An outlined box on the quiet ground of what is only looked at, such as a preview."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "well")


class Strip(Ground):
    """A row of the frame: titles and tabs, with a hairline at its lower edge."""

    def __init__(self, height: str, more: int = 0, parent: QWidget | None = None) -> None:
        """Make it; its height counts the line.

        Args:
            height: The name of a height.
            more: Pixels that are added to it.
            parent: Qt's owner.
        """
        super().__init__("surface0", parent)
        self._is_lined = True
        set_height(self, height, more)

    def set_lined(self, is_lined: bool) -> None:
        """Tell whether something is below it that the line parts it from."""
        self._is_lined = is_lined
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        super().paintEvent(event)
        if not self._is_lined:
            return
        line = current().size("line.hairline")
        bottom = self.height() - line
        QPainter(self).fillRect(0, bottom, self.width(), line, current().colour("border"))


class DockTitle(Strip):
    """The title row of a dock: its name, and room for buttons at the right."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        theme = current()
        super().__init__("height.dock_title", parent=parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.size("space.panel"), 0, theme.size("space.s") - 2, 0)
        self._row.setSpacing(theme.size("space.xxs"))
        self.label = Label(title, style="strong", elide="end")
        self._row.addWidget(self.label, 1)

    def sizeHint(self) -> QSize:
        """Keep the height, which a dock takes from here alone."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """Keep the height."""
        return QSize(super().minimumSizeHint().width(), self.minimumHeight())

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)


class Banner(Ground):
    """One sentence across a page that stays until it is solved or closed.

    Signals:
        linkClicked: What the banner offers was asked for.
        closed: The user has read it.
    """

    linkClicked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bad_bg", parent)
        theme = current()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(_BANNER)
        layout = QHBoxLayout(self)
        margin = theme.size("space.m")
        layout.setContentsMargins(margin, 3, margin, 3)
        layout.setSpacing(theme.size("space.s"))
        self.shape = StateShape("failed", size=14, ground="bad_bg")
        self.news = Icon("info", role="info", size=16)
        self.label = Prose()
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.link = LinkButton()
        set_face(self.link, "body", 500, figures=False)
        self.close_button = IconButton("x", self.tr("Close"))
        layout.addWidget(self.shape)
        layout.addWidget(self.news)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.link)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(theme.size("space.s"))
        layout.addLayout(self._choices)
        layout.addWidget(self.close_button)
        self.link.clicked.connect(self.linkClicked)
        self.close_button.clicked.connect(self.closed)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def say(self, text: str, *, status: str = "failed", link: str = "") -> None:
        """Show a sentence.

        Args:
            text: What happened and what to do; what stands in backticks is shown as code.
            status: A state: its shape and its ground; `info` for what is only good to know.
            link: What can be done at once; empty for nothing.
        """
        is_news = status == "info"
        self.set_role("info_bg" if is_news else f"{current().state(status).colour}_bg")
        self.news.setVisible(is_news)
        self.shape.setVisible(not is_news)
        if not is_news:
            self.shape.set_status(status)
        self.label.say(text, code_words(text, "text1"))
        self.link.setText(link)
        self.link.setVisible(bool(link))
        self.setAccessibleName(text)
        self.offer({})
        self.show()
        self._keep_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have room for all lines, whatever else is short of it."""
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        if (layout := self.layout()) is not None:
            self.setMinimumHeight(max(layout.totalHeightForWidth(self.width()), _BANNER))

    @property
    def choices(self) -> list[LinkButton]:
        """The links beside the first."""
        items = (self._choices.itemAt(at) for at in range(self._choices.count()))
        return [link for item in items if item and isinstance(link := item.widget(), LinkButton)]

    def offer(self, choices: Mapping[str, Callable[[], object]]) -> None:
        """Offer more than the first link: words, and what they do."""
        for old in self.choices:
            self._choices.removeWidget(old)
            old.hide()
            old.deleteLater()
        for text, do in choices.items():
            link = LinkButton(text, self)
            set_face(link, "body", 500, figures=False)
            link.clicked.connect(lambda _checked=False, do=do: do())
            self._choices.addWidget(link)
