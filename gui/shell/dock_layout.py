"""How the docks lie and what is open between them: each workspace has it as it was left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget

from gui.shell.layout_store import BottomLayout, LayoutStore
from gui.shell.side_strip import NARROW
from gui.theme import current

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_WRITE_MS: Final = 400
"""From a change of what is open to its way to the disk, as of edits."""

_WIDE_FROM: Final = 1360
_NARROW_NAVIGATOR: Final = 208
_NARROW_TAIL: Final = 324
"""Each with the line of the splitter beside it."""


class DockLayout(QObject):
    """Adds the docks to the window, with the commands that show and hide them.

    Signals:
        workspaceLeft: Another workspace is open, or none; its layout comes next.
    """

    workspaceLeft = Signal()

    def __init__(self, window: MainWindow, store: LayoutStore) -> None:
        """Add the docks; `store` is where the layout is remembered."""
        super().__init__(window)
        self._window, self._store = window, store
        self._workspace: str | None = None  # a file that cannot be read has no id
        self._path: Path | None = None
        self._add_navigator()
        self._add_bottom()
        self._add_tail()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_WRITE_MS)
        self._pause.timeout.connect(self._keep_documents)
        window.documents.arranged.connect(self._pause.start)
        window.session.leaving.connect(self.keep)

    @property
    def all(self) -> list[QDockWidget]:
        """The docks, also those that are hidden or in a window of their own."""
        return self._window.findChildren(QDockWidget)

    def take_workspace(self) -> None:
        """Lay everything out as it was for what is open, where it is another workspace."""
        window = self._window
        loaded = window.session.loaded
        workspace = window.live.workspace.id if loaded is not None else None
        if loaded is not None and not loaded.is_readable and loaded.path == self._path:
            workspace = self._workspace  # its pages stay until it can be read again
        is_same, self._path = window.session.path == self._path, window.session.path
        if workspace == self._workspace and is_same:
            return
        self.workspaceLeft.emit()  # by another path, too: a copy has the same id
        if workspace is not None and workspace != self._workspace:
            self._restore(workspace)
        self._workspace = workspace
        if self._path is not None and not window.session.is_demo:  # which is as new each time
            window.documents.restore(self._store.documents_of(self._path))

    @Slot()
    def keep(self) -> None:
        """Remember where the window is, how the docks lie, and which documents are open."""
        window, bottom = self._window, self._window.bottom
        layout = BottomLayout(bottom.current_key, bottom.is_folded)
        self._store.save(window, self._workspace or "", layout)
        if (path := self._lasting_path) is not None:
            self._store.set_documents(path, window.documents.arrangement)

    @Slot()
    def _keep_documents(self) -> None:
        """Remember which documents are open as soon as they are others, whatever ends us."""
        session, path = self._window.session, self._lasting_path
        if path is not None and not session.tasks.is_over:
            keeping = self._store.keep_documents(path, self._window.documents.arrangement)
            session.tasks.start(keeping, "remember the open pages")

    @property
    def _lasting_path(self) -> Path | None:
        """The workspace whose documents are remembered; the demo is as new each time."""
        is_lasting = bool(self._workspace) and not self._window.session.is_demo
        return self._path if is_lasting else None

    @Slot()
    def reset(self) -> None:
        """Put the docks where they are at first, and the documents into one half."""
        window = self._window
        self._store.forget_docks(window.live.workspace.id)
        self._place()
        window.strip.set_open(window.session.loaded is not None, window.width())
        self._window.documents.join()

    def hide(self) -> None:
        """Hide all docks."""
        for dock in self.all:
            dock.hide()

    # The docks

    def _add_navigator(self) -> None:
        window, dock, strip = self._window, self._window.navigator, self._window.left_strip
        sides = Qt.DockWidgetArea
        window.setCorner(Qt.Corner.BottomLeftCorner, sides.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, sides.RightDockWidgetArea)
        window.addDockWidget(sides.LeftDockWidgetArea, dock)
        window.addToolBar(strip.side, strip)
        strip.opened.connect(lambda: dock.view.setFocus(Qt.FocusReason.OtherFocusReason))
        toggle = window.commands.add(
            "navigator", window.tr("&Navigator"), lambda: _toggle(dock), "Ctrl+B"
        )
        toggle.setCheckable(True)
        dock.visibilityChanged.connect(toggle.setChecked)

    def _add_bottom(self) -> None:
        window, dock = self._window, self._window.bottom
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        toggle = window.commands.add("bottom", window.tr("&Bottom dock"), dock.toggle, "Ctrl+J")
        toggle.setCheckable(True)
        toggle.setChecked(True)
        dock.foldedChanged.connect(lambda is_folded: toggle.setChecked(not is_folded))

    def _add_tail(self) -> None:
        window, dock, strip = self._window, self._window.tail, self._window.strip
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        window.addToolBar(strip.side, strip)
        commands = window.commands
        toggle = commands.add("tail", window.tr("Kafka &tail"), lambda: _toggle(dock))
        toggle.setCheckable(True)
        dock.visibilityChanged.connect(toggle.setChecked)
        commands.add("focus_tail", window.tr("&Go to the Kafka tail"), dock.focus, "Ctrl+T")
        strip.opened.connect(dock.focus)
        dock.aboutToShow.connect(strip.hide)

    def _restore(self, workspace: str) -> None:
        bottom = self._window.bottom
        bottom.fold(False)
        if self._store.restore_docks(self._window, workspace):
            was = self._store.bottom_of(workspace)
            bottom.restore(was.page, is_folded=was.is_folded)
        else:
            self._place()
        self._window.bottom_pages.restore_torn()

    def _place(self) -> None:
        """Show the docks at the widths that the window has room for."""
        window, theme = self._window, current()
        navigator, bottom, tail = window.navigator, window.bottom, window.tail
        is_wide = window.width() >= _WIDE_FROM
        width = theme.size("width.navigator") if is_wide else _NARROW_NAVIGATOR
        tail_width = theme.size("width.tail") if is_wide else _NARROW_TAIL
        navigator.show()
        tail.show()
        docks = [navigator, tail] if window.width() >= NARROW else [navigator]
        sides = Qt.DockWidgetArea
        for dock, side in (
            (navigator, sides.LeftDockWidgetArea),
            (bottom, sides.BottomDockWidgetArea),
            (tail, sides.RightDockWidgetArea),
        ):
            dock.setFloating(False)
            window.addDockWidget(side, dock)
        line = theme.size("line.splitter")
        widths = [width - line, tail_width - line][: len(docks)]
        window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        bottom.show()
        bottom.fold(False)
        bottom.forget_heights()
        window.bottom_pages.put_back()
        bottom.settle()


def _toggle(dock: QDockWidget) -> None:
    dock.setVisible(not dock.isVisible())
