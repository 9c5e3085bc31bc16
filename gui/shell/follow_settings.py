"""The settings take effect on what all pages share: the theme, and the sizes of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QMainWindow

from gui.theme import Look, Theme
from gui.theme.motion import SystemMotion
from gui.viewmodels.settings import SettingsStore

if TYPE_CHECKING:
    from gui.editors.completer import Completer
    from gui.viewmodels.rule_test import RuleTest

ZOOM_STEPS: Final = (50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)
"""Of editors, in per cent, as browsers have them."""


def zoomed(percent: int, step: int) -> int:
    """Tell the next step of the zoom, or the usual one for 0."""
    if step == 0:
        return 100
    beyond = [each for each in ZOOM_STEPS if (each - percent) * step > 0]
    return percent if not beyond else beyond[0] if step > 0 else beyond[-1]


class FollowEditorSettings(QObject):
    """Has the page of a rule suggest and test by itself, or not; belongs to the page."""

    def __init__(
        self, settings: SettingsStore, completer: Completer, test: RuleTest, page: QObject
    ) -> None:
        super().__init__(page)
        self._settings, self._completer, self._test = settings, completer, test
        settings.changed.connect(self._take)
        self._take()

    @Slot()
    def _take(self) -> None:
        editor = self._settings.values.editor
        self._completer.suggests = editor.suggest_while_typing
        self._test.runs_by_itself = editor.test_while_typing


class FollowSettings(QObject):
    """Has the theme follow what is chosen; a scheme named at the start holds until another is."""

    def __init__(self, settings: SettingsStore, theme: Theme, window: QMainWindow) -> None:
        super().__init__(window)
        self._settings, self._theme, self._window = settings, theme, window
        self._effects = [each for each in Qt.UIEffect if QApplication.isEffectEnabled(each)]
        self._system = SystemMotion(self)
        self._system.changed.connect(self._take)
        self._scheme = settings.values.appearance.theme
        if theme.preference == "system":
            theme.set_preference(self._scheme)
        settings.changed.connect(self._take)
        self._take()

    @Slot()
    def _take(self) -> None:
        appearance, editor = self._settings.values.appearance, self._settings.values.editor
        if appearance.theme != self._scheme:
            self._scheme = appearance.theme
            self._theme.set_preference(self._scheme)
        moves = appearance.motion == "on"
        if appearance.motion == "system":
            moves = not self._system.is_less
        self._window.setAnimated(moves)
        for effect in self._effects:
            QApplication.setEffectEnabled(effect, moves)
        self._theme.set_look(
            Look(
                density=appearance.density,
                family=appearance.font,
                text_percent=appearance.text_percent,
                editor_px=editor.code_px,
                zoom_percent=editor.zoom_percent,
                moves=moves,
            )
        )
