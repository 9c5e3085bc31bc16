"""The window's commands with their keys, and the menus that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenuBar

from gui.shell.commands import FULL_NAME, Commands
from gui.shell.object_commands import OF_OBJECTS
from gui.shell.pages import BROKERS, DIAGNOSTICS
from gui.shell.rule_commands import RULE_MENU
from gui.theme import Preference, current, set_height
from gui.widgets.menu import Menu

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_MOST_TABS: Final = 9
_MESSAGE_MENU: Final = (
    "publish",
    "tear_off",
    "send_again",
    "edit_again",
    "test_again",
    "save_message",
)


class Menus:
    """Makes every command of a window and puts them into its menu bar."""

    def __init__(self, window: MainWindow, commands: Commands) -> None:
        self._window, self._commands = window, commands
        self.recent = Menu(window, window.tr("Open &recent"))
        self.theme = Menu(window, window.tr("&Theme"))
        self.tabs = Menu(window, window.tr("Go to ta&b"))
        self._add_file()
        self._add_bridge()
        self._add_view()
        self._add_theme()
        self._add_tools()
        self._add_help()

    def fill(self, bar: QMenuBar) -> None:
        """Put the commands that exist into the menus."""
        tr, fill = self._window.tr, self._commands.fill_menu
        set_height(bar, "height.menubar")
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        known = self._commands.actions
        file_names = ["new", "open", self.recent, "demo", None, "save", "revert", "edit_file"]
        fill(bar, tr("&File"), [*file_names, "close_workspace", None, "settings", None, "quit"])
        new = ("new_connector", "new_mqtt", "new_kafka", "new_simulator")
        made = [name for name in new if name in known]
        changes = list(OF_OBJECTS)
        text = ["undo", "redo", None, "cut", "copy", "paste", "select_all", None, "find"]
        text.append("find_in_workspace")
        objects = [None, *made, None, *changes, None, "goto", "goto_command"]
        edit = fill(bar, tr("&Edit"), [*text, *objects])
        edit.aboutToShow.connect(self._window.edits.refresh)
        edit.aboutToShow.connect(self._window.undoing.refresh)
        names = ("navigator", "tail", "focus_tail", "bottom")
        pages = ("show_feed", "show_problems", "show_log")
        docks = [name for name in (*names, *pages) if name in known]
        tabs = ["beside", "below", "close_tab", "reopen_tab", "next_tab", "previous_tab", self.tabs]
        regions = ["next_region", "previous_region"]
        fill(
            bar,
            tr("&View"),
            [
                "overview",
                "monitor",
                None,
                *docks,
                "reset_layout",
                None,
                *tabs,
                None,
                *regions,
                None,
                "zoom_in",
                "zoom_out",
                "zoom_reset",
                None,
                self.theme,
            ],
        )
        monitor = ("reset_counters", "pause_monitor", "mark_monitor", "export_monitor")
        running = [name for name in ("apply", "pause_feed") if name in known]
        fill(bar, tr("&Bridge"), ["start", "stop", "forget", None, *running, None, *monitor])
        fill(bar, tr("&Rule"), list(RULE_MENU))
        message = [name for name in _MESSAGE_MENU if name in known]
        simulator = ("toggle_simulator", "send_one")
        fill(bar, tr("&Message"), [*message, None, *(n for n in simulator if n in known)])
        fill(bar, tr("&Tools"), ["brokers", "diagnostics", None, "settings"])
        fill(
            bar,
            tr("&Help"),
            ["tour", "reference", "show_shortcuts", None, "copy_diagnostics", None, "about"],
        )

    def _add_file(self) -> None:
        window, session, add = self._window, self._window.session, self._commands.add
        add("new", window.tr("&New workspace..."), window.choose_new_file)
        add("open", window.tr("&Open workspace..."), window.choose_file, "Ctrl+O")
        add("demo", window.tr("Start the &demo"), session.openDemo)
        role = QAction.MenuRole.PreferencesRole
        add(
            "settings",
            window.tr("Se&ttings"),
            lambda: window.show_settings(),
            "Ctrl+,",
            menu_role=role,
        )
        add("edit_file", window.tr("&Edit the file"), window.edit_file)
        add("close_workspace", window.tr("&Close workspace"), session.close_workspace)
        role = QAction.MenuRole.QuitRole
        add("quit", window.tr("&Quit"), window.close, "Ctrl+Q", menu_role=role)
        self.recent.aboutToShow.connect(self._show_recent)

    def _add_bridge(self) -> None:
        window, session, add = self._window, self._window.session, self._commands.add
        add("start", window.tr("&Start"), session.start, "F5")
        add("stop", window.tr("S&top"), session.stop, "Shift+F5")
        add("forget", window.tr("Stop and &forget the MQTT sessions"), session.stop_and_forget)
        text = window.tr("&Apply changes...")
        add("apply", text, lambda: window.applying.ask(), "Ctrl+Shift+A")

    def _add_view(self) -> None:
        window, add = self._window, self._commands.add
        documents = window.documents
        add("goto", window.tr("&Go to anything"), window.go_to_anything, "Ctrl+K")
        add("goto_command", window.tr("&Commands"), window.go_to_command, "Ctrl+Shift+P")
        add("overview", window.tr("&Overview"), lambda: window.open_document("overview"))
        add("monitor", window.tr("&Monitor"), lambda: window.open_document("monitor"))
        add("close_tab", window.tr("&Close tab"), documents.close_current, "Ctrl+W")
        add("reopen_tab", window.tr("&Reopen closed tab"), documents.reopen, "Ctrl+Shift+T")
        add("next_tab", window.tr("Ne&xt tab"), lambda: documents.choose_next(1), "Ctrl+Tab")
        keys = "Ctrl+Shift+Tab"
        add("previous_tab", window.tr("Pre&vious tab"), lambda: documents.choose_next(-1), keys)
        for number in range(1, _MOST_TABS + 1):
            tab = add(
                f"tab_{number}",
                window.tr("Tab {number}").format(number=number)
                if number < _MOST_TABS
                else window.tr("Last tab"),
                lambda number=number: documents.choose_number(number),
                f"Ctrl+{number}",
                group=window.tr("Tabs"),
            )
            self.tabs.addAction(tab)
        documents.keysChanged.connect(self._show_tabs)
        self._show_tabs()
        add("next_region", window.tr("Next re&gion"), lambda: window.regions.go(1), "F6")
        keys = "Shift+F6"
        add("previous_region", window.tr("Previous reg&ion"), lambda: window.regions.go(-1), keys)
        add("reset_layout", window.tr("Reset &layout"), lambda: window.docks.reset())
        text = window.tr("Larger &code")
        add("zoom_in", text, lambda: window.zoom(1), ["Ctrl++", "Ctrl+="])
        add("zoom_out", window.tr("&Smaller code"), lambda: window.zoom(-1), "Ctrl+-")
        add("zoom_reset", window.tr("Usual si&ze of code"), lambda: window.zoom(0), "Ctrl+0")

    def _add_theme(self) -> None:
        window = self._window
        group = QActionGroup(window)
        names: dict[Preference, str] = {
            "system": window.tr("Follow the &system"),
            "light": window.tr("&Light"),
            "dark": window.tr("&Dark"),
        }
        spoken: dict[Preference, str] = {
            "system": window.tr("Theme of the system"),
            "light": window.tr("Light theme"),
            "dark": window.tr("Dark theme"),
        }
        for preference, text in names.items():
            action = self._commands.add_choice(
                group,
                f"theme_{preference}",
                text,
                lambda preference=preference: window.choose_theme(preference),
            )
            action.setProperty(FULL_NAME, spoken[preference])
            self.theme.addAction(action)
        window.session.settings.changed.connect(self._mark_theme)
        self._mark_theme()

    @Slot()
    def _mark_theme(self) -> None:
        self._commands[f"theme_{current().preference}"].setChecked(True)

    def _add_tools(self) -> None:
        window, add = self._window, self._commands.add
        for key, text in (
            (BROKERS, window.tr("Embedded &brokers")),
            (DIAGNOSTICS, window.tr("&Diagnostics")),
        ):
            add(key, text, lambda key=key: window.go_to_document(key))

    def _add_help(self) -> None:
        window = self._window
        self._commands.add("tour", window.tr("&Tour"), lambda: window.tour.start())
        text = window.tr("SQL &reference")
        self._commands.add("reference", text, lambda: window.go_to_document("reference"))
        text = window.tr("&Shortcuts")
        self._commands.add("show_shortcuts", text, lambda: window.show_settings("shortcuts"))
        text = window.tr("&Copy diagnostics")
        self._commands.add("copy_diagnostics", text, window.copy_diagnostics)
        role = QAction.MenuRole.AboutRole
        self._commands.add(
            "about", window.tr("&About Sluicegate"), window.show_about, menu_role=role
        )

    @Slot()
    def _show_tabs(self) -> None:
        """Enable the keys of the tabs that there are; the last key goes to the last one."""
        count = len(self._window.documents.keys)
        for number in range(1, _MOST_TABS):
            self._commands[f"tab_{number}"].setEnabled(number <= count)

    @Slot()
    def _show_recent(self) -> None:
        self.recent.clear()
        session = self._window.session
        for path in session.recent:
            action = self.recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: session.open(path))
        if self.recent.actions():
            self.recent.addSeparator()
            self.recent.addAction(self._window.tr("Clear &list"), session.forget_recent)
        else:
            self.recent.addAction(self._window.tr("None yet")).setEnabled(False)
