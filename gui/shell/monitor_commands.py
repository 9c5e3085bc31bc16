"""Commands on the monitor: counting anew, a mark, standing still, and what is exported of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from gui.viewmodels.navigator import MONITOR

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_NAMES: Final = ("pause_monitor", "mark_monitor", "export_monitor", "reset_counters")


class MonitorCommands(QObject):
    """Makes these commands for a window; they work while the monitor is not shown, too."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        add, model = window.commands.add, window.monitor
        self._pause = add("pause_monitor", window.tr("Pause the mo&nitor"), self._toggle_pause)
        self._pause.setCheckable(True)
        add("mark_monitor", window.tr("&Mark this moment in the monitor"), self._mark)
        add("export_monitor", window.tr("&Export the monitor..."), self._export)
        add("reset_counters", window.tr("&Reset counters"), self._reset)
        model.pausedChanged.connect(self._pause.setChecked)
        window.session.workspaceChanged.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        is_open = self._window.session.loaded is not None
        for name in _NAMES:
            self._window.commands[name].setEnabled(is_open)

    def _toggle_pause(self) -> None:
        """Stand still or go on, where that is seen."""
        self._window.open_document(MONITOR)
        self._window.monitor.set_paused(not self._window.monitor.is_paused)

    def _mark(self) -> None:
        self._window.monitor.mark()
        self._tell(self._window.tr("Marked this moment in the monitor"))

    def _reset(self) -> None:
        window = self._window
        if window.monitor.start_over():
            self._tell(window.tr("The monitor counts anew from now on"))
        else:
            self._tell(window.tr("Nothing is counted yet: the bridge was not started"))

    def _export(self) -> None:
        """Show the monitor with the choice of what is exported."""
        from gui.pages.monitor import MonitorPage

        self._window.go_to_document(MONITOR)
        page = self._window.documents.page(MONITOR)
        if isinstance(page, MonitorPage):
            page.open_export()

    def _tell(self, text: str) -> None:
        """Say what was done where the monitor does not show it."""
        if self._window.documents.current != MONITOR:
            self._window.toasts.say(text)
