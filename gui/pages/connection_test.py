"""The panel of the connection test: steps of 27, the failing one opened with its advice."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.pages.parts import clear_layout
from gui.theme import current
from gui.viewmodels.connection_test import ConnectionTest, StepRow
from gui.viewmodels.connector import Figure
from gui.widgets.buttons import IconButton, LinkButton, SecondaryButton
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.frames import Card, Ground
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.topic_popup import TopicPopup

_WIDTH: Final = 388
_STEP: Final = 27
_INSET: Final = 15
_TOP: Final = 16
_LIMIT: Final = 23
_WIDEST: Final = (1 << 24) - 1  # Qt's own: no limit


class ConnectionTestPanel(QScrollArea):
    """Shows a test beside the form."""

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
        host = QWidget()
        column = QVBoxLayout(host)
        column.setContentsMargins(_TOP, _TOP, _TOP, theme.size("space.page"))
        column.setSpacing(theme.size("space.s"))
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        self.when = Label(style="small", role="text3")
        self.copy_button = IconButton("copy", self.tr("Copy the test"))
        head.addWidget(Label(self.tr("Connection test"), style="strong"))
        head.addWidget(self.when, 1)
        head.addWidget(self.copy_button)
        column.addLayout(head)
        self._card = Card()
        self._steps = QVBoxLayout(self._card)
        self._steps.setContentsMargins(1, 7, 1, 7)
        self._steps.setSpacing(0)
        column.addWidget(self._card)
        self.empty = SmallEmptyState(
            self.tr("The test uses the values as they are in the form, saved or not.")
        )
        column.addWidget(self.empty)
        self.note = Paragraph(
            self.tr(
                "The test signs in with a client ID of its own, so the running bridge keeps "
                "its session."
            ),
            style="small",
            role="text2",
        )
        column.addWidget(self.note)
        self.limits = QWidget()
        self._limits = QVBoxLayout(self.limits)
        self._limits.setContentsMargins(0, theme.size("space.l"), 0, 0)
        self._limits.setSpacing(0)
        column.addWidget(self.limits)
        column.addStretch(1)
        self.setWidget(host)
        self.copy_button.clicked.connect(self._copy)
        test.changed.connect(self.show_steps)
        self.show_steps()

    def fit(self, height: int | None) -> None:
        """Stand below the form, this high, or beside it for None."""
        self.setFixedWidth(_WIDTH) if height is None else self.setMaximumWidth(_WIDEST)
        self.setMinimumWidth(_WIDTH if height is None else 0)
        self.setMaximumHeight(_WIDEST if height is None else height)

    @Slot()
    def show_steps(self) -> None:
        """Show the test as far as it is."""
        clear_layout(self._steps)
        test = self._test
        is_tried = test.phase != "untried"
        self._card.setVisible(is_tried)
        self.empty.setVisible(not is_tried)
        self.copy_button.setVisible(is_tried)
        self.note.setVisible(is_tried and test.is_mqtt)
        if test.started_at is not None:
            parts = (test.started_at.strftime("%H:%M:%S"), test.took)
            self.when.setText(", ".join(part for part in parts if part))
        if is_tried:
            for row in test.rows:
                opened = row.status == "failed"
                self._steps.addWidget(self._failed(row) if opened else _step(row))
        self._show_limits()

    def _show_limits(self) -> None:
        clear_layout(self._limits)
        limits = self._test.limits
        self.limits.setVisible(bool(limits))
        if limits:
            self._limits.addWidget(Label(self.tr("What the broker allows"), style="strong"))
            self._limits.addSpacing(current().size("space.xs"))
        for limit in limits:
            self._limits.addWidget(_limit(limit))

    def _failed(self, row: StepRow) -> QWidget:
        step = _FailedStep(row)
        step.topicAsked.connect(self._test.create_topic)
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


def _step(row: StepRow) -> QWidget:
    """Make a line: shape, name, detail, time."""
    line = QWidget()
    line.setFixedHeight(_STEP)
    line.setAccessibleName(", ".join(part for part in (row.name, row.detail, row.time) if part))
    layout = QHBoxLayout(line)
    layout.setContentsMargins(_INSET, 0, _INSET - 1, 0)
    layout.setSpacing(current().size("space.s"))
    shape = StateShape(row.status, ground="surface2")
    is_quiet = row.status in ("no_result", "not_tried")
    detail = Label(row.detail, style="small", role="text3", elide="end")
    detail.setAlignment(Qt.AlignmentFlag.AlignRight)
    layout.addWidget(shape)
    layout.addWidget(Label(row.name, role="text2" if is_quiet else "text1"))
    layout.addWidget(detail, 1)
    if row.time:
        layout.addWidget(Label(row.time, style="small", role="text3"))
    return line


class _FailedStep(Ground):
    """A failed step: what happened, why, what to do; the raw text on demand.

    Signals:
        topicAsked: A topic to be made: name, partitions, replication.
    """

    topicAsked = Signal(str, int, int)

    def __init__(self, row: StepRow) -> None:
        super().__init__("bad_bg")
        self._topic = row.missing_topic
        theme = current()
        self.setAccessibleName(f"{row.name}: {row.detail} {row.hint}")
        column = QVBoxLayout(self)
        column.setContentsMargins(_INSET, 6, _INSET - 1, theme.size("space.m"))
        column.setSpacing(theme.size("space.s"))
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        head.addWidget(StateShape("failed", ground="bad_bg"))
        head.addWidget(Label(row.name, style="strong"), 1)
        head.addWidget(Label(row.time, style="small", role="text2"))
        column.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(20, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(Paragraph(row.detail))
        if row.hint:
            inner.addWidget(Paragraph(row.hint, role="text2"))
        if row.missing_topic:
            self.create_button = SecondaryButton(self.tr("Create topic"), "plus")
            self.create_button.set_small()
            self.create_button.clicked.connect(self._ask)
            inner.addWidget(self.create_button, 0, Qt.AlignmentFlag.AlignLeft)
        if row.cause:
            self._cause = Paragraph(row.cause, style="code_small", role="text2")
            self._cause.hide()
            self.details = LinkButton(self.tr("Details"))
            self.details.setSizePolicy(self.sizePolicy())
            self.details.clicked.connect(self._toggle)
            inner.addWidget(self.details, 0, Qt.AlignmentFlag.AlignLeft)
            inner.addWidget(self._cause)
        column.addLayout(inner)

    @Slot()
    def _ask(self) -> None:
        popup = TopicPopup(self._topic, self.create_button)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.taken.connect(
            lambda partitions, replication: self.topicAsked.emit(
                self._topic, partitions, replication
            )
        )
        popup.ask()

    @Slot()
    def _toggle(self) -> None:
        self._cause.setVisible(self._cause.isHidden())
