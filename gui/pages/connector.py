"""A connector's page: its settings as the file has them, its state, and who uses it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.pages.parts import (
    Heading,
    LinkRow,
    PageHeader,
    clear_layout,
    name_value_grid,
    scrolling,
)
from gui.theme import current
from gui.viewmodels.connector import ConnectorViewModel, SettingGroup
from gui.widgets.buttons import SecondaryButton
from gui.widgets.frames import Card, Line
from gui.widgets.labels import Label

_NAMES: Final = 150
_SIDE: Final = 388
_ICONS: Final = {"mqtt": "radio", "kafka": "database"}


class ConnectorPage(QWidget):
    """Everything about one connector.

    Signals:
        documentAsked: The key of a rule's page.
    """

    documentAsked = Signal(str)

    def __init__(
        self,
        connector: ConnectorViewModel,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        """Lay out; `actions` are those with the ids edit_file and apply."""
        super().__init__(parent)
        self._connector = connector
        connector.setParent(self)
        self._actions = actions
        self.header = PageHeader(connector.name)
        self._settings = QVBoxLayout()
        self._numbers = QVBoxLayout()
        self._users = QVBoxLayout()
        self._users_heading = Heading(self.tr("Used by"))
        self._user_rows: list[tuple[str, str, LinkRow]] = []
        self._number_labels: list[Label] = []
        self._lay_out()
        connector.settingsChanged.connect(self._show_settings)
        connector.changed.connect(self._refresh)
        self._show_settings()

    @property
    def user_rows(self) -> list[LinkRow]:
        """The rows of those who use it."""
        return [row for _, _, row in self._user_rows]

    def _lay_out(self) -> None:
        theme = current()
        page = theme.size("space.page")
        left = QWidget()
        self._settings.setContentsMargins(page, 20, page, page)
        self._settings.setSpacing(theme.size("space.s"))
        left.setLayout(self._settings)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(theme.size("space.l"), 20, theme.size("space.l"), page)
        column.setSpacing(theme.size("space.s"))
        column.addWidget(Heading(self.tr("Traffic"), self.tr("since start")))
        for layout in (self._numbers, self._users):
            card = Card()
            layout.setContentsMargins(1, 4, 1, 4)
            layout.setSpacing(0)
            card.setLayout(layout)
            if layout is self._users:
                column.addSpacing(theme.size("space.m"))
                column.addWidget(self._users_heading)
            column.addWidget(card)
        column.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(scrolling(left, self.tr("Settings")), 1)
        body.addWidget(Line(Qt.Orientation.Vertical))
        right = scrolling(side, self.tr("Traffic and use"))
        right.setFixedWidth(_SIDE)
        body.addWidget(right)
        self._side = right
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addLayout(body, 1)
        outer.addWidget(Line())
        outer.addWidget(self._footer())

    def _footer(self) -> QWidget:
        theme = current()
        footer = QWidget()
        footer.setFixedHeight(theme.size("height.page_header"))
        row = QHBoxLayout(footer)
        row.setContentsMargins(theme.size("space.page"), 0, theme.size("space.page"), 0)
        row.setSpacing(theme.size("space.m"))
        edit = SecondaryButton(self.tr("Edit the file"), "pencil")
        edit.follow(self._actions["edit_file"])
        apply = SecondaryButton(self.tr("Apply changes"), "rotate-cw")
        apply.follow(self._actions["apply"])
        self._note = Label(style="small", role="text3", elide="end")
        row.addWidget(edit)
        row.addWidget(apply)
        row.addWidget(self._note, 1)
        return footer

    @Slot()
    def _show_settings(self) -> None:
        clear_layout(self._settings)
        connector = self._connector
        self.header.kind.set_text(connector.kind_word)
        self.header.label.setText(connector.label)
        for group in connector.groups:
            self._add_group(group)
        self._settings.addStretch(1)
        path = connector.live.session.path
        self._note.setText(
            self.tr("Settings are read from {file}.").format(file=path.name) if path else ""
        )
        self._show_users()
        self._show_numbers()
        self._refresh()

    def _add_group(self, group: SettingGroup) -> None:
        if self._settings.count():
            self._settings.addSpacing(current().size("space.s"))
        self._settings.addWidget(Heading(group.title))
        host = QWidget()
        host.setMaximumWidth(current().size("width.form_max"))
        grid = name_value_grid(_NAMES)
        host.setLayout(grid)
        for number, setting in enumerate(group.settings):
            grid.addWidget(Label(setting.name, role="text3"), number, 0, Qt.AlignmentFlag.AlignTop)
            value = Label(setting.value, style="code_small" if setting.is_code else "body")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(value, number, 1)
        self._settings.addWidget(host)

    def _show_users(self) -> None:
        clear_layout(self._users)
        self._user_rows = []
        users = self._connector.users
        self._users_heading.note.setText(str(len(users)))
        for user in users:
            row = LinkRow(user.name, user.detail)
            row.setEnabled(bool(user.target))
            row.clicked.connect(
                lambda _checked=False, key=user.target: self.documentAsked.emit(key)
            )
            self._users.addWidget(row)
            self._user_rows.append((user.kind, user.name, row))
        if not users:
            nobody = Label(self.tr("No rule and no action names it."), role="text2")
            nobody.setContentsMargins(12, 6, 12, 6)
            self._users.addWidget(nobody)

    def _show_numbers(self) -> None:
        clear_layout(self._numbers)
        self._number_labels = []
        for line in self._connector.numbers:
            host = QWidget()
            row = QHBoxLayout(host)
            row.setContentsMargins(current().size("space.panel"), 4, 12, 4)
            value = Label(line.value, weight=500)
            row.addWidget(Label(line.name, role="text2"), 1)
            row.addWidget(value)
            self._numbers.addWidget(host)
            self._number_labels.append(value)

    @Slot()
    def _refresh(self) -> None:
        connector = self._connector
        self.header.show_state(connector.state)
        users = {(user.kind, user.name): user for user in connector.users}
        for kind, name, row in self._user_rows:
            if user := users.get((kind, name)):
                row.show_state(user.state)
        numbers = connector.numbers
        if len(numbers) != len(self._number_labels):
            self._show_numbers()
        for label, line in zip(self._number_labels, numbers, strict=True):
            label.setText(line.value)
