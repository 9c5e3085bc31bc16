"""The window: menus, toolbar, docks, documents and status bar around one session."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QUrl, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QWidget

from core.errors import AppError
from gui.docks.bottom import BottomDock
from gui.docks.navigator import NavigatorDock
from gui.docks.publish import PublishPage
from gui.docks.tail import TailDock
from gui.pages.welcome import WelcomePage
from gui.shell.about import show_about
from gui.shell.beside_commands import BesideCommands
from gui.shell.bottom_pages import BottomPages
from gui.shell.change_commands import ChangeCommands
from gui.shell.coach import Coach
from gui.shell.commands import Commands
from gui.shell.dock_layout import DockLayout
from gui.shell.documents import Documents
from gui.shell.edit_commands import EditCommands
from gui.shell.failures import Failures
from gui.shell.file_notices import FileNotices
from gui.shell.find_in_workspace import FindInWorkspace
from gui.shell.focus_keeper import FocusKeeper
from gui.shell.follow_settings import FollowSettings, zoomed
from gui.shell.goal import Goal
from gui.shell.goals import command_goals, page_goals, topic_goals
from gui.shell.layout_store import LayoutStore
from gui.shell.menus import Menus
from gui.shell.monitor_commands import MonitorCommands
from gui.shell.next_steps import NextSteps
from gui.shell.object_commands import ObjectCommands
from gui.shell.page_commands import declare_page_commands
from gui.shell.pages import BROKERS, DIAGNOSTICS, PageMaker
from gui.shell.palette import Palette
from gui.shell.regions import Regions
from gui.shell.rule_commands import RuleCommands
from gui.shell.saved_commands import SavedCommands
from gui.shell.settings_pages import SettingsPages
from gui.shell.side_strip import SideStrip
from gui.shell.simulator_commands import SimulatorCommands
from gui.shell.status_bar import StatusBar
from gui.shell.toolbar import Toolbar
from gui.shell.tour import Tour
from gui.shell.undo_commands import UndoCommands
from gui.theme import Preference, Theme, current
from gui.viewmodels.diagnostics import diagnostics
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.history import History
from gui.viewmodels.kept_filters import KeptFilters
from gui.viewmodels.live import Live
from gui.viewmodels.monitor import MonitorViewModel
from gui.viewmodels.navigator import MONITOR
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.progress import Progress
from gui.viewmodels.recent import RecentViewModel
from gui.viewmodels.session import Session
from gui.viewmodels.shortcuts import Shortcuts
from gui.viewmodels.starter import write_starter
from gui.viewmodels.status import StatusViewModel
from gui.viewmodels.tail_topics import TailTopic, keeps_letters, letters_topic
from gui.widgets.menu_bar import MenuBar
from gui.widgets.toast import Toasts

_SIZE: Final = QSize(1280, 800)
_SMALLEST: Final = QSize(720, 480)
_GAP_BELOW_TOOLBAR: Final = 8


class MainWindow(QMainWindow):
    """Puts the parts together and takes the commands that concern several of them.

    Attributes:
        session: What is open.
        drafts: What is edited of it.
        documents: The pages in the centre.
        docks: How the docks lie.
        commands: Every command, by id.
        filters: The filters of live lists that are kept.
    """

    def __init__(
        self, session: Session, theme: Theme, *, layouts: LayoutStore | None = None
    ) -> None:
        """Lay out and connect; the session decides what is shown.

        Args:
            session: What is open.
            theme: The application's theme.
            layouts: Where the layout is remembered.
        """
        super().__init__()
        self.session = session
        layouts = layouts or LayoutStore()
        FollowSettings(session.settings, theme, self)
        self.live = Live(session, self)
        self.history = History(self.live, self)
        self.monitor = MonitorViewModel(self.live, self.history)
        self.drafts = Drafts(self.live, self)
        self.fields = PayloadFields(session, self)
        self.documents = Documents(self.live, PageMaker(self).kinds, self.drafts)
        self.failures = Failures(self)
        self.regions = Regions(self._regions)
        self.shortcuts = Shortcuts(session.settings, self)
        self.commands = Commands(self, self.shortcuts)
        declare_page_commands(self)
        self._menus = Menus(self, self.commands)
        self.toasts = Toasts(self, lambda: self.statusBar().height())
        self.file_changes = FileChanges(self.drafts, self)
        self.undoing = UndoCommands(self)
        self.edits = EditCommands(self)
        self.finding = FindInWorkspace(self)
        self.settings_pages = SettingsPages(self)
        self.objects = ObjectCommands(self)
        self.navigator = NavigatorDock(self.live, self.drafts)
        self.bottom = BottomDock()
        self.filters = KeptFilters(layouts, self)
        self.tail = TailDock(self.live, store=layouts, filters=self.filters)
        left = Qt.ToolBarArea.LeftToolBarArea
        self.left_strip = SideStrip(self.navigator, "panel-left", left)
        self.strip = SideStrip(self.tail, "scroll-text")
        self.docks = DockLayout(self, layouts)
        self.bottom_pages = BottomPages(self)
        self.rules = RuleCommands(self)
        self.next_steps = NextSteps(self)
        self.simulators = SimulatorCommands(self)
        self.saved = SavedCommands(self)
        MonitorCommands(self)
        self.palette_window = Palette(self)
        self.beside = BesideCommands(self)
        self.setMenuBar(MenuBar())
        self._menus.fill(self.menuBar())
        self.toolbar = Toolbar(self.live, self.commands)
        self.toolbar.add_command(self.commands["test_rule"], "flask-conical")
        self.toolbar.add_command(self.commands["publish"], "send")
        self.addToolBar(self.toolbar)
        self.applying = ChangeCommands(self)
        self.notices = FileNotices(self)
        self.setStatusBar(StatusBar(StatusViewModel(self.live), Progress(self.session, self)))
        self.welcome = WelcomePage(RecentViewModel(session, self), self.commands.actions)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.welcome)
        self._centre.addWidget(self.documents)
        self.setCentralWidget(self._centre)
        self.setWindowIcon(theme.app_icon())
        self.setMinimumSize(_SMALLEST)
        self.tour = Tour(self, self._centre)
        self.coach = Coach(self)
        self.resize(_SIZE)
        layouts.restore_geometry(self)
        self._connect_signals()
        self._take_workspace()

    def _connect_signals(self) -> None:
        session, documents = self.session, self.documents
        session.stateChanged.connect(self._take_state)
        session.workspaceChanged.connect(self._take_workspace)
        documents.currentChanged.connect(self.navigator.show_current)
        self.navigator.show_current(documents.current)
        self.objects.connect_signals()
        self.undoing.connect_signals()
        self.drafts.keychainMissed.connect(self.settings_pages.tell_missing_keychain)
        self.drafts.secretForgotten.connect(self.settings_pages.tell_forgotten_secret)
        self.navigator.documentAsked.connect(self.open_document)
        self.navigator.fileAsked.connect(self.edit_file)
        self.toolbar.documentAsked.connect(self.open_document)
        self.toolbar.searchAsked.connect(self.go_to_anything)
        self.welcome.openAsked.connect(session.open)
        FocusKeeper(self, self._find_focus)
        self.docks.workspaceLeft.connect(self._leave_workspace)

    # Documents

    @Slot(str)
    def open_document(self, key: str) -> None:
        """Show a document, or follow one of the overview's links."""
        if key == "start":
            self.session.start()
        elif key == "restart":
            self.session.restart()
        elif key == "problems":
            self.bottom.show_page("problems")
        elif key.startswith("messages:"):
            self.show_messages(key.partition(":")[2])
        elif topic := self._letters_elsewhere(key):
            self.show_topic(topic)
        elif self.documents.exists(key):
            self.documents.open(key)

    def show_topic(self, topic: TailTopic) -> None:
        """Show a topic in the tail, with the keyboard there."""
        self.tail.open_topic(topic)
        self.tail.focus()

    def _letters_elsewhere(self, key: str) -> TailTopic | None:
        """Find the topic of dead letters that are in none of our files."""
        kind, _, action = key.partition(":")
        has_file = keeps_letters(self.live.workspace, action) or self.live.letters.of(action)
        if kind != "dead_letters" or has_file:
            return None
        return letters_topic(self.live.workspace, action)

    def go_to_document(self, key: str) -> None:
        """Show a document, with the keyboard in it."""
        self.open_document(key)
        self.documents.focus_page()

    # Commands

    @Slot(str)
    def run_command(self, name: str) -> None:
        """Run a command by its id."""
        self.commands[name].trigger()

    def choose_file(self) -> None:
        """Ask for a workspace file and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open workspace"), self._folder(), self.tr("Workspaces (*.toml)")
        )
        if name:
            self.session.open(Path(name))

    def choose_new_file(self) -> None:
        """Ask for a name, write a first workspace there, open it and show it for editing."""
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("New workspace"),
            str(Path(self._folder()) / "workspace.sluicegate.toml"),
            self.tr("Workspaces (*.toml)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self.make_workspace(Path(name if name.endswith(".toml") else f"{name}.toml"))

    def make_workspace(self, path: Path) -> None:
        """Write a first workspace and open it."""
        try:
            write_starter(path)
        except AppError as exc:
            self.show_failure(exc.message, exc.hint)
            return
        self.session.open(path)

    def edit_file(self) -> None:
        """Open the workspace file in the system's editor for it."""
        path = self.session.path
        if path is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.show_failure(
                self.tr("No program is set up to open {file}.").format(file=path.name),
                self.tr("Open it in an editor of yours: {path}").format(path=path),
            )

    def choose_theme(self, preference: Preference) -> None:
        """Use light, dark, or the system's, from now on."""
        self.session.settings.put("appearance", "theme", preference)

    def zoom(self, step: int) -> None:
        """Make the text of editors larger (1), smaller (-1), or of its usual size (0)."""
        settings = self.session.settings
        percent = zoomed(settings.values.editor.zoom_percent, step)
        settings.put("editor", "zoom_percent", percent)

    def show_settings(self, section: str = "") -> None:
        """Show the settings, at one of their sections."""
        self.settings_pages.show(section)

    def show_in_centre(self, page: QWidget | None) -> None:
        """Show a page where no workspace is open; None for the welcome page."""
        if page is None:
            is_open = self.session.loaded is not None
            self._centre.setCurrentWidget(self.documents if is_open else self.welcome)
        else:
            self._centre.addWidget(page)
            self._centre.setCurrentWidget(page)

    def copy_diagnostics(self) -> None:
        """Put what the developers need to know onto the clipboard."""
        QGuiApplication.clipboard().setText(diagnostics(self.live, self.bottom_pages.log.kept))
        if self.session.loaded is None:
            self.welcome.say(self.tr("The diagnostics are copied."))
        else:
            self.toasts.say(self.tr("Copied the diagnostics"))

    def show_about(self) -> None:
        """Tell what this is."""
        show_about(self).setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def go_to_anything(self) -> None:
        """Open the palette with pages and commands."""
        self.open_palette()

    def open_palette(self, text: str = "") -> None:
        """Open the palette with this in its field, such as the mark of a kind."""
        self._open_palette([*page_goals(self), *command_goals(self), *topic_goals(self)], text)

    def go_to_command(self) -> None:
        """Open the palette with commands alone."""
        self._open_palette(command_goals(self))

    def _folder(self) -> str:
        path = self.session.path
        return str(Path.home() if path is None or self.session.is_demo else path.parent)

    def _open_palette(self, goals: list[Goal], text: str = "") -> None:
        top = self.menuBar().height() + self.toolbar.isVisible() * self.toolbar.height()
        place = QPoint(self.width() // 2, top + _GAP_BELOW_TOOLBAR)
        self.finding.forget()
        self.palette_window.ask(goals, self.mapToGlobal(place), text, self.finding.goals)

    # Docks and regions

    @property
    def publish(self) -> PublishPage:
        """The form that sends by hand."""
        return self.bottom_pages.publish

    @Slot(str)
    def show_messages(self, text: str) -> None:
        """Show the messages of the feed that pass a filter."""
        self.bottom_pages.show_messages(text)

    def _regions(self) -> list[QWidget]:
        if self.session.loaded is None:
            return [self.settings_pages.loose or self.welcome]
        docks: list[QWidget] = [dock for dock in self.docks.all if dock.isVisible()]
        card = self.tour.card
        return [self.toolbar, *docks, self.documents, *([card] if card is not None else [])]

    # What comes from the session

    @Slot()
    def _take_workspace(self) -> None:
        is_open = self.session.loaded is not None
        was_open = self._centre.currentWidget() is self.documents
        self._centre.setCurrentWidget(self.documents if is_open else self.welcome)
        self.setWindowTitle(f"{self.live.title}[*] - Sluicegate" if is_open else "Sluicegate")
        self.docks.take_workspace()
        self.toolbar.setVisible(is_open)  # after the layout is kept, or it would be kept hidden
        if not is_open:
            self.docks.hide()
            self.welcome.demo_button.setFocus(Qt.FocusReason.TabFocusReason)
        elif not was_open:
            self.documents.focus_page()  # what had the keyboard is gone
        for strip in (self.left_strip, self.strip):
            strip.set_open(is_open, self.width())
        self.failures.take_workspace()
        self._take_state()

    @Slot()
    def _leave_workspace(self) -> None:
        self.documents.close_all()
        self.documents.banner.hide()

    @Slot()
    def _take_state(self) -> None:
        is_open = self.session.loaded is not None
        is_up = self.session.state in ("starting", "running", "draining")
        commands = self.commands
        commands["start"].setEnabled(is_open and not is_up)
        for name in ("stop", "forget"):
            commands[name].setEnabled(is_up and self.session.state != "draining")
        docks = ("navigator", "bottom", "publish", "tear_off", "tail", "focus_tail", "reset_layout")
        pages = ("show_feed", "show_problems", "show_log")
        always = ("close_workspace", "overview", MONITOR, "reference", "find_in_workspace", "tour")
        for name in (*always, BROKERS, DIAGNOSTICS, *docks, *pages):
            commands[name].setEnabled(is_open)
        commands["edit_file"].setEnabled(is_open and not self.session.is_demo)

    @Slot(str, str)
    def show_failure(self, message: str, hint: str) -> None:
        """Say what could not be done, and what to do next, where it is seen."""
        self.failures.show(message, hint)

    # Qt

    def _find_focus(self) -> None:
        """Have the keyboard in the page when nothing near what had it takes it."""
        if self.session.loaded is not None:
            self.documents.focus_page()

    def showEvent(self, event: QShowEvent) -> None:
        """Have the keyboard where it is needed first."""
        super().showEvent(event)
        if self.session.loaded is None:
            self.welcome.demo_button.setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line above the folded bottom dock: Qt has none where nothing can be moved."""
        super().paintEvent(event)
        if self.bottom.is_folded and self.bottom.isVisible() and not self.bottom.isFloating():
            edge, line = self.bottom.geometry(), current().size("line.splitter")
            colour = current().colour("border")
            painter = QPainter(self)
            painter.fillRect(edge.x(), edge.y() - line, edge.width(), line, colour)
            painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Look at certificates anew when somebody comes back, perhaps from renewing one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.session.look_at_files()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; ending the bridge is the application's task."""
        self.docks.keep()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Close the palette, whose place is no more; docks have what is theirs in the new size."""
        self.palette_window.hide()
        super().resizeEvent(event)
        self.strip.fit(event.size().width())
        self.bottom.follow_window()
