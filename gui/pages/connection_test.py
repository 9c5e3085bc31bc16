"""The panel of the connection test: steps of 27, the failing one opened with its advice."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.pages.parts import clear_layout, keep_bar_in_margin
from gui.theme import current
from gui.viewmodels.connection_test import ConnectionTest, StepRow
from gui.viewmodels.connector import Figure
from gui.widgets.buttons import IconButton, LinkButton, SecondaryButton
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.frames import Card, Ground, Line
from gui.widgets.labels import Icon, Label, Paragraph, StateShape
from gui.widgets.prose import Prose, code_words
from gui.widgets.topic_popup import TopicPopup

_WIDTH: Final = 387  # and the line beside it
_STEP: Final = 27
_LEAST: Final = 160
_ABOVE: Final = 3
_INSET: Final = 15
_TIME: Final = 39
_SHAPE: Final = 12
_TOP: Final = 16
_LIMIT: Final = 23


class ConnectionTestPanel(QScrollArea):
    """Shows a test beside the form; where there is no room for that, its body goes elsewhere.

    Attributes:
        body: Head, steps, and what the broker allows.
        card: Around the steps.
        failing: The step that failed, opened; None for none.
    """

    def __init__(self, test: ConnectionTest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._test = test
        theme = current()
        self.setFixedWidth(_WIDTH)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Connection test"))
        self.failing: QWidget | None = None
        self.body = QWidget()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(_TOP, _TOP, _TOP, theme.size("space.page"))
        self._column = column
        column.setSpacing(theme.size("space.s"))
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        self.when = Label(style="small", role="text3")
        self.copy_button = IconButton("copy", self.tr("Copy the test"))
        head.addWidget(Label(self.tr("Connection test"), style="strong"))
        head.addWidget(self.when, 1)
        head.addWidget(self.copy_button)
        column.addLayout(head)
        self.card = Card()
        self._steps = QVBoxLayout(self.card)
        self._steps.setContentsMargins(0, 7, 0, 7)
        self._steps.setSpacing(0)
        column.addWidget(self.card)
        self.empty = SmallEmptyState(
            self.tr("The test uses the values as they are in the form, saved or not.")
        )
        column.addWidget(self.empty)
        self.note = QWidget()
        note = QHBoxLayout(self.note)
        note.setContentsMargins(2, 0, 0, 0)
        note.setSpacing(theme.size("space.s"))
        sign = QVBoxLayout()  # it stands in the middle of the first line
        sign.setContentsMargins(0, 2, 0, 0)
        sign.addWidget(Icon("info", size=14, role="text2"))
        sign.addStretch(1)
        note.addLayout(sign)
        words = Paragraph(
            self.tr(
                "The test signs in with a client ID of its own, so the running bridge keeps "
                "its session."
            ),
            style="small",
            role="text2",
        )
        note.addWidget(words, 1)
        column.addWidget(self.note)
        self.limits = QWidget()
        self._limits = QVBoxLayout(self.limits)
        self._limits.setContentsMargins(0, theme.size("space.l") - 2, 0, 0)
        self._limits.setSpacing(0)
        column.addWidget(self.limits)
        column.addStretch(1)
        self.setWidget(self.body)
        self.copy_button.clicked.connect(self._copy)
        test.changed.connect(self.show_steps)
        self.show_steps()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the scroll bar lie in the margin, so that nothing moves when it comes."""
        super().resizeEvent(event)
        if self.widget() is self.body:
            keep_bar_in_margin(self, self._column, _TOP)

    def lend(self) -> None:
        """Give the body away, at its natural height and without margins, and hide."""
        self.hide()
        self.takeWidget()
        self._column.setContentsMargins(0, 0, 0, 0)

    def take_back(self) -> None:
        """Show the body in here again."""
        self._column.setContentsMargins(_TOP, _TOP, _TOP, current().size("space.page"))
        self.setWidget(self.body)
        self.body.show()
        self.show()

    @Slot()
    def show_steps(self) -> None:
        """Show the test as far as it is."""
        clear_layout(self._steps)
        self.failing = None
        test = self._test
        is_tried = test.phase != "untried"
        self.card.setVisible(is_tried)
        self.empty.setVisible(not is_tried)
        self.copy_button.setVisible(is_tried)
        self.note.setVisible(is_tried and test.is_mqtt)
        if test.started_at is not None:
            parts = (test.started_at.strftime("%H:%M:%S"), test.took)
            self.when.setText(", ".join(part for part in parts if part))
        if is_tried:
            for row in test.rows:
                opened = row.status == "failed"
                if opened:
                    self._steps.addSpacing(_ABOVE)
                    self._steps.addWidget(Line())
                self._steps.addWidget(self._failed(row) if opened else _step(row))
                if opened:
                    self._steps.addWidget(Line())
        self._show_limits()

    def _show_limits(self) -> None:
        clear_layout(self._limits)
        limits = self._test.limits
        self.limits.setVisible(bool(limits))
        if limits:
            self._limits.addWidget(Label(self.tr("What the broker allows"), style="strong"))
            self._limits.addSpacing(current().size("space.s") + 2)
        for limit in limits:
            self._limits.addWidget(_limit(limit))

    def _failed(self, row: StepRow) -> QWidget:
        step = _FailedStep(row)
        step.topicAsked.connect(self._test.create_topic)
        self.failing = step
        return step

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._test.report())


def _limit(limit: Figure) -> QWidget:
    """Make a line: what the broker limits, and its number."""
    line = QWidget()
    line.setFixedHeight(_LIMIT)
    line.setAccessibleName(f"{limit.name}: {limit.value}")
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(current().size("space.s"))
    layout.addWidget(Label(limit.name, role="text2", elide="end"), 1)
    layout.addWidget(Label(limit.value))
    return line


class StepLine(QAbstractButton):
    """A stage in one line: shape, name, detail, time; pressed, it shows all that was found."""

    def __init__(self, row: StepRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.has_more = bool(row.found) and row.found != row.detail
        self.setText(row.name)
        self.setAccessibleName(", ".join(each for each in (row.name, row.detail, row.time) if each))
        self.setFixedHeight(_STEP)
        self.setCheckable(self.has_more)
        self.setEnabled(self.has_more)  # else there is nothing to press
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if self.has_more else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, self.has_more)
        current().changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open and close by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Take a row."""
        return QSize(_LEAST, _STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have in the tooltip what has no room in the line."""
        super().resizeEvent(event)
        theme, row = current(), self._row
        small = QFontMetrics(theme.font("small"))
        need = QFontMetrics(theme.font("body")).horizontalAdvance(row.name)
        need += theme.size("space.s") + small.horizontalAdvance(row.detail)
        if row.time:
            need += max(small.horizontalAdvance(row.time), _TIME) + theme.size("space.s")
        self.setToolTip(row.detail if need > self.width() - 2 * _INSET - 20 else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground of what can be pressed, then what there is to read."""
        theme, painter, row = current(), QPainter(self), self._row
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, radius = QRectF(self.rect()).adjusted(4, 1, -4, -1), theme.size("radius.s")
        ground = "surface2"
        if self.has_more and (self.underMouse() or self.isChecked()):
            ground = "hover_content"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(box, radius, radius)
        shape = QRectF(_INSET - 1, (self.height() - _SHAPE) / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, shape, row.status, ground)
        self._write(painter, row)

    def _write(self, painter: QPainter, row: StepRow) -> None:
        theme, middle = current(), Qt.AlignmentFlag.AlignVCenter
        is_quiet = row.status in ("no_result", "not_tried")
        left, right = _INSET + 20, self.width() - _INSET + 1  # as far in as below a failed one
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text2" if is_quiet else "text1"))
        room = right - left
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, 0, room, self.height()), middle, name)
        left += painter.fontMetrics().horizontalAdvance(name) + theme.size("space.s")
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text3"))
        metrics = painter.fontMetrics()
        at_right = middle | Qt.AlignmentFlag.AlignRight
        if row.time:
            painter.drawText(QRectF(left, 0, right - left, self.height()), at_right, row.time)
            right -= max(metrics.horizontalAdvance(row.time), _TIME) + theme.size("space.s")
        room = max(right - left, 0)
        detail = metrics.elidedText(row.detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, 0, room, self.height()), at_right, detail)


def _step(row: StepRow) -> QWidget:
    """Make a stage that did not fail: its line, and what it found below, folded."""
    line = StepLine(row)
    if not line.has_more:
        return line
    host = QWidget()
    found = Paragraph(row.found, style="small", role="text2")
    found.setContentsMargins(_INSET + 20, 2, _INSET, 6)
    found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(line)
    column.addWidget(found)
    found.hide()
    line.toggled.connect(found.setVisible)
    return host


class _FailedStep(Ground):
    """A failed step: what happened, why, what to do; the raw text on demand.

    Signals:
        topicAsked: A topic to be made: name, partitions, replication.
    """

    topicAsked = Signal(str, int, int)

    def __init__(self, row: StepRow) -> None:
        super().__init__("bad_bg")
        self._row = row
        theme = current()
        self.setAccessibleName(f"{row.name}: {row.detail} {row.hint}")
        column = QVBoxLayout(self)
        column.setContentsMargins(_INSET, 10, _INSET, theme.size("space.m"))
        column.setSpacing(5)
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        head.addWidget(StateShape("failed", ground="bad_bg"))
        head.addWidget(Label(row.name, style="strong"), 1)
        head.addWidget(Label(row.time, style="small", role="text2"))
        column.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(20, 0, 0, 0)
        inner.setSpacing(6)
        detail = Prose(code_weight=600)
        detail.say(row.detail, {row.about: "text1"} if row.about else {})
        inner.addWidget(detail)
        if row.hint:
            hint = Prose(role="text2")
            hint.say(row.hint, code_words(row.hint, "text2"))
            inner.addWidget(hint)
        self._cause = Paragraph(row.cause, style="code_small", role="text2")
        self._cause.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inner.addLayout(self._buttons())
        inner.addWidget(self._cause)
        self._cause.hide()
        column.addLayout(inner)

    def _buttons(self) -> QHBoxLayout:
        row = self._row
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 2, 0, 0)
        buttons.setSpacing(6)
        if row.missing_topic:
            self.create_button = SecondaryButton(self.tr("Create topic"), "plus")
            self.create_button.set_small()
            self.create_button.clicked.connect(self._ask)
            buttons.addWidget(self.create_button)
        words = {
            "compose": self.tr("Copy compose fix"),
            "properties": self.tr("Copy properties"),
        }
        self.fix_buttons = {key: SecondaryButton(words[key]) for key in row.fixes if key in words}
        for key, button in self.fix_buttons.items():
            button.set_small()
            button.setToolTip(row.fixes[key])
            button.clicked.connect(lambda _checked=False, key=key: self._copy_fix(key))
            buttons.addWidget(button)
        if row.cause:
            self.details = LinkButton(self.tr("Details"))
            self.details.set_small()
            self.details.clicked.connect(self._toggle)
            buttons.addSpacing(current().size("space.xs"))
            buttons.addWidget(self.details)
        buttons.addStretch(1)
        return buttons

    def _copy_fix(self, key: str) -> None:
        QGuiApplication.clipboard().setText(self._row.fixes[key])
        self.fix_buttons[key].setText(self.tr("Copied"))

    @Slot()
    def _ask(self) -> None:
        topic = self._row.missing_topic
        popup = TopicPopup(topic, self.create_button)
        popup.taken.connect(
            lambda partitions, replication: self.topicAsked.emit(topic, partitions, replication)
        )
        popup.ask()

    @Slot()
    def _toggle(self) -> None:
        self._cause.setVisible(self._cause.isHidden())
