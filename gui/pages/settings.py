"""The settings of this computer: sections at the left, their forms or the shortcuts beside."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from gui.pages.parts import room_of, scrolling
from gui.pages.settings_fields import SettingsFields
from gui.pages.shortcuts import ShortcutsSection
from gui.theme import current, set_height
from gui.viewmodels.settings_form import SECTIONS, SettingsForm
from gui.viewmodels.shortcut_table import ShortcutTable
from gui.viewmodels.words import plural, sentences
from gui.widgets.buttons import IconButton
from gui.widgets.frames import Banner, Line
from gui.widgets.labels import Icon, Label
from gui.widgets.menu import Menu
from gui.widgets.section_list import SectionList

SHORTCUTS: Final = "shortcuts"
_SECTIONS_WIDTH: Final = 183
_ICON: Final = 18
_ICONS: Final = {
    "general": "sliders-horizontal",
    "appearance": "palette",
    "editor": "code",
    "feeds": "gauge",
    "secrets": "key-round",
}


class SettingsPage(QWidget):
    """Everything that can be chosen; it takes effect and is saved at once.

    Signals:
        closed: The page is no longer wanted; only where it is no document.
        resetDone: All shortcuts are the usual ones; what had been chosen before.
        failed: Something could not be done: what happened, and what to do next.
    """

    closed = Signal()
    resetDone = Signal(object)
    failed = Signal(str, str)

    def __init__(
        self,
        form: SettingsForm,
        table: ShortcutTable,
        *,
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            form: The settings.
            table: The shortcuts.
            closable: Whether it has a button that closes it: it has no tab then.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._form, self._table = form, table
        self.fields = SettingsFields(form)
        self.shortcuts = ShortcutsSection(table)
        self.sections = SectionList(self.tr("Sections"), self._titles())
        self.more = IconButton("ellipsis", self.tr("More"))
        self.close_button = IconButton("x", self.tr("Close the settings"))
        self.banner = Banner()
        self._area: QScrollArea = scrolling(self.fields, self.tr("Settings"))
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls bring it along
        self._stack = QStackedWidget()
        self._lay_out()
        self.close_button.setVisible(closable)
        self._connect_signals()
        self._show_conflicts()
        if form.file_problem:
            self.banner.say(form.file_problem, status="degraded")
        form.look_for_keychain()

    def show_section(self, key: str) -> None:
        """Show a section."""
        self.sections.choose(key)

    def find_here(self) -> None:
        """Search the shortcuts."""
        self.show_section(SHORTCUTS)
        self.shortcuts.find_here()

    def focus_form(self) -> None:
        """Put the keyboard on the list of sections."""
        self.sections.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the icons of the sections alone where there is no room for their titles."""
        super().resizeEvent(event)
        shown = self._stack.minimumSizeHint().width()
        has_room = room_of(self) > _SECTIONS_WIDTH + shown
        if has_room != self.sections.has_titles:
            self.sections.show_titles(_SECTIONS_WIDTH if has_room else 0)

    def _titles(self) -> dict[str, tuple[str, str]]:
        titles = self._form.titles
        found: dict[str, tuple[str, str]] = {key: (titles[key], _ICONS[key]) for key in SECTIONS}
        found[SHORTCUTS] = (self.tr("Shortcuts"), "keyboard")
        return found

    def _lay_out(self) -> None:
        self.sections.show_titles(_SECTIONS_WIDTH)
        side = QVBoxLayout()
        side.setContentsMargins(0, current().size("space.s"), 0, 0)
        side.addWidget(self.sections)
        self._stack.addWidget(self._area)
        self._stack.addWidget(self.shortcuts)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(side)
        body.addWidget(Line(Qt.Orientation.Vertical))
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(self.banner)
        column.addLayout(body, 1)

    def _header(self) -> QWidget:
        theme = current()
        host = QWidget()
        set_height(host, "height.page_header")
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l"), 0)
        row.setSpacing(theme.size("space.s") + 2)
        row.addWidget(Icon("settings", _ICON, "text2"))
        row.addWidget(Label(self.tr("Settings"), style="title"))
        note = Label(role="text2", elide="end")
        whole = self.tr("of this computer, saved as you change them")
        note.setText(whole, self.tr("of this computer"))
        row.addWidget(note, 1)
        row.addWidget(self.more)
        row.addWidget(self.close_button)
        outer = QVBoxLayout(host)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(body, 1)
        outer.addWidget(Line())
        return host

    def _connect_signals(self) -> None:
        self.sections.chosen.connect(self._show)
        self.sections.opened.connect(self._enter)
        self.more.clicked.connect(self._open_menu)
        self.close_button.clicked.connect(self.closed)
        self.shortcuts.resetDone.connect(self.resetDone)
        self._table.countsChanged.connect(self._show_conflicts)
        self._form.store.failed.connect(self._tell_failure)

    @Slot(str)
    def _show(self, key: str) -> None:
        if key == SHORTCUTS:
            self._stack.setCurrentWidget(self.shortcuts)
            return
        self._stack.setCurrentWidget(self._area)
        self._area.ensureWidgetVisible(self.fields.first_control(key), 0, 80)

    @Slot(str)
    def _enter(self, key: str) -> None:
        """Put the keyboard into a section."""
        if not self.sections.by_keyboard:
            return
        if key == SHORTCUTS:
            self.shortcuts.view.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.fields.first_control(key).setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _show_conflicts(self) -> None:
        count = self._table.conflict_count
        spoken = plural("%n conflict", "%n conflicts", count)
        self.sections.show_count(SHORTCUTS, count, spoken)

    @Slot()
    def _open_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open the settings file"), self._open_file)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _open_file(self) -> None:
        file = self._form.store.file
        if not file.exists() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):
            self.banner.say(
                self.tr("The file is {path}.").format(path=file)
                if file.exists()
                else self.tr("There is no file yet: everything is at its default."),
                status="degraded",
            )

    @Slot(str, str)
    def _tell_failure(self, message: str, hint: str) -> None:
        self.banner.say(sentences(message, hint))
