"""The navigator dock: what is in the workspace."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.live import Live
from gui.viewmodels.navigator import NavigatorModel, NavigatorRole
from gui.widgets.buttons import IconButton
from gui.widgets.frames import DockTitle, Ground
from gui.widgets.navigator_view import NavigatorView, RowRoles

NARROWEST: Final = 180
_ABOVE: Final = 6


class NavigatorDock(QDockWidget):
    """The tree of connectors, rules and simulators at the left.

    Signals:
        documentAsked: The key of a row that was opened.
        newAsked: Something new is wanted; the place below the button, in the screen's pixels.
    """

    documentAsked = Signal(str)
    newAsked = Signal(QPoint)

    def __init__(self, live: Live, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigator")
        self.setWindowTitle(self.tr("Navigator"))
        self._live = live
        self._shown = ""
        self.model = NavigatorModel(live)
        self.title = DockTitle()
        self.new_button = IconButton("plus", self.tr("New"))
        self.new_button.clicked.connect(self._ask_for_new)
        self.fold_button = IconButton("panel-left", self.tr("Hide the navigator"))
        self.title.add(self.new_button)
        self.title.add(self.fold_button)
        self.fold_button.clicked.connect(self.hide)
        roles = RowRoles(
            NavigatorRole.KEY, NavigatorRole.STATUS, NavigatorRole.ICON, NavigatorRole.DETAIL
        )
        self.view = NavigatorView(self.tr("Navigator"), roles)
        self.view.setModel(self.model)
        host = Ground("surface1")
        layout = QVBoxLayout(host)
        layout.setContentsMargins(0, _ABOVE, 0, 0)
        layout.addWidget(self.view)
        host.setMinimumWidth(NARROWEST)
        self.setTitleBarWidget(self.title)
        self.setWidget(host)
        self.view.opened.connect(self._open)
        self.model.modelReset.connect(self._unfold)
        live.workspaceChanged.connect(self._unfold)
        current().changed.connect(self.view.viewport().update)
        self._unfold()

    def show_current(self, key: str) -> None:
        """Mark the row of the document that is shown; none for a document without a row."""
        self._shown = key
        index = self.model.index_of(key)
        if index.isValid():
            self.view.setCurrentIndex(index)
        else:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())

    @Slot()
    def _unfold(self) -> None:
        self.title.label.setText(self._live.title)
        self.view.expandAll()
        self.show_current(self._shown)

    @Slot()
    def _ask_for_new(self) -> None:
        button = self.new_button
        self.newAsked.emit(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(str)
    def _open(self, key: str) -> None:
        if not key.startswith("simulator:"):  # they have a state here and no page
            self.documentAsked.emit(key)
