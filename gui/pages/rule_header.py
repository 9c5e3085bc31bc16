"""The header of a rule's page: name, state, switch, Save, and a menu with the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSpacerItem, QWidget

from gui.pages.parts import PageHeader
from gui.theme import current
from gui.viewmodels.rule_editor import RuleEditor
from gui.widgets.buttons import IconButton, SecondaryButton
from gui.widgets.menu import Menu
from gui.widgets.name_popup import NamePopup
from gui.widgets.switch import Switch

_WORDS_FROM: Final = 620
_RIGHT: Final = 14
_AFTER_SWITCH: Final = 6
_AFTER_BARE_SWITCH: Final = 16
_OF_WINDOW: Final = ("rename", "duplicate", "delete")


class RuleHeader(PageHeader):
    """52 high, across the page.

    Attributes:
        enabled: Whether the rule is to run.
        save: Follows the page's own action.

    Signals:
        renamed: A name for a rule that was never saved.
        noted: A note for the rule.
    """

    renamed = Signal(str)
    noted = Signal(str)

    def __init__(
        self,
        editor: RuleEditor,
        own: Mapping[str, QAction],
        of_window: Mapping[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        """Lay it out.

        Args:
            editor: The rule.
            own: The page's actions `save` and `revert`.
            of_window: The window's commands, of which the menu lists those on objects.
            parent: Qt's owner.
        """
        super().__init__(editor.name, parent)
        self._editor = editor
        self.enabled = Switch(self.tr("Enabled"))
        self.pencil = IconButton("pencil", self.tr("Name of the rule"))
        self.save = SecondaryButton(self.tr("Save"), "save")
        self.save.follow(own["save"])
        self.more = IconButton("ellipsis", self.tr("More commands"), size=30)
        self.menu = Menu(self.more)
        self._naming = NamePopup(
            self.tr("Name of the rule"),
            self.tr("Rename"),
            self.pencil,
            problem=editor.name_problem,
        )
        self._noting = NamePopup(self.tr("Note"), self.tr("Keep"), self.more, may_be_empty=True)
        self.kind.hide()
        self.insert_beside_name(self.pencil)
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        for widget in (self.enabled, self.save, self.more):
            row.addWidget(widget)
        self._after_switch = QSpacerItem(_AFTER_SWITCH, 0)
        row.insertItem(1, self._after_switch)
        self.add_widget(buttons)
        self.set_right_margin(_RIGHT)
        self._fill_menu(own, of_window)
        self.pencil.clicked.connect(self.ask_name)
        self.more.clicked.connect(self._open_menu)
        self._naming.taken.connect(self.renamed)
        self._noting.taken.connect(self.noted)

    def refresh(self) -> None:
        """Show the rule as it is edited now."""
        editor = self._editor
        self.name.setText(editor.shown_name)
        self.enabled.setChecked(editor.is_enabled)
        self.label.setText(editor.note)
        self.pencil.setVisible(editor.is_new)
        self.show_state(editor.state)
        shorter = [] if editor.state.reason else [editor.state.word]
        self.state.setText(editor.state_text, *shorter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the switch's word and the note where there is little room."""
        super().resizeEvent(event)
        has_room = event.size().width() >= _WORDS_FROM
        self.enabled.show_words(is_shown=has_room)
        self._after_switch.changeSize(_AFTER_SWITCH if has_room else _AFTER_BARE_SWITCH, 0)
        self.label.setVisible(has_room)

    def _fill_menu(self, own: Mapping[str, QAction], of_window: Mapping[str, QAction]) -> None:
        self.menu.addAction(own["revert"])
        note = self.menu.addAction(self.tr("Note..."))
        note.triggered.connect(self._ask_note)
        found = [of_window[name] for name in _OF_WINDOW if name in of_window]
        if found:
            self.menu.addSeparator()
            self.menu.addActions(found)

    @Slot()
    def _open_menu(self) -> None:
        corner = self.more.rect().bottomRight()
        place = self.more.mapToGlobal(corner)
        place.setX(place.x() - self.menu.sizeHint().width())
        self.menu.popup(place)

    @Slot()
    def ask_name(self) -> None:
        """Have another name typed, where what is wrong with the present one is said."""
        self._naming.ask(self._editor.shown_name)

    @Slot()
    def _ask_note(self) -> None:
        self._noting.ask(self._editor.note)
