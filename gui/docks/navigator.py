"""The navigator dock: what is in the workspace."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.draft import table_of
from gui.viewmodels.live import Live
from gui.viewmodels.names import illegal, taken
from gui.viewmodels.navigator import NavigatorModel, NavigatorRole
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.unreadable import unreadable
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.frames import DockTitle, Ground
from gui.widgets.labels import Label
from gui.widgets.navigator_view import NavigatorView, RowRoles

NARROWEST: Final = 180
_ABOVE: Final = 6


class NavigatorDock(QDockWidget):
    """The tree of connectors, rules and simulators at the left.

    Signals:
        documentAsked: The key of a row that was opened.
        menuAsked: The key of a row, and where on the screen its menu is wanted.
        newAsked: Something new is wanted; the place below the button, in the screen's pixels.
        renamed: The key of a row, and the name that was typed for it.
        deleteAsked: The key of a row that is to be deleted.
        fileAsked: The workspace file is to be edited.
    """

    documentAsked = Signal(str)
    menuAsked = Signal(str, QPoint)
    newAsked = Signal(QPoint)
    renamed = Signal(str, str)
    deleteAsked = Signal(str)
    fileAsked = Signal()

    def __init__(self, live: Live, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigator")
        self.setWindowTitle(self.tr("Navigator"))
        self._live = live
        self._shown = ""
        self.model = NavigatorModel(live, drafts)
        self.title = DockTitle()
        self._row = ""  # where the keyboard is
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
        layout.addWidget(self._trouble())
        layout.addWidget(self.view)
        host.setMinimumWidth(NARROWEST)
        self.setTitleBarWidget(self.title)
        self.setWidget(host)
        self.delete_action = QAction(self.tr("Delete"), self.view)
        self.delete_action.setShortcut("Del")
        self.delete_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.view.addAction(self.delete_action)
        self.view.opened.connect(self._open)
        self.view.menuAsked.connect(self.menuAsked)
        self.view.renamed.connect(self.renamed)
        self.view.selectionModel().currentChanged.connect(self._take_row)
        self.delete_action.triggered.connect(self._ask_to_delete)
        self.model.modelReset.connect(self._unfold)
        self.model.draftsChanged.connect(self._unfold)
        live.workspaceChanged.connect(self._unfold)
        current().changed.connect(self.view.viewport().update)
        self._unfold()

    def _trouble(self) -> QWidget:
        """Make what stands above the tree while nothing is known of its parts."""
        theme = current()
        self.trouble = QWidget()
        self.trouble_text = Label(style="small", role="bad")
        self.trouble_text.setWordWrap(True)
        self.edit_link = LinkButton(self.tr("Edit the file"))
        self.edit_link.clicked.connect(self.fileAsked)
        column = QVBoxLayout(self.trouble)
        side = theme.size("space.m")
        column.setContentsMargins(side, theme.size("space.xs"), side, theme.size("space.s"))
        column.setSpacing(theme.size("space.xs"))
        column.addWidget(self.trouble_text)
        column.addWidget(self.edit_link, 0, Qt.AlignmentFlag.AlignLeft)
        self.trouble.hide()
        return self.trouble

    @property
    def current_key(self) -> str:
        """The key of the row that has the keyboard; empty for a group."""
        index = self.view.currentIndex()
        return str(index.data(NavigatorRole.KEY) or "") if index.isValid() else ""

    def rename(self, key: str) -> None:
        """Have the name of an object typed in its row; its dock is shown for that."""
        index = self.model.index_of(key)
        if index.isValid():
            self.show()
            self.raise_()
            self.view.begin_rename(index, lambda name: self._problem(key, name))

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
        found = unreadable(self._live)
        self.trouble.setVisible(found is not None)
        self.trouble_text.setText(found.text if found is not None else "")
        self.view.expandAll()
        row = self.model.index_of(self._row)
        if self.view.hasFocus() and row.isValid():
            self.view.setCurrentIndex(row)
        else:
            self.show_current(self._shown)

    @Slot()
    def _take_row(self) -> None:
        if key := self.current_key:
            self._row = key

    @Slot()
    def _ask_to_delete(self) -> None:
        if key := self.current_key:
            self.deleteAsked.emit(key)

    def _problem(self, key: str, name: str) -> str:
        """Tell what is wrong with a name for an object; empty if it may have it."""
        kind, _, old = key.partition(":")
        if not name:
            return self.tr("It needs a name.")
        if name != old and self.model.index_of(f"{kind}:{name}").isValid():
            return taken(table_of(key)[0], name)
        return illegal(name)

    @Slot()
    def _ask_for_new(self) -> None:
        button = self.new_button
        self.newAsked.emit(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(str)
    def _open(self, key: str) -> None:
        self.documentAsked.emit(key)
