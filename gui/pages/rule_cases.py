"""The stored tests of a rule: a row that chooses, saves and runs them, and what each gave."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.pages.parts import clear_layout
from gui.theme import current, set_face
from gui.viewmodels.rule_cases import Case, RuleCases
from gui.viewmodels.words import tr
from gui.widgets.buttons import FlatButton, LinkButton, SecondaryButton
from gui.widgets.fields import ComboBox
from gui.widgets.frames import Card
from gui.widgets.labels import Label, Paragraph, StateShape
from gui.widgets.menu import Menu
from gui.widgets.name_popup import NamePopup

_COMBO: Final = 184
_NARROW_COMBO: Final = 128
_BEHIND: Final = 3
_BEHIND_BOX: Final = 10
"""Free at the right: buttons have room of their own there, an outlined box has none."""
_SHAPE: Final = 12
_GAP: Final = 6
_PADDING: Final = 4
_HEIGHT: Final = 24


class Verdict(QAbstractButton):
    """A shape and a few words; pressed, it shows what is behind them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status, self._role = "", "text3"
        set_face(self, "small", 500)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        current().changed.connect(self.update)

    def say(self, text: str, status: str = "") -> None:
        """Show other words, behind the shape of a state where one is named."""
        self._status = status
        self._role = current().state(status).colour if status else "text3"
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Take the room of shape and words."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        shape = _SHAPE + _GAP if self._status else 0
        return QSize(words + shape + 2 * _PADDING + 1, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint shape, words, and a ring while the keyboard is here."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = _PADDING
        if self._status:
            shape = QRectF(left, (self.height() - _SHAPE) / 2, _SHAPE, _SHAPE)
            theme.paint_state(painter, shape, self._status, "surface0")
            left += _SHAPE + _GAP
        painter.setPen(theme.colour(self._role if self.isEnabled() else "text3"))
        painter.setFont(self.font())
        box = self.rect().adjusted(left, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            radius = theme.size("radius.s")
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)


class CaseStrip(QWidget):
    """Chooses a case, saves the present trial as one, runs all.

    Signals:
        resultsAsked: What each case gave is to be shown.
    """

    resultsAsked = Signal()

    def __init__(self, cases: RuleCases, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cases = cases
        self._shown: list[str] = []
        self.choice = ComboBox(self.tr("Case"), small=True)
        self.choice.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.save = FlatButton(self.tr("Save case"))
        self.save.set_small()
        self.run = SecondaryButton(self.tr("Run all"), "play")
        self.run.set_small()
        self.verdict = Verdict()
        self._label = Label(self.tr("Case"), style="small", role="text3")
        self._label.setBuddy(self.choice)
        name = self.tr("Name of the case")
        self.popup = NamePopup(name, self.tr("Save case"), self.save, problem=cases.name_problem)
        self._renaming = NamePopup(
            name, self.tr("Rename"), self.save, problem=cases.new_name_problem
        )
        self.menu = Menu(self)
        self._lay_out()
        self.choice.activated.connect(self._choose)
        self.save.clicked.connect(self._ask)
        self.run.clicked.connect(cases.run_all)
        self.verdict.clicked.connect(self.resultsAsked)
        self.popup.taken.connect(cases.save_new)
        self._renaming.taken.connect(cases.rename)
        cases.changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, _BEHIND, 0)
        row.setSpacing(current().size("space.s"))
        for widget in (self._label, self.choice, self.save):
            row.addWidget(widget)
        ran = QHBoxLayout()
        ran.setSpacing(_GAP // 2)  # the verdict has room of its own at the left
        ran.addWidget(self.run)
        ran.addWidget(self.verdict)
        row.addLayout(ran)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def fit(self, room: int) -> None:
        """Leave out what has no room, the least used first."""
        parts = (self.verdict, self.run, self.save, self._label)
        self.choice.setFixedWidth(_COMBO)
        self._row.setContentsMargins(0, 0, _BEHIND, 0)
        for part in parts:
            part.setVisible(self._is_of_use(part))
        left = room - self.sizeHint().width()
        for part in (self._label, self.save, self.verdict, self.run):
            if left >= 0:
                break
            if part.isVisibleTo(self):
                left += part.sizeHint().width() + current().size("space.s")
                if part.hasFocus():
                    self.choice.setFocus(Qt.FocusReason.OtherFocusReason)
                part.hide()
        if not any(part.isVisibleTo(self) for part in (self.save, self.run, self.verdict)):
            self._row.setContentsMargins(0, 0, _BEHIND_BOX, 0)
            left -= _BEHIND_BOX - _BEHIND
        if left < 0:
            self.choice.setFixedWidth(_NARROW_COMBO)

    def _is_of_use(self, part: QWidget) -> bool:
        return bool(self._shown) or part is self.save

    @Slot()
    def refresh(self) -> None:
        """Show the cases, the chosen one, and how they went."""
        cases = self._cases
        names = [case.name for case in cases.cases]
        if names != self._shown or self.choice.count() != len(names) + 1:
            self._shown = names
            self.choice.clear()
            self.choice.addItem(self.tr("none"))
            self.choice.addItems(names)
        self.choice.setCurrentIndex(cases.chosen + 1)
        self.choice.setToolTip(self.choice.currentText())
        self.choice.setVisible(bool(names))
        self._label.setVisible(bool(names))
        self.run.setVisible(bool(names))
        self.verdict.setVisible(bool(names))
        self.run.setText(self.tr("Run all {count}").format(count=len(names)))
        self.run.setEnabled(not cases.is_running and cases.can_run)
        self.save.setEnabled(not cases.is_running and cases.can_save)
        self._show_verdict(names)
        self.updateGeometry()
        parent = self.parentWidget()
        if parent is not None:
            parent.updateGeometry()

    def _show_verdict(self, names: list[str]) -> None:
        cases = self._cases
        if not cases.has_run:
            self.verdict.say(self.tr("running") if cases.is_running else self.tr("not run"))
            return
        failed = len(cases.failures)
        text = self.tr("{passed} of {count}").format(passed=len(names) - failed, count=len(names))
        self.verdict.say(text, "failed" if failed else "passed")

    @Slot(int)
    def _choose(self, place: int) -> None:
        self._cases.choose(place - 1)

    @Slot()
    def _ask(self) -> None:
        """Ask for a name; where a case is chosen, first what is to become of it."""
        if self._cases.chosen < 0:
            self._ask_name()
            return
        self.menu.clear()
        name = self._cases.cases[self._cases.chosen].name
        short = name if len(name) <= 30 else f"{name[:29]}…"
        for text, what in (
            (self.tr('Update "{name}"').format(name=short), self._cases.update),
            (self.tr("Save as a new case..."), self._ask_name),
            (self.tr("Rename..."), lambda: self._renaming.ask(name)),
            (self.tr('Delete "{name}"').format(name=short), self._cases.delete),
        ):
            self.menu.addAction(text.replace("&", "&&")).triggered.connect(what)
        self.menu.setActiveAction(self.menu.actions()[0])
        self.menu.popup(self.save.mapToGlobal(self.save.rect().bottomLeft()))

    def _ask_name(self) -> None:
        self.popup.ask(self._cases.proposed_name())


class CaseResults(QWidget):
    """What each case gave, with why where it is not as expected.

    Signals:
        caseAsked: The place of a case that is to be looked at.
        closed: Enough of it.
    """

    caseAsked = Signal(int)
    closed = Signal()

    def __init__(self, cases: RuleCases, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cases = cases
        self.rows: list[LinkButton] = []
        self.back = LinkButton(self.tr("Back to the result"))
        self.back.set_small()
        self.back.clicked.connect(self.closed)
        self.head = Label(style="strong", elide="end")
        head = QHBoxLayout()
        head.addWidget(self.head, 1)
        head.addWidget(self.back)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(_GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._rows)
        column.addStretch(1)
        cases.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the results of the last run."""
        clear_layout(self._rows)
        self.rows = []
        cases, failed = self._cases.cases, len(self._cases.failures)
        counts = {"passed": len(cases) - failed, "count": len(cases)}
        texts = (tr("{passed} of {count} cases pass"), tr("{passed} of {count}"))
        self.head.setText(*(text.format(**counts) for text in texts))
        if not self._cases.has_run:
            self.head.setText(self.tr("Not run since the last change"), self.tr("Not run"))
        order = sorted(range(len(cases)), key=lambda place: _passes(cases[place]))
        for place in order:
            self._rows.addWidget(self._row(place, cases[place]))

    def _row(self, place: int, case: Case) -> QWidget:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 5, 12, 6)
        column.setSpacing(2)
        status, word = "not_tried", self.tr("not run")
        if case.result is not None and case.result.passed:
            status, word = "passed", self.tr("passed")
        elif case.result is not None:
            status, word = "failed", self.tr("failed")
        link = LinkButton(case.name)
        link.setAccessibleName(f"{case.name}, {word}")
        link.clicked.connect(lambda: self.caseAsked.emit(place))
        self.rows.append(link)
        head = QHBoxLayout()
        head.setSpacing(_GAP)
        head.addWidget(StateShape(status, ground="surface2"))
        head.addWidget(link)
        head.addStretch(1)
        column.addLayout(head)
        for failure in case.result.failures if case.result is not None else ():
            column.addWidget(Paragraph(failure, style="small", role="text2"))
        return card


def _passes(case: Case) -> bool:
    return case.result is None or case.result.passed
