"""The dead letter that is looked at: the reason, the message to edit, and what would be sent."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.pages.parts import clear_layout, name_value_grid, scrolling
from gui.theme import current
from gui.viewmodels.dead_letter import LetterDetail, Step
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.words import byte_size
from gui.widgets.buttons import IconButton, LinkButton, PrimaryButton, SecondaryButton
from gui.widgets.chips import Tag
from gui.widgets.code_edit import CodeEdit
from gui.widgets.code_label import CodeLabel
from gui.widgets.code_view import CodeView
from gui.widgets.diff_view import DiffView
from gui.widgets.frames import Ground, Line, Well
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.prose import Prose, code_words
from gui.widgets.tab_bar import TabBar
from gui.widgets.topic_popup import TopicPopup

WIDTH: Final = 428
LEAST_WIDTH: Final = 340
_NAMES: Final = 48
_RIGHT_NAMES: Final = 40
_RIGHT: Final = 144
_TRIAL_NAMES: Final = 36
_TRIAL_RIGHT: Final = 72
_FOOT_RIGHT: Final = 14
_GAP: Final = 4
_TRIAL_ABOVE: Final = 10
_NOTE_ABOVE: Final = 6
_LEAST_EDITOR: Final = 88
_MOST: Final = 400


class LetterPane(Ground):
    """Everything about one letter.

    Attributes:
        rerun_button, again_button, copy_button, delete_button: What can be done with it.
    """

    def __init__(self, detail: LetterDetail, parent: QWidget | None = None) -> None:
        super().__init__("surface1", parent)
        self._detail = detail
        self.setAccessibleName(self.tr("Dead letter"))
        self.setMinimumWidth(LEAST_WIDTH)
        self.reason = ReasonBlock(detail)
        self.tabs = TabBar(self.tr("Parts of the letter"), in_dock=True)
        self.message = MessagePart(detail)
        self.record = RecordPart(detail)
        self._properties, self._history = PairsGrid(), PairsGrid()
        self._pages = QStackedWidget()
        self._rerun_words = self.tr("Re-run through the rule"), self.tr("Re-run")
        self.rerun_button = PrimaryButton(self._rerun_words[0], "play")
        self.rerun_button.setAccessibleName(self._rerun_words[0])
        self.again_button = SecondaryButton(self.tr("Send again"), "rotate-cw")
        self.copy_button = IconButton("copy", self.tr("Copy as JSON"), size=30)
        self.delete_button = IconButton("trash-2", self.tr("Delete"), size=30)
        self._lay_out()
        detail.letterChanged.connect(self._show)
        detail.historyChanged.connect(self._show_history)
        self.tabs.tabChosen.connect(self._choose)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less on the button where there is no room for it."""
        super().resizeEvent(event)
        for words in self._rerun_words:
            self.rerun_button.setText(words)
            if self._footer_row.minimumSize().width() <= event.size().width():
                return

    def show_busy(self, is_busy: bool) -> None:
        """Have nothing sent while something is."""
        detail = self._detail
        self.rerun_button.setEnabled(not is_busy and detail.letter is not None)
        self.again_button.setEnabled(not is_busy and detail.can_send_again)

    def _lay_out(self) -> None:
        parts = {
            "message": (self.tr("Message"), scrolling(self.message, self.tr("Message"))),
            "properties": (
                self.tr("Properties"),
                scrolling(self._properties, self.tr("Properties")),
            ),
            "record": (self.tr("Record"), scrolling(self.record, self.tr("Record"))),
            "history": (self.tr("History"), scrolling(self._history, self.tr("History"))),
        }
        for key, (title, page) in parts.items():
            self.tabs.add(key, title)
            self._pages.addWidget(page)
        self._keys = list(parts)
        strip = Ground("surface0")
        row = QVBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.reason, Line(), strip):
            column.addWidget(widget)
        column.addWidget(self._pages, 1)
        column.addWidget(Line())
        column.addWidget(self._footer())

    def _footer(self) -> QWidget:
        theme = current()
        host = QWidget()
        host.setFixedHeight(theme.size("height.page_header") - theme.size("line.hairline"))
        row = self._footer_row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, _FOOT_RIGHT, 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(self.rerun_button)
        row.addWidget(self.again_button)
        row.addStretch(1)
        icons = QHBoxLayout()
        icons.setSpacing(theme.size("space.xs"))
        icons.addWidget(self.copy_button)
        icons.addWidget(self.delete_button)
        row.addLayout(icons)
        return host

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._pages.setCurrentIndex(self._keys.index(key))

    @Slot()
    def _show(self) -> None:
        detail = self._detail
        has_letter = detail.letter is not None
        for button in (self.copy_button, self.delete_button):
            button.setEnabled(has_letter)
        self.show_busy(False)
        self.tabs.show_count("properties", len(detail.properties))
        properties = detail.properties or [("", self.tr("The message has no MQTT 5 properties."))]
        self._properties.show_rows((_name(name), CodeLabel(value)) for name, value in properties)
        self._show_history()

    @Slot()
    def _show_history(self) -> None:
        self._history.show_rows(
            (_moment(step), Paragraph(step.text, style="small")) for step in self._detail.steps
        )


class PairsGrid(QWidget):
    """Names at the left and values at the right, from the top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = name_value_grid(_NAMES)
        self._grid.setContentsMargins(*[current().size("space.l")] * 4)
        self.setLayout(self._grid)
        self._rows = 0

    def show_rows(self, rows: Iterable[tuple[QWidget, QWidget]]) -> None:
        """Show other rows."""
        self._grid.setRowStretch(self._rows, 0)
        clear_layout(self._grid)
        self._rows = 0
        for name, value in rows:
            self._grid.addWidget(name, self._rows, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, self._rows, 1, Qt.AlignmentFlag.AlignTop)
            self._rows += 1
        self._grid.setRowStretch(self._rows, 1)


class RecordPart(QWidget):
    """The stored record: topic, key, time and headers, and the value below."""

    def __init__(self, detail: LetterDetail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail = detail
        self._facts = PairsGrid()
        self._facts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.value = CodeView(self.tr("Value of the stored record"), "json")
        self.value.setMinimumHeight(_LEAST_EDITOR)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._facts)
        column.addWidget(Line())
        column.addWidget(self.value, 1)
        detail.letterChanged.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        facts = self._detail.record_facts
        self._facts.show_rows((_name(name), CodeLabel(value)) for name, value in facts)
        self.value.show_code(self._detail.record_value)


class ReasonBlock(Ground):
    """Why the letter is here, and what to do."""

    def __init__(self, detail: LetterDetail, parent: QWidget | None = None) -> None:
        super().__init__("bad_bg", parent)
        self._detail = detail
        self.title = Label(style="strong", elide="end")
        self.tries = Label(style="small", role="text2")
        self.text = Prose()
        self.advice = Prose(role="text2")
        self.create_link = LinkButton(self.tr("Create topic"))
        self.create_link.clicked.connect(self._ask_for_topic)
        theme = current()
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s") + 1)
        head.addWidget(StateShape("failed", ground="bad_bg"))
        head.addWidget(self.title, 1)
        head.addWidget(self.tries)
        below = QVBoxLayout()
        below.setContentsMargins(theme.size("space.l") + 5, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(self.text)
        below.addWidget(self.advice)
        below.addWidget(self.create_link, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.size("space.l"), 11, theme.size("space.l"), 13)
        column.setSpacing(5)
        column.addLayout(head)
        column.addLayout(below)
        detail.letterChanged.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        detail = self._detail
        self.title.setText(detail.title)
        self.tries.setText(detail.tries)
        text, advice = detail.trouble or detail.explanation, detail.advice
        self.text.say(text, code_words(text, "text1"))
        self.advice.say(advice, code_words(advice, "text2"))
        self.advice.setVisible(bool(detail.advice))
        self.create_link.setVisible(bool(detail.missing_topic))
        self._keep_height()

    @Slot()
    def _ask_for_topic(self) -> None:
        topic, detail = self._detail.missing_topic, self._detail
        popup = TopicPopup(topic, self.create_link)
        popup.taken.connect(partial(detail.create_topic, topic))
        popup.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have room for all lines, whatever else is short of it."""
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        layout = self.layout()
        if layout is not None:
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))


class MessagePart(QWidget):
    """The message: where it came from, its payload to edit, and what the rule makes of it."""

    def __init__(self, detail: LetterDetail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail = detail
        self.values = {name: CodeLabel() for name in ("topic", "qos", "client", "time")}
        self.edited = Tag(self.tr("edited"), "info")
        self.amount = Label(style="small", role="text2", elide="end")
        self.amount.setMinimumWidth(1)  # where there is little room it goes first
        self.compare_link = LinkButton(self.tr("Compare"))
        self.undo_link = LinkButton(self.tr("Undo edit"))
        self.payload = CodeEdit(self.tr("Payload"), "json")
        self.comparison = DiffView(self.tr("What was changed"))
        self.trial = TrialCard(detail)
        self.note = Label(style="small", role="text3", elide="end")
        self._stack = QStackedWidget()
        self._lay_out()
        self.payload.textChanged.connect(self._edit)
        self.undo_link.clicked.connect(detail.undo_edit)
        self.compare_link.clicked.connect(self._toggle_comparison)
        detail.letterChanged.connect(self._show)
        detail.editChanged.connect(self._show_edit)
        self._show()
        self._show_edit()

    def _lay_out(self) -> None:
        theme = current()
        column = QVBoxLayout(self)
        side = theme.size("space.l")
        column.setContentsMargins(side, theme.size("space.m"), side, theme.size("space.m"))
        column.setSpacing(0)
        column.addLayout(self._facts())
        column.addSpacing(theme.size("space.s") + 2)
        column.addLayout(self._payload_head())
        column.addSpacing(-1)
        self._stack.addWidget(self.payload)
        self._compared = scrolling(self.comparison, self.tr("What was changed"))
        self._stack.addWidget(self._compared)
        self._stack.setMinimumHeight(_LEAST_EDITOR)
        column.addWidget(self._stack, 1)
        column.addSpacing(_TRIAL_ABOVE)
        column.addWidget(self.trial)
        column.addSpacing(_NOTE_ABOVE)
        column.addWidget(self.note)

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(current().size("space.l"))
        grid.setVerticalSpacing(_GAP + 1)
        grid.setColumnMinimumWidth(0, _NAMES)
        grid.setColumnMinimumWidth(2, _RIGHT_NAMES)
        grid.setColumnMinimumWidth(3, _RIGHT - _RIGHT_NAMES)
        grid.setColumnStretch(1, 1)
        names = {
            "topic": (self.tr("topic"), 0, 0),
            "qos": (self.tr("QoS"), 0, 2),
            "client": (self.tr("client"), 1, 0),
            "time": (self.tr("time"), 1, 2),
        }
        for key, (name, row, place) in names.items():
            grid.addWidget(_name(name), row, place)
            grid.addWidget(self.values[key], row, place + 1)
        return grid

    def _payload_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        label = Label(self.tr("Payload"), weight=500)
        label.setBuddy(self.payload)
        row.addWidget(label)
        row.addWidget(self.edited)
        row.addWidget(self.amount, 1)
        links = QHBoxLayout()
        links.setSpacing(current().size("space.m"))
        for link in (self.compare_link, self.undo_link):
            link.set_small()
            links.addWidget(link)
        row.addLayout(links)
        return row

    @Slot()
    def _show(self) -> None:
        detail = self._detail
        facts = detail.facts
        for key, value in self.values.items():
            value.show_code(facts.get(key, ""))
        self.payload.setReadOnly(not detail.is_editable)
        self.note.setText(detail.send_again_text, *detail.shorter_send_again_text)
        self._stack.setCurrentWidget(self.payload)

    @Slot()
    def _show_edit(self) -> None:
        detail = self._detail
        if detail.payload != self.payload.toPlainText():
            was_blocked = self.payload.blockSignals(True)
            self.payload.set_text(detail.payload)
            self.payload.blockSignals(was_blocked)
        for widget in (self.edited, self.compare_link, self.undo_link):
            widget.setVisible(detail.is_edited)
        self.amount.setText(detail.size_text, detail.short_size_text, "")
        if not detail.is_edited:
            self._stack.setCurrentWidget(self.payload)
        is_compared = self._stack.currentWidget() is self._compared
        self.compare_link.setText(self.tr("Edit") if is_compared else self.tr("Compare"))

    @Slot()
    def _edit(self) -> None:
        if self._detail.is_editable:
            self._detail.set_payload(self.payload.toPlainText())

    @Slot()
    def _toggle_comparison(self) -> None:
        is_compared = self._stack.currentWidget() is self._compared
        self.comparison.show_rows(self._detail.comparison())
        self._stack.setCurrentWidget(self.payload if is_compared else self._compared)
        self._show_edit()


class TrialCard(Well):
    """What the rule makes of the message as it is now, and the record it would send."""

    def __init__(self, detail: LetterDetail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail = detail
        self.setAccessibleName(self.tr("What the rule makes of it"))
        self.shape = StateShape("not_tried", ground="accent_subtle")
        self.text = Label(weight=500, elide="end")
        self.note = Label(style="small", role="text2", elide="end")
        self.reason = Paragraph("", style="small", role="text2")
        self.topic, self.key, self.amount = CodeLabel(), CodeLabel(), CodeLabel()
        self.value = CodeLabel(content="json", name=self.tr("value"))
        self._record = QWidget()
        self._lay_out()
        detail.trialChanged.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        theme = current()
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.shape)
        head.addWidget(self.text)
        head.addWidget(self.note, 1)
        grid = QGridLayout(self._record)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.size("space.m"))
        grid.setVerticalSpacing(_GAP)
        grid.setColumnMinimumWidth(0, _TRIAL_NAMES)
        grid.setColumnMinimumWidth(3, _TRIAL_RIGHT)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate((self.tr("topic"), self.tr("key"), self.tr("value"))):
            grid.addWidget(_name(name), row, 0)
        grid.addWidget(self.topic, 0, 1)
        grid.addWidget(_name(self.tr("size")), 0, 2)
        grid.addWidget(self.amount, 0, 3)
        grid.addWidget(self.key, 1, 1, 1, 3)
        grid.addWidget(self.value, 2, 1, 1, 3)
        column = QVBoxLayout(self)
        side = theme.size("space.m")
        above = theme.size("space.s")
        column.setContentsMargins(side, above, side, above + 2)
        column.setSpacing(_GAP)
        column.addLayout(head)
        column.addSpacing(theme.size("space.xxs"))
        column.addWidget(self.reason)
        column.addWidget(self._record)

    @Slot()
    def _show(self) -> None:
        trial = self._detail.trial
        self.setVisible(bool(trial.status))
        self.shape.set_status(trial.status or "not_tried", trial.text)
        self.text.setText(trial.text)
        self.note.setText(trial.note)
        self.reason.setText(trial.reason)
        self.reason.setVisible(bool(trial.reason))
        record = trial.record
        self._record.setVisible(record is not None)
        if record is not None:
            self.topic.show_code(record.topic)
            self.key.show_code(self.tr("null") if record.key is None else _line(record.key))
            self.amount.show_code(byte_size(record.size))
            is_null = record.value is None
            value = self.tr("null, a tombstone") if is_null else _line(record.value or b"")
            self.value.show_code(value, "text" if is_null else "json")


def _name(text: str) -> Label:
    return Label(text, style="small", role="text3")


def _line(content: bytes) -> str:
    """Write the beginning of bytes on one line; what is no UTF-8 shows as replacement signs."""
    return " ".join(content[:_MOST].decode("utf-8", "replace").split())


def _moment(step: Step) -> QWidget:
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().size("space.s"))
    row.addWidget(StateShape(step.status))
    row.addWidget(Label(clock_time(step.time_ms), style="small", role="text2"))
    return host
