"""The settings as a document, and where no workspace is open, in place of the welcome page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.pages.settings import SettingsPage

SETTINGS: Final = "settings"


class SettingsPages(QObject):
    """Makes these pages for a window, and shows them.

    Attributes:
        loose: The page that is shown where no workspace is open; None when it is not.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.loose: SettingsPage | None = None
        self._before: dict[str, tuple[str, ...]] = {}
        window.session.workspaceChanged.connect(self._close)

    def make(self, *, closable: bool = False) -> SettingsPage:
        """Make a page."""
        from gui.pages.settings import SettingsPage
        from gui.viewmodels.settings_form import SettingsForm
        from gui.viewmodels.shortcut_table import ShortcutTable

        window = self._window
        form = SettingsForm(window.session.settings, window.session.tasks)
        table = ShortcutTable(window.shortcuts)
        page = SettingsPage(form, table, closable=closable)
        form.setParent(page)
        table.setParent(page)
        page.resetDone.connect(self._tell_reset)
        return page

    def show(self, section: str = "") -> None:
        """Show the settings, with the keyboard in them; `section` is one of the page's keys."""
        window = self._window
        if window.session.loaded is not None:
            window.open_document(SETTINGS)
            page: Any = window.documents.page(SETTINGS)
        else:
            if self.loose is None:
                self.loose = self.make(closable=True)
                self.loose.closed.connect(self._close)
            window.show_in_centre(self.loose)
            page = self.loose
        if section:
            page.show_section(section)
        page.focus_form()

    @Slot()
    def _close(self) -> None:
        """Go back from the page that is no document."""
        if self.loose is not None:
            self._window.show_in_centre(None)
            self.loose.deleteLater()
            self.loose = None

    @Slot()
    def tell_missing_keychain(self) -> None:
        """Say that a password is kept for this session, and where that can be chosen."""
        window = self._window
        text = window.tr("There is no keychain: the secret is kept for this session only")
        link = window.tr("Settings")
        window.toasts.say(text, status="degraded", link=link, on_link=self._show_secrets)

    @Slot(bool)
    def tell_forgotten_secret(self, is_gone: bool) -> None:
        """Say that a secret was deleted, or that the keychain has refused that."""
        tr = self._window.tr
        if is_gone:
            self._window.toasts.say(tr("The secret that is used no more is deleted"))
        else:
            text = tr("The keychain still has the secret that is used no more")
            self._window.toasts.say(text, status="degraded")

    def _show_secrets(self) -> None:
        self.show("secrets")

    @Slot(object)
    def _tell_reset(self, before: dict[str, tuple[str, ...]]) -> None:
        self._before = before
        window = self._window
        text = window.tr("All shortcuts are the usual ones")
        window.toasts.say(text, link=window.tr("Undo"), on_link=self._restore)

    @Slot()
    def _restore(self) -> None:
        self._window.shortcuts.restore(self._before)
