"""A rule's page: its statement, what that makes of a test message, what it reads and writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gui.editors.action_sheet import WIDTH as SHEET_WIDTH
from gui.editors.action_sheet import ActionSheetPane
from gui.editors.sql_panel import SqlPanel
from gui.pages.parts import PageHeader, scrolling
from gui.pages.rule_side import RuleSide
from gui.pages.rule_test import TestPane
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.rule_editor import RuleEditor
from gui.widgets.buttons import Button, FlatButton, SecondaryButton
from gui.widgets.frames import Banner, Line, Strip
from gui.widgets.switch import Switch
from gui.widgets.tab_bar import TabBar

_SIDE: Final = 316
_NARROW_SIDE: Final = 260
_SIDE_IS_NARROW_UNDER: Final = 900
_SIDE_IS_A_TAB_UNDER: Final = 760
_TEST: Final = 282
_LEAST_EDITOR: Final = 160
_LEAST_TEST: Final = 120
_LEAST_WIDTH: Final = 420
_SHEET_ALONE_UNDER: Final = 780


class RulePage(QWidget):
    """Everything about one rule.

    Attributes:
        panel: The statement.
        test: The pane below it.
        side: Inputs, actions and fields.
        sheet: The action that is edited beside them; None for none.
        actions_by_name: `save`, `revert`, `run`, and those of the statement.

    Signals:
        documentAsked: The key of a connector's page.
    """

    documentAsked = Signal(str)

    def __init__(self, editor: RuleEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        editor.setParent(self)
        self.header = PageHeader(editor.name)
        self.enabled = Switch(self.tr("Enabled"))
        self.problem = Banner()
        self.panel = SqlPanel(editor.document, editor.fields)
        self.test = TestPane(editor)
        self.side = RuleSide(editor)
        self.actions_by_name: dict[str, QAction] = dict(self.panel.actions_by_name)
        self._add_actions()
        self._revert = FlatButton(self.tr("Revert"), "undo-2")
        self._save = SecondaryButton(self.tr("Save"), "save")
        self._tabs = TabBar(self.tr("Parts of the rule"), in_dock=True)
        self._top = QStackedWidget()
        self._side_area = scrolling(self.side, self.tr("Inputs, actions and fields"))
        self._side_line = Line(Qt.Orientation.Vertical)
        self._body = QHBoxLayout()
        self._is_side_a_tab = False
        self.sheet: ActionSheetPane | None = None
        self._page, self._whole = QWidget(), QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect_signals()
        self._show_draft()

    def _connect_signals(self) -> None:
        editor = self._editor
        editor.draftChanged.connect(self._show_draft)
        editor.rule.changed.connect(self._show_state)
        editor.refused.connect(self._show_refusal)
        editor.saved.connect(self.problem.hide)
        self.enabled.clicked.connect(editor.set_enabled)
        self.side.documentAsked.connect(self.documentAsked)
        self.side.actionAsked.connect(self.open_action)
        self._tabs.tabChosen.connect(self._choose_part)

    def _add_actions(self) -> None:
        self._add("save", self.tr("Save"), self.save)  # its keys are the window's
        self._add("revert", self.tr("Revert"), self._editor.revert)
        self._add("run", self.tr("Run the test"), self.run, "Ctrl+Return", "Ctrl+Enter")

    def _add(self, name: str, text: str, slot: Callable[[], object], *keys: str) -> None:
        action = QAction(text, self)
        action.setIconText(text)
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        self.actions_by_name[name] = action

    def _lay_out(self) -> None:
        for button, name in ((self._revert, "revert"), (self._save, "save")):
            button.follow(self.actions_by_name[name])
        buttons: tuple[Button, ...] = (self._revert, self._save)
        self.header.add_widget(self.enabled)
        for button in buttons:
            self.header.add_widget(button)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self._upper_part())
        splitter.addWidget(self.test)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([354, _TEST])
        self.panel.setMinimumHeight(_LEAST_EDITOR)
        self.test.setMinimumSize(_LEAST_WIDTH, _LEAST_TEST)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.problem)
        column.addWidget(splitter, 1)
        self._whole.setChildrenCollapsible(False)
        self._whole.setHandleWidth(1)
        self._whole.addWidget(self._page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._whole)

    def _upper_part(self) -> QWidget:
        host = QWidget()
        host.setLayout(self._body)
        host.setMinimumWidth(_LEAST_WIDTH)  # what has no room is arranged in another way
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._body.addWidget(self._statement_area(), 1)
        self._body.addWidget(self._side_line)
        self._body.addWidget(self._side_area)
        self._side_area.setFixedWidth(_SIDE)
        return host

    def _statement_area(self) -> QWidget:
        host, strip = QWidget(), Strip("height.dock_title")
        self._tabs.add("sql", self.tr("SQL"))
        self._tabs.add("parts", self.tr("Inputs, actions and fields"))
        row = QVBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._tabs)
        self._strip = strip
        strip.hide()
        self._top.addWidget(self.panel)
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._top, 1)
        return host

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

    @Slot(str)
    def open_action(self, key: str) -> None:
        """Edit an action beside the statement."""
        if self.sheet is None or self.sheet.sheet.key != key:
            self.close_action()
            self.sheet = ActionSheetPane(self._editor.drafts, key, self._editor)
            self.sheet.closed.connect(self.close_action)
            self.sheet.documentAsked.connect(self.documentAsked)
            self._whole.addWidget(self.sheet)
            self._whole.setStretchFactor(0, 1)
            self._whole.setSizes([max(self.width() - SHEET_WIDTH, 1), SHEET_WIDTH])
            self._fit()
        self.sheet.focus_form()

    @Slot()
    def close_action(self) -> None:
        """Have the whole width for the rule again; edits of the action stay in its draft."""
        if self.sheet is not None:
            had_focus = self.sheet.isAncestorOf(self.focusWidget())
            self.sheet.setParent(None)
            self.sheet.deleteLater()
            self.sheet = None
            self._fit()
            if had_focus:
                self.focus_editor()

    def run(self) -> None:
        """Try the statement at once, with the result in sight."""
        self.test.show_test()
        self._editor.test.run()

    def take_message(self, message: MqttMessage, client: str = "") -> None:
        """Put a message into the test and show what the rule makes of it.

        Args:
            message: Topic, payload, QoS and MQTT 5 properties.
            client: Who published it; empty takes the user property `clientid`, if there is one.
        """
        self._editor.test.take_message(message, client)
        self.run()

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

        The sheet of an action takes its place, and the whole page where both have no room.
        """
        has_sheet = self.sheet is not None
        self._page.setVisible(not has_sheet or self.width() >= _SHEET_ALONE_UNDER)
        is_narrow = self.width() < _SIDE_IS_NARROW_UNDER
        self._side_area.setFixedWidth(_NARROW_SIDE if is_narrow else _SIDE)
        is_tab = self.width() < _SIDE_IS_A_TAB_UNDER and not has_sheet
        if is_tab:
            self._side_area.setMinimumWidth(0)
            self._side_area.setMaximumWidth(self.width())
        if is_tab != self._is_side_a_tab:
            self._is_side_a_tab = is_tab
            if is_tab:
                self._top.addWidget(self._side_area)
            else:
                self._top.removeWidget(self._side_area)
                self._body.addWidget(self._side_area)
            self._strip.setVisible(is_tab)
            self._tabs.choose("sql")
            self._top.setCurrentWidget(self.panel)
        if not is_tab:
            self._side_area.setVisible(not has_sheet)
        self._side_line.setVisible(not is_tab and not has_sheet)

    @Slot(str)
    def _choose_part(self, key: str) -> None:
        self._top.setCurrentIndex(1 if key == "parts" and self._top.count() > 1 else 0)

    @Slot()
    def _show_draft(self) -> None:
        editor = self._editor
        self.enabled.setChecked(editor.is_enabled)
        self.header.label.setText(editor.rule.label)
        self.actions_by_name["save"].setEnabled(editor.is_dirty)
        self.actions_by_name["revert"].setEnabled(editor.is_dirty and not editor.is_new)
        self._revert.setVisible(editor.is_dirty and not editor.is_new)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        self.header.show_state(self._editor.state)
        self.header.state.setText(self._editor.state_text)

    @Slot(str)
    def _show_refusal(self, text: str) -> None:
        self.problem.say(text)
        document = self._editor.document
        errors = [problem for problem in document.problems if problem.severity == "error"]
        self.focus_editor()
        if errors and document.is_checked:
            self.panel.editor.go_to(errors[0].start)
