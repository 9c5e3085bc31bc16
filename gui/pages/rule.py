"""A rule's page: its statement, what that makes of a test message, what it reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gui.editors.action_sheet import WIDTH as SHEET_WIDTH
from gui.editors.action_sheet import ActionSheetPane
from gui.editors.examples_drawer import WIDTH as DRAWER_WIDTH
from gui.editors.examples_drawer import ExamplesDrawer
from gui.editors.sql_panel import SqlPanel
from gui.pages.parts import room_of, scrolling
from gui.pages.rule_header import RuleHeader
from gui.pages.rule_side import RuleSide
from gui.pages.rule_test import TestPane
from gui.viewmodels.examples import ExampleList
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.plain_values import Path
from gui.viewmodels.rule_editor import RuleEditor
from gui.widgets.frames import Banner, Line, Strip
from gui.widgets.tab_bar import TabBar

_SIDE: Final = 315
_NARROW_SIDE: Final = 259
_SIDE_IS_NARROW_UNDER: Final = 900
_SIDE_IS_A_TAB_UNDER: Final = 760
_TEST: Final = 282
_LEAST_EDITOR: Final = 160
_LEAST_TEST: Final = 176
_LEAST_WIDTH: Final = 420
_PANE_ALONE_UNDER: Final = 780


class RulePage(QWidget):
    """Everything about one rule.

    Attributes:
        panel: The statement.
        test: The pane below it.
        side: Inputs, actions and fields.
        sheet: The action that is edited beside them; None for none.
        drawer: The examples beside them; None while they are closed.
        actions_by_name: `save`, `revert`, `run`, and those of the statement.

    Signals:
        documentAsked: The key of a connector's page.
        sourceAsked: Where a column comes from is to be chosen: an `Unsupplied`.
    """

    documentAsked = Signal(str)
    sourceAsked = Signal(object)

    def __init__(
        self,
        editor: RuleEditor,
        commands: Mapping[str, QAction] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Lay out the page of a rule.

        Args:
            editor: The rule; the page owns it from now on.
            commands: The window's, by name: those on objects are in the header's menu.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._editor = editor
        editor.setParent(self)
        self.problem = Banner()
        self.panel = SqlPanel(editor.document, editor.fields)
        self.test = TestPane(editor)
        self.side = RuleSide(editor)
        self.actions_by_name: dict[str, QAction] = dict(self.panel.actions_by_name)
        self._add_actions()
        self.header = RuleHeader(editor, self.actions_by_name, commands or {})
        self._tabs = TabBar(self.tr("Parts of the rule"), in_dock=True)
        self._top = QStackedWidget()
        self._side_area = scrolling(self.side, self.tr("Inputs, actions and fields"))
        self._side_line = Line(Qt.Orientation.Vertical)
        self._body = QHBoxLayout()
        self._is_side_a_tab = False
        self.sheet: ActionSheetPane | None = None
        self.drawer: ExamplesDrawer | None = None
        self._page, self._whole = QWidget(), QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect_signals()
        self._show_draft()

    def _connect_signals(self) -> None:
        editor = self._editor
        editor.draftChanged.connect(self._show_draft)
        editor.rule.changed.connect(self.header.refresh)
        editor.refused.connect(self._show_refusal)
        editor.saved.connect(self.problem.hide)
        editor.solved.connect(self._hide_refusal)
        self.header.enabled.clicked.connect(editor.set_enabled)
        self.header.renamed.connect(editor.set_name)
        self.header.noted.connect(editor.set_note)
        editor.cases.failed.connect(self.problem.say)
        self.side.documentAsked.connect(self.documentAsked)
        self.panel.hover.sourceAsked.connect(self.sourceAsked)
        self.side.actionAsked.connect(self.open_action)
        self.side.actionAdded.connect(self._open_added)
        editor.actionRefused.connect(self._go_to_refused)
        self.panel.examples.clicked.connect(self.turn_examples)
        self._tabs.tabChosen.connect(self._choose_part)
        self.test.trace.messageTaken.connect(self.take_message)

    def _add_actions(self) -> None:
        self._add("save", self.tr("Save"), self.save)  # its keys are the window's
        self._add("revert", self.tr("Revert"), self._editor.revert)
        self._add("examples", self.tr("Examples"), self.turn_examples)
        self._add("run_cases", self.tr("Run all test cases"), self.run_cases)
        self._add("trace", self.tr("Live trace"), self.test.show_trace)
        self._add("run", self.tr("Run test"), self.run, "Ctrl+Return", "Ctrl+Enter")

    def _add(self, name: str, text: str, slot: Callable[[], object], *keys: str) -> None:
        action = QAction(text, self)
        action.setIconText(text)
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        self.actions_by_name[name] = action

    def _lay_out(self) -> None:
        """Lay out from the outside in: the sheet looks at all that a widget holds when it moves."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._whole)
        self._whole.setChildrenCollapsible(False)
        self._whole.setHandleWidth(0)  # what is beside the page has a line of its own
        self._whole.addWidget(self._page)
        splitter, upper = QSplitter(Qt.Orientation.Vertical), QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.problem)
        column.addWidget(splitter, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.setProperty("kind", "lined")
        splitter.addWidget(upper)
        self._fill_upper(upper)
        splitter.addWidget(self.test)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([302, _TEST - 1])
        self.panel.setMinimumHeight(_LEAST_EDITOR)
        self.test.setMinimumSize(_LEAST_WIDTH, _LEAST_TEST)

    def _fill_upper(self, host: QWidget) -> None:
        statement = QWidget()
        host.setLayout(self._body)
        host.setMinimumWidth(_LEAST_WIDTH)  # what has no room is arranged in another way
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._body.addWidget(statement, 1)
        self._fill_statement(statement)
        self._body.addWidget(self._side_line)
        self._body.addWidget(self._side_area)
        self._side_area.setFixedWidth(_SIDE)

    def _fill_statement(self, host: QWidget) -> None:
        strip = Strip("height.dock_title")
        self._tabs.add("sql", self.tr("SQL"))
        self._tabs.add("parts", self.tr("Inputs, actions and fields"))
        row = QVBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._tabs)
        self._strip = strip
        strip.hide()
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._top, 1)
        self._top.addWidget(self.panel)

    # Commands

    def save(self) -> None:
        """Write the rule into the file; what keeps it from being written is gone to.

        What is wrong with the action beside it is gone to first.
        """
        if self.sheet is not None and self.sheet.sheet.is_dirty:
            self.sheet.save()
        self._editor.save()

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save."""
        return self._editor.is_dirty

    @property
    def undo_keys(self) -> list[str]:
        """The objects whose edits are taken back here."""
        return self._editor.undo_keys

    def show_edit(self, key: str, path: Path) -> None:
        """Have the keyboard where something was edited."""
        if self.sheet is not None and self.sheet.sheet.key == key:
            self.sheet.show_edit(path)
        elif key != f"rule:{self._editor.name}" or path[:1] == ("actions",):
            self._show_edit_of_actions(key, path)
        elif path == ("sql",):
            self.panel.editor.document().clearUndoRedoStacks()  # else it would undo the undoing
            self.focus_editor()
        elif path[:1] == ("tests",):
            self.test.show_test()
        elif path == ("enable",):
            self.header.enabled.setFocus(Qt.FocusReason.OtherFocusReason)
        elif path:
            self.header.more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_edit_of_actions(self, key: str, path: Path) -> None:
        """Have the keyboard at the list of actions, or in the sheet of one that was edited."""
        if key.startswith("action:") and path and path != ("enable",):
            self.open_action(key)
            if self.sheet is not None:
                self.sheet.show_edit(path)
        elif self.sheet is None:
            self._tabs.choose("parts")
            self.side.focus_action(key.partition(":")[2])

    @Slot()
    def ask_for_action(self) -> None:
        """Ask what kind of action the rule shall have, where its actions are listed."""
        if self._is_side_a_tab:
            self._tabs.choose("parts")
        self.side.ask_for_action()

    @Slot(str)
    def open_action(self, key: str, *, is_added: bool = False) -> None:
        """Edit an action beside the statement; one that was just added goes when cancelled."""
        if self.sheet is None or self.sheet.sheet.key != key:
            self.close_action()
            self.close_examples()
            drafts, editor = self._editor.drafts, self._editor
            self.sheet = ActionSheetPane(drafts, key, editor, is_added=is_added)
            self.sheet.closed.connect(self.close_action)
            self.sheet.documentAsked.connect(self.documentAsked)
            self._put_beside(self.sheet, SHEET_WIDTH)
            self.sheet.sheet.renamed.connect(self._leave_record_out)
            self._leave_record_out(key)
        self.sheet.focus_form()

    @Slot(str)
    def _leave_record_out(self, key: str) -> None:
        """Show the record of an action in the preview of its sheet alone."""
        self.test.result.leave_out(key.partition(":")[2])

    @Slot(str)
    def _open_added(self, key: str) -> None:
        self.open_action(key, is_added=True)

    @Slot(str)
    def _go_to_refused(self, key: str) -> None:
        """Show what keeps an action from being saved, where no sheet of it does so already."""
        if self.sheet is None or self.sheet.sheet.key != key:
            self.open_action(key)
            if self.sheet is not None:
                self.sheet.sheet.tell_problems()

    @Slot()
    def close_action(self) -> None:
        """Have the whole width for the rule again; edits of the action stay in its draft."""
        sheet, self.sheet = self.sheet, None
        if sheet is not None:
            self._take_away(sheet)
            self.test.result.leave_out("")

    def turn_examples(self) -> None:
        """Open the drawer of examples, or close it."""
        if self.drawer is not None:
            self.close_examples()
            return
        self.close_action()
        self.drawer = ExamplesDrawer(ExampleList(self._editor.live.session.tasks))
        self.drawer.closed.connect(self.close_examples)
        self.drawer.taken.connect(self._take_example)
        self._put_beside(self.drawer, DRAWER_WIDTH)
        self.panel.examples.setChecked(True)
        self.drawer.focus_list()

    @Slot()
    def close_examples(self) -> None:
        """Close the drawer of examples."""
        drawer, self.drawer = self.drawer, None
        self.panel.examples.setChecked(False)
        if drawer is not None:
            self._take_away(drawer)

    @Slot(str)
    def _take_example(self, sql: str) -> None:
        """Write an example in place of the statement, undone by one step."""
        self.panel.editor.replace_all(sql)
        self.focus_editor()

    def _put_beside(self, pane: QWidget, width: int) -> None:
        self._whole.addWidget(pane)
        self._whole.setStretchFactor(0, 1)
        self._whole.setSizes([max(self.width() - width, 1), width])
        self._fit()

    def _take_away(self, pane: QWidget) -> None:
        had_focus = pane.isAncestorOf(self.focusWidget())
        pane.setParent(None)
        pane.deleteLater()
        self._fit()
        if had_focus:
            self.focus_editor()

    def run_cases(self) -> None:
        """Run all test cases, with their results in sight."""
        self.test.show_test()
        self._editor.cases.run_all()

    def find_here(self) -> None:
        """Search the statement."""
        self.actions_by_name["find"].trigger()

    def run(self) -> None:
        """Try the statement at once, with the result in sight."""
        if self.test.tabs.current_key == "whole":
            self.test.whole.run()
            return
        self.test.show_test()
        self._editor.test.run()

    @Slot(object, str)
    def take_message(self, message: MqttMessage, client: str = "") -> None:
        """Put a message into the test and show what the rule makes of it.

        Args:
            message: Topic, payload, QoS and MQTT 5 properties.
            client: Who published it; empty takes the user property `clientid`, if there is one.
        """
        self._editor.test.take_message(message, client)
        self.test.show_test()
        self.run()

    def open_case(self, place: int) -> None:
        """Fill the test with one of the rule's cases, with the keyboard there."""
        self.test.show_test()
        self._editor.cases.choose(place)
        self.test.cases.choice.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_editor(self) -> None:
        """Put the keyboard into the statement."""
        self._tabs.choose("sql")
        self.panel.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What changes

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the parts for the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the side column the room there is: a column, or a tab beside the statement.

        The sheet of an action takes its place, and the whole page where both have no room; the
        drawer of examples leaves it a narrow one.
        """
        has_sheet, has_drawer = self.sheet is not None, self.drawer is not None
        has_pane = has_sheet or has_drawer
        width = max(self.width(), room_of(self))
        self._page.setVisible(not has_pane or width >= _PANE_ALONE_UNDER)
        room = width - (DRAWER_WIDTH if has_drawer else 0)
        is_narrow = room < _SIDE_IS_NARROW_UNDER
        self._side_area.setFixedWidth(_NARROW_SIDE if is_narrow else _SIDE)
        least = _LEAST_WIDTH + _NARROW_SIDE if has_drawer else _SIDE_IS_A_TAB_UNDER
        is_tab = room < least and not has_sheet
        if is_tab:
            self._side_area.setMinimumWidth(0)
            self._side_area.setMaximumWidth(self.width())
        if is_tab != self._is_side_a_tab:
            self._turn_side(is_tab=is_tab)
        if not is_tab:
            self._side_area.setVisible(not has_sheet)
        self._side_line.setVisible(not is_tab and not has_sheet)

    def _turn_side(self, *, is_tab: bool) -> None:
        """Move the side column into the tabs, or out of them."""
        self._is_side_a_tab = is_tab
        if is_tab:
            self._top.addWidget(self._side_area)
        else:
            self._top.removeWidget(self._side_area)
            self._body.addWidget(self._side_area)
        self._strip.setVisible(is_tab)
        self._tabs.choose("sql")
        self._top.setCurrentWidget(self.panel)

    @Slot(str)
    def _choose_part(self, key: str) -> None:
        self._top.setCurrentIndex(1 if key == "parts" and self._top.count() > 1 else 0)

    @Slot()
    def _show_draft(self) -> None:
        editor = self._editor
        self.actions_by_name["save"].setEnabled(editor.is_dirty)
        self.actions_by_name["revert"].setEnabled(editor.is_dirty and not editor.is_new)
        self.header.refresh()

    @Slot(str)
    def _hide_refusal(self, text: str) -> None:
        if self.problem.accessibleName() == text:  # else it says something else meanwhile
            self.problem.hide()

    @Slot(str)
    def _show_refusal(self, text: str) -> None:
        self.problem.say(text)
        if self._editor.name_problem():
            self.header.ask_name()
            return
        document = self._editor.document
        errors = [problem for problem in document.problems if problem.severity == "error"]
        self.focus_editor()
        if errors and document.is_checked:
            self.panel.editor.go_to(errors[0].start)
