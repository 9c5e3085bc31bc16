"""Commands on simulators: a new one, start and stop, one message by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.pages.simulator import SimulatorPage


class SimulatorCommands(QObject):
    """Makes these commands for a window; those of a page can be used while one is shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        add = window.commands.add
        add("new_simulator", window.tr("New &simulator"), self.new_simulator)
        add("toggle_simulator", window.tr("Start or stop the si&mulator"), self._toggle)
        add("send_one", window.tr("Send &one message of the simulator"), self._send_one)
        window.documents.currentChanged.connect(self.refresh)
        window.session.workspaceChanged.connect(self.refresh)
        self.refresh()

    @property
    def page(self) -> SimulatorPage | None:
        """The simulator that is shown."""
        documents = self._window.documents
        if not documents.current.startswith("simulator:"):
            return None
        from gui.pages.simulator import SimulatorPage  # here: it has been loaded to be shown

        page = documents.page(documents.current)
        return page if isinstance(page, SimulatorPage) else None

    def new_simulator(self) -> None:
        """Start a simulator with a name that is free, with the keyboard in it."""
        from gui.viewmodels.new_simulator import new_simulator

        window = self._window
        window.documents.open(new_simulator(window.drafts))
        page = self.page
        if page is not None:
            page.focus_form()

    @Slot(str)
    def tell(self, text: str) -> None:
        """Say what was done."""
        self._window.toasts.say(text)

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        commands = self._window.commands
        is_open = self._window.session.loaded is not None
        commands["new_simulator"].setEnabled(is_open)
        for name in ("toggle_simulator", "send_one"):
            commands[name].setEnabled(is_open and self.page is not None)

    def _toggle(self) -> None:
        page = self.page
        if page is not None:
            page.simulator.toggle()

    def _send_one(self) -> None:
        page = self.page
        if page is not None:
            page.simulator.send_one()
