"""What Apply will change, and how: a popover under the toolbar's button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.pages.compare import BlockView
from gui.theme import current, set_height
from gui.viewmodels.apply import ApplyViewModel
from gui.viewmodels.comparison import Block
from gui.widgets.buttons import FlatButton, LinkButton, PrimaryButton
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Label, StateShape
from gui.widgets.radio import Radio
from gui.widgets.round_window import cut_corners, make_round

_WIDTH: Final = 520
_SIDE: Final = 16
_BELOW: Final = 5
_HEAD: Final = 30
_MOST_LINES: Final = 9
_LEAST_ROOM: Final = 120


class ApplyPopover(QFrame):
    """A window of its own. Enter applies, Escape leaves.

    Signals:
        revertAsked: The key of an object that is to be as it runs.
        compareAsked: All of it is to be seen on a page.
        documentAsked: The document that tells why it may not run.
        closed: It is seen no longer.
    """

    revertAsked = Signal(str)
    compareAsked = Signal()
    documentAsked = Signal(str)
    closed = Signal()

    def __init__(self, model: ApplyViewModel, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._window = window
        self._model = model
        self._shown: list[Block] = []
        self._room = _LEAST_ROOM
        make_round(self)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # a click on the button just closes
        self.setFixedWidth(_WIDTH)
        self.title = Label(style="strong")
        self.compare = LinkButton(self.tr("Compare all"))
        self.blocks: list[BlockView] = []
        self._blocks = QVBoxLayout()
        self.area = QScrollArea()
        self.drain = Radio(self.tr("Drain first"))
        self.now = Radio(self.tr("Apply now"))
        self._choice = QButtonGroup(self)
        self.shape = StateShape("passed", size=12, ground="surface_alt")
        self.verdict = Label(style="small", role="text2", elide="end")
        self.why = Label(style="small", role="bad", elide="end")
        self.show_link = LinkButton(self.tr("Show"))
        self.cancel = FlatButton(self.tr("Cancel"))
        self.apply = PrimaryButton(self.tr("Apply"), "upload")
        self._lay_out()
        self._connect_signals()

    def open(self, button: QWidget) -> None:
        """Look at what is saved, and show it under a button."""
        self._model.open()
        if not self._model.blocks:
            return
        below = button.mapToGlobal(QPoint(0, button.height() + _BELOW))
        bottom = self._window.mapToGlobal(QPoint(0, self._window.height())).y()
        self._room = max(bottom - below.y() - _SIDE - self._height_of_rest(), _LEAST_ROOM)
        self._fit()
        self.move(below)
        self.show()
        self._focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply by Enter, wherever the keyboard is but on a button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._model.apply()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no further."""
        super().hideEvent(event)
        self._model.close()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corners round."""
        super().resizeEvent(event)
        cut_corners(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and outline with round corners; the foot has a ground of its own."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        radius = theme.size("radius.l")
        outline.addRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.fillPath(outline, theme.colour("surface3"))
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(self.rect().adjusted(0, self._foot.y(), 0, 0), theme.colour("surface_alt"))
        painter.restore()
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.drawPath(outline)

    # How it is laid out

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addStrut(_HEAD)
        self.compare.set_small()
        head.addWidget(self.title)
        head.addWidget(Label(self.tr("to the running bridge"), role="text2"), 1)
        head.addWidget(self.compare)
        self._body = body = Ground("surface3")
        self._blocks = QVBoxLayout(body)
        self._blocks.setContentsMargins(_SIDE, 0, _SIDE, 0)
        self._blocks.setSpacing(11)
        self.area.setWidget(body)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        choice = QVBoxLayout()
        choice.setContentsMargins(_SIDE, 10, _SIDE, 12)
        choice.setSpacing(8)
        for radio in (self.drain, self.now):
            self._choice.addButton(radio)
            choice.addWidget(radio)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head.setContentsMargins(_SIDE, 6, _SIDE, 3)
        column.addLayout(head)
        column.addWidget(self.area)
        column.addSpacing(12)
        column.addWidget(Line())
        column.addLayout(choice)
        column.addWidget(Line())
        column.addWidget(self._make_foot())

    def _make_foot(self) -> QWidget:
        self._foot = QWidget()
        set_height(self._foot, "height.page_header", -1)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(5)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.verdict)
        words.addWidget(self.why)
        words.addStretch(1)
        row.addWidget(self.shape)
        row.addLayout(words, 1)
        for widget in (self.show_link, self.cancel, self.apply):
            row.addWidget(widget)
        return self._foot

    def _height_of_rest(self) -> int:
        """Tell how high everything but the blocks is."""
        return self._column.totalHeightForWidth(_WIDTH) - self.area.height()

    def _fit(self) -> None:
        """Be as high as the blocks need, as far as the window has room; then they scroll."""
        wanted = self._body.sizeHint().height()
        self.area.setFixedHeight(min(wanted, self._room))
        self.setFixedHeight(self._column.totalHeightForWidth(_WIDTH))

    # What happens

    def _connect_signals(self) -> None:
        model = self._model
        model.changed.connect(self._show)
        model.emptied.connect(self.hide)
        model.asked.connect(self.hide)
        self.drain.toggled.connect(lambda on: model.choose(drains_first=on))
        self.cancel.clicked.connect(self.hide)
        self.apply.clicked.connect(model.apply)
        self.compare.clicked.connect(self._compare)
        self.show_link.clicked.connect(self._show_reason)

    def _focus_first(self) -> None:
        target = self.apply if self.apply.isEnabled() else self.cancel
        target.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _compare(self) -> None:
        self.hide()
        self.compareAsked.emit()

    @Slot()
    def _show_reason(self) -> None:
        self.hide()
        self.documentAsked.emit(self._model.verdict.target)

    @Slot()
    def _show(self) -> None:
        model = self._model
        if model.blocks != self._shown:
            self._shown = model.blocks
            self._show_blocks()
        self.title.setText(model.title)
        self.setAccessibleName(model.title)
        (self.drain if model.drains_first else self.now).setChecked(True)
        self.drain.set_help(model.drain_help)
        self.now.set_help(model.now_help)
        verdict = model.verdict
        self.shape.set_status(verdict.status)
        self.verdict.setText(verdict.text)
        self.why.setText(verdict.why)
        self.why.setVisible(bool(verdict.why))
        self.show_link.setVisible(bool(verdict.target))
        if self.isVisible():
            self._fit()
        had_focus = self.cancel.hasFocus()
        self.apply.setEnabled(verdict.status != "failed")
        reason = f"{verdict.text}. {verdict.why}" if verdict.why else verdict.text
        self.apply.setAccessibleDescription(reason)
        if had_focus and verdict.lets_pass:
            self._focus_first()

    def _show_blocks(self) -> None:
        for view in self.blocks:
            self._blocks.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.blocks = []
        for block in self._shown:
            view = BlockView(block, self.tr("Revert"), _MOST_LINES)
            view.linkClicked.connect(self.revertAsked)
            self._blocks.addWidget(view)
            self.blocks.append(view)
        if self.isVisible():
            self._fit()
