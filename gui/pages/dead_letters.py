"""The dead letters of an action: a list, a bar for those that are checked, and one in detail."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.bridge.letters import LetterHead
from gui.pages.dead_letter import WIDTH as DETAIL_WIDTH
from gui.pages.dead_letter import LetterPane
from gui.pages.letter_table import LetterTable
from gui.theme import current
from gui.viewmodels.dead_letters import DeadLetters
from gui.viewmodels.letter_job import Way
from gui.viewmodels.tail_topics import letters_topic
from gui.viewmodels.words import number, plural, sentences
from gui.widgets.buttons import FlatButton, IconButton, SecondaryButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.fields import ComboBox
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import Banner, Ground, Line
from gui.widgets.labels import Icon, Label, StateLine
from gui.widgets.menu import Menu, mark_danger

_TOOL_ROW: Final = 44
_FILTER: Final = 220
_REASONS: Final = 132
_BULK: Final = 52
_BULK_WORDS: Final = 520
_NO_LIMIT: Final = 16_777_215
_LEAST_LIST: Final = 320
_RIGHT: Final = 14
_BUTTONS: Final = 4
_BEFORE_VERDICT: Final = 14


class DeadLettersPage(QWidget):
    """The document `dead_letters:ACTION`.

    Signals:
        documentAsked: The key of a document.
        done: What was done, and what can be done about it.
        topicAsked: The `TailTopic` that has letters of the action, too.
    """

    documentAsked = Signal(str)
    done = Signal(str, str)
    topicAsked = Signal(object)

    def __init__(self, model: DeadLetters, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        model.setParent(self)
        self.summary = Label(role="text2", elide="end")
        self.rule_button = FlatButton(self.tr("Open the rule"), "workflow")
        self.export_button = FlatButton(self.tr("Export"), "download")
        self.more_button = IconButton("ellipsis", self.tr("More"), size=30)
        self.problem = Banner()
        self.filter = FilterField(self.tr("Filter the messages"))
        self.reasons = ComboBox(self.tr("Reasons"), small=True)
        self.verdict = StateLine()
        self.table = LetterTable(model.model)
        self.empty = EmptyList("mail-x")
        self.bulk = BulkBar()
        self.pane = LetterPane(model.detail)
        self._list, self._right = QStackedWidget(), QStackedWidget()
        self._lay_out()
        self._connect_signals()
        self._show_shelf()
        self._show_checked()

    def focus_form(self) -> None:
        """Have the keyboard in the list."""
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def undo_delete(self) -> None:
        """Put back what was deleted last."""
        self.model.undo_delete()

    # How it is laid out

    def _lay_out(self) -> None:
        self.problem.hide()
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(0)  # the right part has a line of its own
        splitter.addWidget(self._left())
        self._right.addWidget(self.pane)
        self._right.addWidget(Ground("surface1"))
        right = QWidget()
        row = QHBoxLayout(right)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Line(Qt.Orientation.Vertical))
        row.addWidget(self._right, 1)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([DETAIL_WIDTH * 2, DETAIL_WIDTH])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._header(), Line(), self.problem, self._tool_row(), Line()):
            column.addWidget(widget)
        column.addWidget(splitter, 1)

    def _header(self) -> QWidget:
        theme = current()
        host = QWidget()
        host.setFixedHeight(theme.size("height.page_header") - theme.size("line.hairline"))
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, _RIGHT, 0)
        row.setSpacing(theme.size("space.s") + 2)
        row.addWidget(Icon("mail-x", 18, "text2"))
        row.addWidget(Label(self.tr("Dead letters"), style="title"))
        row.addWidget(self.summary, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(_BUTTONS)
        for button in (self.rule_button, self.export_button, self.more_button):
            buttons.addWidget(button)
        row.addLayout(buttons)
        return host

    def _tool_row(self) -> QWidget:
        theme = current()
        host = QWidget()
        host.setFixedHeight(_TOOL_ROW - theme.size("line.hairline"))
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l"), 0)
        row.setSpacing(theme.size("space.s"))
        self.filter.show_example(self.tr("Filter: text, key:, topic:"))
        self.filter.setFixedWidth(_FILTER)
        self.reasons.setFixedWidth(_REASONS)
        row.addWidget(self.filter)
        row.addWidget(self.reasons)
        row.addSpacing(_BEFORE_VERDICT)
        row.addWidget(self.verdict, 1)
        return host

    def _left(self) -> QWidget:
        host = Ground("surface2")
        host.setMinimumWidth(_LEAST_LIST)
        self._list.addWidget(self.table)
        self._list.addWidget(self.empty)
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._list, 1)
        column.addWidget(self.bulk)
        return host

    def _connect_signals(self) -> None:
        model, bulk, pane = self.model, self.bulk, self.pane
        self.rule_button.clicked.connect(self._open_rule)
        self.export_button.clicked.connect(self._choose_file)
        self.more_button.clicked.connect(self._open_more)
        self.filter.textChanged.connect(model.model.set_filter)
        self.reasons.activated.connect(self._choose_reason)
        self.table.selectionModel().currentRowChanged.connect(self._choose_row)
        self.table.deleteAsked.connect(self._delete_here)
        self.table.copyAsked.connect(self._copy)
        self.table.menuAsked.connect(self._fill_menu)
        self.empty.pressed.connect(self.filter.clear)
        bulk.rerun_button.clicked.connect(lambda: self._deliver("rerun", model.model.checked))
        bulk.again_button.clicked.connect(lambda: self._deliver("send_again", model.model.checked))
        bulk.delete_button.clicked.connect(lambda: model.delete(model.model.checked))
        bulk.clear_button.clicked.connect(lambda: model.model.check_all(False))
        bulk.stop_button.clicked.connect(model.stop)
        pane.rerun_button.clicked.connect(lambda: self._deliver("rerun", self._here()))
        pane.again_button.clicked.connect(lambda: self._deliver("send_again", self._here()))
        pane.copy_button.clicked.connect(self._copy)
        pane.delete_button.clicked.connect(self._delete_here)
        model.shelfChanged.connect(self._show_shelf)
        model.currentChanged.connect(self._show_current)
        model.jobChanged.connect(self._show_checked)
        model.model.checkedChanged.connect(self._show_checked)
        model.model.filterChanged.connect(self._show_filter)
        model.told.connect(self._tell)
        model.deleted.connect(self._tell_deleted)
        model.failed.connect(self._show_failure)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the letters while they are seen."""
        super().showEvent(event)
        self.model.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Read them no more."""
        super().hideEvent(event)
        self.model.watch(False)

    # What the user does

    def _here(self) -> list[LetterHead]:
        head = self.model.detail.head
        return [head] if head is not None else []

    def _deliver(self, way: Way, heads: list[LetterHead]) -> None:
        self.problem.hide()
        self.model.deliver(way, heads)

    @Slot()
    def _delete_here(self) -> None:
        self.model.delete(self._here())

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.detail.json_text())

    @Slot()
    def _open_rule(self) -> None:
        rules = self.model.rules
        if rules:
            self.documentAsked.emit(f"rule:{rules[0]}")

    @Slot(int)
    def _choose_reason(self, place: int) -> None:
        self.model.model.set_kind(str(self.reasons.itemData(place) or ""))
        self._show_shelf()

    @Slot(QModelIndex, QModelIndex)
    def _choose_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        head = self.model.model.head_at(index.row())
        if head is not None:
            self.model.choose(head.place)

    @Slot()
    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export messages"),
            f"{self.model.action}-dead-letters.jsonl",
            self.tr("JSON Lines (*.jsonl)"),
        )
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write the checked letters as JSON Lines; all that are shown where none is checked."""
        letters = self.model.model
        self.model.export(path, letters.checked or letters.shown)

    @Slot()
    def _open_more(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        letters = self.model.model
        has_letters = bool(letters.shown)
        for text, slot in (
            (self.tr("Select &all"), lambda: letters.check_all(True)),
            (self.tr("&Re-run all"), lambda: self._deliver("rerun", letters.shown)),
            (self.tr("&Send all again"), lambda: self._deliver("send_again", letters.shown)),
            (self.tr("&Delete all"), lambda: self.model.delete(letters.shown)),
        ):
            menu.addAction(text, slot).setEnabled(has_letters)
        mark_danger(menu.actions()[-1])
        topic = letters_topic(self.model.live.workspace, self.model.action)
        if topic is not None:
            text = self.tr("Open &topic {topic} in the tail").format(topic=topic.topic)
            menu.addSeparator()
            menu.addAction(text, lambda: self.topicAsked.emit(topic))
        menu.popup(self.more_button.mapToGlobal(QPoint(0, self.more_button.height())))

    @Slot(QMenu)
    def _fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("&Re-run through the rule"), self.pane.rerun_button.click)
        menu.addAction(self.tr("&Send again"), self.pane.again_button.click)
        menu.addSeparator()
        menu.addAction(self.tr("&Copy as JSON"), self._copy)
        mark_danger(menu.addAction(self.tr("&Delete"), self._delete_here))

    # What is shown

    @Slot()
    def _show_shelf(self) -> None:
        model = self.model
        self.summary.setText(model.summary)
        self.rule_button.setVisible(bool(model.rules))
        heads = model.shelf.heads if model.shelf is not None else ()
        status = "failed" if model.trouble else "degraded" if heads else "passed"
        self.verdict.set_state(status, model.verdict, shorter=(model.short_verdict,))
        self.verdict.setVisible(model.shelf is not None or bool(model.trouble))
        self.export_button.setEnabled(bool(model.model.shown))
        self._show_reasons()
        self._show_empty()
        self._show_current()

    def _show_reasons(self) -> None:
        combo, reasons = self.reasons, self.model.reasons
        chosen = combo.currentData()
        wanted = [("", self.tr("All reasons")), *reasons]
        shown = [(combo.itemData(at), combo.itemText(at)) for at in range(combo.count())]
        if wanted == shown:
            return
        combo.clear()
        for kind, words in wanted:
            combo.addItem(words, kind)
        place = combo.findData(chosen)
        combo.setCurrentIndex(max(place, 0))
        if place < 0 and chosen:
            self.model.model.set_kind("")

    def _show_empty(self) -> None:
        model = self.model
        has_rows = bool(model.model.shown)
        self._list.setCurrentWidget(self.table if has_rows else self.empty)
        self._right.setCurrentIndex(0 if has_rows else 1)
        if has_rows or model.shelf is None:
            return
        if model.shelf.heads:
            count = number(len(model.shelf.heads))
            text = self.tr("0 of {count} rows match.").format(count=count)
            self.empty.say(text, button=self.tr("Clear filter"))
        else:
            text = self.tr("No dead letters of {action}.").format(action=model.action)
            hint = self.tr("Messages that Kafka refuses for good are put aside here.")
            self.empty.say(text, hint)

    @Slot()
    def _show_current(self) -> None:
        place = self.model.detail.place
        row = self.model.model.row_of(place) if place is not None else -1
        if row != self.table.currentIndex().row():
            self.table.setCurrentIndex(self.model.model.index(row, 0))

    @Slot()
    def _show_checked(self) -> None:
        model = self.model
        is_busy = model.job is not None
        self.bulk.show_checked(model.checked_texts, model.checked_size, model.job_text)
        self.bulk.setVisible(bool(model.model.checked) or is_busy)
        self.pane.show_busy(is_busy)

    @Slot()
    def _show_filter(self) -> None:
        self.filter.set_problem(self.model.model.problem)
        self._show_shelf()

    @Slot(str, bool)
    def _tell(self, text: str, is_good: bool) -> None:
        if is_good:
            self.done.emit(text, "")
        else:
            self.problem.say(text)

    @Slot(int)
    def _tell_deleted(self, count: int) -> None:
        words = plural("Deleted %n message", "Deleted %n messages", count)
        self.done.emit(words, self.tr("Undo"))

    @Slot(str, str)
    def _show_failure(self, message: str, hint: str) -> None:
        self.problem.say(sentences(message, hint))


class BulkBar(Ground):
    """What can be done with the checked rows, or how far that is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("accent_subtle", parent)
        self.setAccessibleName(self.tr("Selected messages"))
        self.count = Label(style="strong", elide="end")
        self.amount = Label(role="text2", elide="end")
        self.rerun_button = SecondaryButton(self.tr("Re-run"), "play")
        self.again_button = SecondaryButton(self.tr("Send again"), "rotate-cw")
        self.delete_button = SecondaryButton(self.tr("Delete"), "trash-2")
        self.clear_button = IconButton("x", self.tr("Clear the selection"), size=30)
        self.stop_button = SecondaryButton(self.tr("Stop"), "square")
        ways = (self.rerun_button, self.again_button, self.delete_button)
        self._words_width = sum(button.sizeHint().width() for button in ways)
        self._words = {button: button.text() for button in ways}
        for button, words in self._words.items():
            button.setAccessibleName(words)
        theme = current()
        host = QWidget()
        inner = QHBoxLayout(host)
        inner.setContentsMargins(theme.size("space.l"), 1, _RIGHT, 0)
        inner.setSpacing(theme.size("space.s"))
        inner.addWidget(self.count)
        inner.addSpacing(theme.size("space.xs"))
        inner.addWidget(self.amount, 1)
        for button in self._buttons:
            inner.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        column.addWidget(host, 1)
        self.setFixedHeight(_BULK)
        self.setMinimumWidth(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the icons of the buttons alone where there is no room for words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        theme = current()
        gaps = 2 * theme.size("space.l") + 6 * theme.size("space.s") + theme.size("space.xs")
        least = self.amount.minimumSizeHint().width() + self.clear_button.sizeHint().width()
        needed = self.count.sizeHint().width() + self._words_width + least + gaps
        is_narrow = self.width() < max(needed, _BULK_WORDS)
        self.amount.setMaximumWidth(0 if is_narrow else _NO_LIMIT)
        for button, words in self._words.items():
            button.setText("" if is_narrow else words)
            button.setToolTip(words if is_narrow else "")

    @property
    def _buttons(self) -> tuple[QWidget, ...]:
        return (*self._words, self.clear_button, self.stop_button)

    def show_checked(self, counts: tuple[str, str], size: str, job: str) -> None:
        """Say how many rows are checked, if need be shorter; of a job how far it is."""
        self.count.setText(*((job,) if job else counts))
        self.amount.setText("" if job else size)
        for button in self._buttons:
            button.setVisible((button is self.stop_button) is bool(job))
        self._fit()
