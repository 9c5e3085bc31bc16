"""What a place of the statement means: its problem with the fix, or a function's help."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.code_words import code_words
from gui.viewmodels.completion import Candidate, function_help
from gui.viewmodels.sql_document import EditorProblem
from gui.widgets.buttons import PrimaryButton, SecondaryButton
from gui.widgets.chips import KeyCap
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.prose import Prose

_WIDTH: Final = 440
_GAP: Final = 4
_TOP: Final = 8
_BETWEEN: Final = 3
_INDENT: Final = 31


class HoverCard(QWidget):
    """A card of 440 on the window. The keyboard does the same in the editor: Alt+Enter, F1, Esc.

    Signals:
        fixAsked: The button was pressed: put the shown problem right.
        helpAsked: What the fix would put there is to be explained.
    """

    fixAsked = Signal()
    helpAsked = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Make it, hidden; `parent` is the window that it lies on."""
        super().__init__(parent)
        self._window = parent
        theme = current()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(_WIDTH)
        self.problem: EditorProblem | None = None
        self.shape = StateShape("failed", ground="surface3")
        self.sentence = Paragraph("", style="strong")
        self.advice = Prose("small", "text2")
        self.example = Label(style="code_small", role="syntax.path", elide="end")
        self.button = PrimaryButton()
        self.button.set_small()
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.fixAsked)
        self.help = SecondaryButton(self.tr("Show help"))
        self.help.set_small()
        self.help.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.help.clicked.connect(self.helpAsked)
        self._cap = KeyCap("Alt Enter")
        row = self._row = QHBoxLayout(self)
        side = theme.size("space.m")
        row.setContentsMargins(side, _TOP, side, side - 1)
        row.setSpacing(theme.size("space.s"))
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 4, 0, 0)
        beside.addWidget(self.shape)
        beside.addStretch(1)
        row.addLayout(beside)
        column = QVBoxLayout()
        column.setSpacing(_BETWEEN)
        for widget in (self.sentence, self.advice, self.example):
            column.addWidget(widget)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, _TOP - _BETWEEN, 0, 0)
        foot.setSpacing(6)
        foot.addWidget(self.button)
        foot.addWidget(self.help)
        foot.addStretch(1)
        foot.addWidget(self._cap)
        column.addLayout(foot)
        row.addLayout(column, 1)
        current().changed.connect(self.update)
        self.hide()

    def show_problem(self, problem: EditorProblem, place: QRect) -> None:
        """Show a problem below its line, or above it where there is no room."""
        self.problem = problem
        self.shape.set_status("failed" if problem.severity == "error" else "degraded")
        self.sentence.setText(problem.sentence)
        self.example.hide()
        known = function_help(problem.fix.text) if problem.fix is not None else None
        advice = problem.advice
        if known is not None:  # what the function does helps to choose it
            brief = known.brief.partition(",")[0].rstrip(".")
            advice = f"{advice} {brief}.".strip()
        self._show(advice, problem.fix_label, has_shape=True)
        self.help.setVisible(known is not None)
        self._fit(place, has_shape=True)

    def show_help(self, function: Candidate, place: QRect) -> None:
        """Show what a function does."""
        self.problem = None
        self.sentence.setText(f"{function.label}{function.detail}")
        self.example.setText(function.example)
        self.example.setVisible(bool(function.example))
        self._show(function.help, "", has_shape=False)
        self.help.hide()
        self._fit(place, has_shape=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _show(self, advice: str, fix: str, *, has_shape: bool) -> None:
        self.shape.setVisible(has_shape)
        self.advice.say(advice, code_words(advice))
        self.advice.setVisible(bool(advice))
        self.button.setText(fix)
        self.button.setVisible(bool(fix))
        self._cap.setVisible(bool(fix))

    def _fit(self, place: QRect, *, has_shape: bool) -> None:
        """Take the height that the text needs, and a place near the word."""
        self._row.activate()
        height = self._row.heightForWidth(_WIDTH) if self._row.hasHeightForWidth() else 0
        self.setFixedHeight(max(height, self.minimumSizeHint().height()))
        window = self._window
        indent = _INDENT if has_shape else 0  # the sentence stands above what it is about
        left = max(0, min(place.left() - indent, window.width() - _WIDTH - 4))
        top = place.bottom() + 1 + _GAP
        if top + self.height() > window.height():
            top = max(0, place.top() - _GAP - self.height())
        self.move(QPoint(left, top))
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the floating ground."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surface3"))
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        radius = theme.size("radius.l")
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, radius, radius)
