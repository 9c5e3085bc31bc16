"""The sheet of an action: header, form, live preview, and a footer that ends it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.editors.action_form import ActionForm
from gui.editors.action_preview import MessageBand, PreviewBand
from gui.theme import current, set_height
from gui.viewmodels.action_preview import ActionPreview
from gui.viewmodels.action_sheet import ActionSheet
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path
from gui.viewmodels.rule_editor import RuleEditor
from gui.viewmodels.words import plural
from gui.widgets.buttons import FlatButton, IconButton, PrimaryButton
from gui.widgets.chips import Tag
from gui.widgets.fields import leave_field
from gui.widgets.frames import Banner, Line
from gui.widgets.labels import Label, StateLine, StateShape
from gui.widgets.switch import Switch

WIDTH: Final = 468
_LEAST_WIDTH: Final = 340


class ActionSheetPane(QWidget):
    """Everything about one action of a rule, beside the rule's statement.

    Attributes:
        sheet: What is edited.
        form: Its fields.

    Signals:
        closed: The user wants it no more, or the action is gone.
        documentAsked: The key of a page where what is said can be put right.
    """

    closed = Signal()
    documentAsked = Signal(str)

    def __init__(
        self,
        drafts: Drafts,
        key: str,
        rule: RuleEditor,
        parent: QWidget | None = None,
        *,
        is_added: bool = False,
    ) -> None:
        """Lay out the sheet of the action with this key, as one of this rule.

        Args:
            drafts: Where edits are kept until the rule is saved.
            key: The action's.
            rule: The rule.
            parent: Qt's owner.
            is_added: Whether the action was made for this sheet, and goes when that is cancelled.
        """
        super().__init__(parent)
        self._rule = rule
        self.sheet = ActionSheet(drafts, key, f"rule:{rule.name}", self, is_added=is_added)
        self.form = ActionForm(self.sheet)
        self.banner = Banner()
        self.shape = StateShape()
        self.name = Label(style="title", elide="end")
        self.enabled = Switch("")
        self.enabled.setAccessibleName(self.tr("Enabled"))
        self.letters_button = IconButton("mail-x", self.tr("Dead letters"), size=30)
        self.close_button = IconButton("x", self.tr("Close"), size=30)
        self.verdict = StateLine(style="small")
        self.cancel_button = FlatButton(self.tr("Cancel"))
        self.done_button = PrimaryButton(self.tr("Done"))
        self.preview: PreviewBand | None = None
        self.message: MessageBand | None = None
        self.setAccessibleName(self.tr("Action"))
        self.setMinimumWidth(_LEAST_WIDTH)
        self._lay_out()
        self._add_actions()
        self._connect_signals()
        self._show_draft()
        self._show_fields()

    # Commands

    def save(self) -> None:
        """Write the action into the file, or lead to the first field that keeps it from that."""
        leave_field(self)
        self.sheet.save()

    def cancel(self) -> None:
        """Take back what was edited here, and close the sheet."""
        self.sheet.cancel()
        self.closed.emit()

    def focus_form(self) -> None:
        """Have the keyboard in the first field."""
        self.form.focus_first()

    def show_edit(self, path: Path) -> None:
        """Have the keyboard where something was edited."""
        if path == ("enable",):
            self.enabled.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form.show_edit(path)

    # How it is laid out

    def _lay_out(self) -> None:
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(Line(Qt.Orientation.Vertical, "border_strong"))
        column = QVBoxLayout()
        column.setSpacing(0)
        beside.addLayout(column, 1)
        column.addWidget(self._header())
        column.addWidget(Line())
        column.addWidget(self.banner)
        column.addWidget(self.form, 1)
        sheet, rule = self.sheet, self._rule
        made = ActionPreview(sheet.drafts, sheet.key, rule.test, self, rule=rule.name)
        sheet.renamed.connect(made.take_key)
        if sheet.kind == "kafka":
            self.preview = PreviewBand(made, rule.cases)
            column.addWidget(self.preview)
        else:
            self.message = MessageBand(made, rule.cases)
            column.addWidget(self.message)
        column.addWidget(self._footer())

    def _header(self) -> QWidget:
        theme = current()
        host = QWidget()
        set_height(host, "height.page_header", -1)
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.s"), 0)
        row.setSpacing(theme.size("space.s") + 2)
        is_kafka = self.sheet.kind == "kafka"
        kind = Tag(self.tr("Kafka action") if is_kafka else self.tr("Republish action"))
        for widget in (self.shape, self.name, kind):
            row.addWidget(widget)
        row.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.size("space.s"))
        for widget in (self.enabled, self.letters_button, self.close_button):
            buttons.addWidget(widget)
        row.addLayout(buttons)
        return host

    def _footer(self) -> QWidget:
        theme = current()
        host = QWidget()
        set_height(host, "height.page_header", -1)
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l"), 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self.verdict, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.done_button)
        return host

    def _add_actions(self) -> None:
        self.close_action = self._action(self.tr("Close"), self.closed.emit)
        self.done_action = self._action(self.tr("Done"), self.closed.emit)
        self.cancel_action = self._action(self.tr("Cancel"), self.cancel, "Esc")
        self.close_button.follow(self.close_action)
        self.done_button.follow(self.done_action)
        self.cancel_button.follow(self.cancel_action)
        keys = QKeySequence(QKeySequence.StandardKey.Save)
        keys_text = keys.toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Keep what is edited; {keys} writes it into the file").format(keys=keys_text)
        self.done_button.setToolTip(tip)
        self.cancel_button.setToolTip(self.tr("Take back what was edited here"))

    def _action(self, text: str, slot: object, keys: str = "") -> QAction:
        action = QAction(text, self)
        action.setIconText(text)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def _connect_signals(self) -> None:
        sheet = self.sheet
        sheet.changed.connect(self._show_draft)
        sheet.problemsChanged.connect(self._show_verdict)
        sheet.refused.connect(self._show_verdict)
        sheet.saved.connect(self._take_saved)
        sheet.failed.connect(self.banner.say)
        sheet.gone.connect(self.closed)
        sheet.drafts.live.changed.connect(self._show_state)
        sheet.drafts.live.letters.changed.connect(self._show_state)
        self.form.documentAsked.connect(self.documentAsked)
        self.enabled.clicked.connect(sheet.enable)
        self.letters_button.clicked.connect(self._open_letters)
        self._rule.partsChanged.connect(self._show_fields)

    # What is shown

    @Slot()
    def _show_draft(self) -> None:
        sheet = self.sheet
        self.name.setText(sheet.name)
        self.enabled.setChecked(sheet.is_enabled)
        self._show_state()
        self._show_verdict()

    @Slot()
    def _show_state(self) -> None:
        state = self.sheet.state
        self.shape.set_status(state.status, state.word)
        self.shape.setToolTip(state.reason or state.word)
        self.letters_button.setVisible(self.sheet.has_letters)

    @Slot()
    def _show_verdict(self) -> None:
        sheet = self.sheet
        count, other = sheet.problem_count(), sheet.other_problem()
        if other:
            self.verdict.set_state("failed", other, "bad")
        elif count:
            words = plural("%n problem", "%n problems", count)
            self.verdict.set_state("failed", words, "bad")
        elif sheet.is_dirty:
            self.verdict.set_state("stopped", self.tr("Not saved yet"), "text3")
        else:
            self.verdict.set_state("passed", self.tr("No problems"), "text3")
        self.verdict.shape.setVisible(bool(other or count or not sheet.is_dirty))

    @Slot()
    def _show_fields(self) -> None:
        self.form.show_inserts(self._rule.output_fields or ())

    @Slot()
    def _open_letters(self) -> None:
        self.documentAsked.emit(f"dead_letters:{self.sheet.key.partition(':')[2]}")

    @Slot()
    def _take_saved(self) -> None:
        self.banner.hide()
        self._show_draft()
