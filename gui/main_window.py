"""The window: start and stop the bridge, and see every counter of the open workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHeaderView,
    QLabel,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from core.bridge.metrics import Snapshot
from gui.theme import Theme
from gui.viewmodels.session import Session

_COLUMNS: Final = 6


class MainWindow(QMainWindow):
    """Toolbar, welcome page, one live table, status bar."""

    def __init__(self, session: Session, theme: Theme) -> None:
        """Lay out and connect; the session decides what is shown."""
        super().__init__()
        self._session = session
        self.setWindowIcon(theme.app_icon())
        self.resize(1280, 800)
        self.start_action = self._action(self.tr("Start"), "F5", session.start)
        self.stop_action = self._action(self.tr("Stop"), "Shift+F5", session.stop)
        self.open_action = self._action(self.tr("Open workspace..."), "Ctrl+O", self._choose_file)
        self.demo_action = self._action(self.tr("Start the demo"), "", session.openDemo)
        self.quit_action = self._action(self.tr("Quit"), "Ctrl+Q", self.close)
        self._add_menus()
        self._add_toolbar()
        self.table = self._make_table()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.demo_button = QPushButton(self.demo_action.text())
        self._pages = QStackedWidget()
        self._pages.addWidget(self._welcome())
        self._pages.addWidget(self._overview())
        self.setCentralWidget(self._pages)
        self.status = QLabel()
        self.statusBar().addWidget(self.status, 1)
        self.statusBar().setSizeGripEnabled(False)
        self._connect_signals()
        self._show_workspace()
        self.demo_button.setFocus()

    def _connect_signals(self) -> None:
        self.demo_button.clicked.connect(self._session.openDemo)
        self._session.workspaceChanged.connect(self._show_workspace)
        self._session.stateChanged.connect(self._show_state)
        self._session.snapshotTaken.connect(self._show_snapshot)
        self._session.busyChanged.connect(self._show_state)
        self._session.failed.connect(self._show_failure)
        self._session.engineDied.connect(self._show_death)

    def _action(self, text: str, keys: str, slot: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _add_menus(self) -> None:
        file_menu = self.menuBar().addMenu(self.tr("&File"))
        file_menu.addActions([self.open_action, self.demo_action])
        file_menu.addSeparator()
        file_menu.addAction(self.quit_action)
        bridge_menu = self.menuBar().addMenu(self.tr("&Bridge"))
        bridge_menu.addActions([self.start_action, self.stop_action])

    def _add_toolbar(self) -> None:
        bar = QToolBar(self.tr("Main"), self)
        bar.setObjectName("main")
        bar.setMovable(False)
        bar.addActions([self.start_action, self.stop_action, self.open_action])
        self.addToolBar(bar)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, _COLUMNS)
        table.setAccessibleName(self.tr("Sources, rules and actions"))
        names = ("Part", "Name", "State", "In", "Passed or delivered", "Failed or dropped")
        table.setHorizontalHeaderLabels([self.tr(name) for name in names])
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        return table

    def _welcome(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(24, 64, 24, 24)
        layout.setSpacing(16)
        title = QLabel(self.tr("Stream MQTT data into Apache Kafka with SQL rules."))
        self.demo_button.setProperty("kind", "primary")
        open_button = QPushButton(self.open_action.text())
        open_button.clicked.connect(self._choose_file)
        for widget in (title, self.demo_button, open_button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        for path in self._session.recent:
            button = QPushButton(str(path))
            button.setProperty("kind", "link")
            button.clicked.connect(lambda _checked=False, path=path: self._session.open(path))
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        return page

    def _overview(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.addWidget(self.sentence)
        layout.addWidget(self.table, 1)
        return page

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open workspace"), "", self.tr("Workspaces (*.toml)")
        )
        if name:
            self._session.open(Path(name))

    @Slot()
    def _show_workspace(self) -> None:
        loaded = self._session.loaded
        self._pages.setCurrentIndex(0 if loaded is None else 1)
        name = "" if loaded is None else loaded.partial.title or loaded.path.name
        self.setWindowTitle(f"{name} - Sluicegate" if name else "Sluicegate")
        self.sentence.setText("\n".join(str(problem) for problem in self._session.problems))
        self.table.setRowCount(0)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        is_up = self._session.state in ("starting", "running", "draining")
        self.start_action.setEnabled(self._session.loaded is not None and not is_up)
        self.stop_action.setEnabled(is_up)
        self.status.setText(self._session.busy or self._session.state)

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        rows = list(_rows(snapshot))
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                item = self.table.item(number, column)
                if item is None:
                    self.table.setItem(number, column, QTableWidgetItem(text))
                elif item.text() != text:
                    item.setText(text)

    @Slot(str, str)
    def _show_failure(self, message: str, hint: str) -> None:
        self.sentence.setText(f"{message}\n{hint}")
        self._pages.setCurrentIndex(1)

    @Slot(str, bool)
    def _show_death(self, words: str, starts_again: bool) -> None:
        what = (
            self.tr("The engine stopped unexpectedly and is started again.")
            if starts_again
            else self.tr("The engine stopped unexpectedly. Press F5 to start it again.")
        )
        self.sentence.setText(f"{what}\n{words}")


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """Give the rows of the table: what came in, what went on, what did not."""
    for name, source in snapshot.sources.items():
        numbers = (source.received, source.matched, 0)
        yield "source", name, source.status, *map("{:,}".format, numbers)
    for name, rule in snapshot.rules.items():
        numbers = (rule.matched, rule.passed, rule.failed_exception)
        yield "rule", name, "", *map("{:,}".format, numbers)
    for name, action in snapshot.actions.items():
        numbers = (action.matched, action.success, action.failed + action.dropped)
        yield "action", name, action.status, *map("{:,}".format, numbers)
