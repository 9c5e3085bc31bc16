"""The list of what can be completed, with help at its right; the keyboard stays in the editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current
from gui.viewmodels.code_words import code_words
from gui.viewmodels.completion import (
    CANDIDATE_ROLE,
    Candidate,
    CompletionModel,
    Completions,
)
from gui.widgets.chips import KeyCap
from gui.widgets.frames import Line
from gui.widgets.labels import Label
from gui.widgets.prose import Prose

ROW: Final = 26
_HELP: Final = 240
_NARROWEST: Final = 268
_WIDEST: Final = 380
_MOST_ROWS: Final = 8
_TOP, _BELOW = 5, 4
_LEAST_HEIGHT: Final = 3 * ROW + _TOP + _BELOW
_ICON: Final = 14
_PADDING: Final = 8
_SAMPLE: Final = 14
_LEAST_SAMPLE: Final = 24
_GAP: Final = 3
_FRAME: Final = 2
"""The popup's left edge, and the line at the right of the list."""

_ICONS: Final = {
    "keyword": "chevron-right",
    "function": "square-function",
    "column": "table",
    "alias": "arrow-right",
    "field": "braces",
    "topic": "radio",
    "snippet": "braces",
}

Index = QModelIndex | QPersistentModelIndex


class CompletionPopup(QWidget):
    """Shows candidates beside the word that is typed.

    Signals:
        chosen: A candidate was clicked.
        announced: What a screen reader should say of the candidate that is marked now.
    """

    chosen = Signal(object)
    announced = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        """Make it, hidden; `parent` is the window that it lies on."""
        super().__init__(parent)
        self._window = parent
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Completions"))
        self.model = CompletionModel()
        self.model.setParent(self)
        self.list = _List(self.model)
        self._signature = Label(style="code_small", weight=500, elide="end")
        self._help = Prose("small", "text2")
        self._example = Label(style="code_small", role="syntax.path", elide="end")
        self._lay_out()
        self.list.selectionModel().currentRowChanged.connect(self._show_help)
        self.list.clicked.connect(self._choose)
        current().changed.connect(self.update)
        self.hide()

    def _lay_out(self) -> None:
        theme = current()
        row = QHBoxLayout(self)
        row.setContentsMargins(1, _TOP, 4, _BELOW)
        row.setSpacing(0)
        row.addWidget(self.list, 1)
        row.addWidget(Line(Qt.Orientation.Vertical))
        side = QWidget()
        side.setFixedWidth(_HELP - 4)
        column = self._side = QVBoxLayout(side)
        column.setContentsMargins(theme.size("space.m"), 5, theme.size("space.s"), 3)
        column.setSpacing(theme.size("space.xs"))
        for widget in (self._signature, self._help, self._example):
            column.addWidget(widget)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(KeyCap("Tab"))
        foot.addWidget(Label(self.tr("accept"), style="small", role="text2"))
        foot.addStretch(1)
        column.addLayout(foot)
        row.addWidget(side)

    @property
    def candidate(self) -> Candidate | None:
        """What is chosen now."""
        index = self.list.currentIndex()
        return index.data(CANDIDATE_ROLE) if index.isValid() else None

    def show_at(self, completions: Completions, word: QRect) -> None:
        """Show candidates below a word, or above it where there is no room.

        Args:
            completions: What to show; the first one is chosen.
            word: The start of the word, its line's top and height, in the window's pixels.
        """
        self.model.show(completions)
        bar = self.list.verticalScrollBar().sizeHint().width()
        beside = _FRAME + (bar if len(completions.candidates) > _MOST_ROWS else 0)
        taken = self.list.measure(_WIDEST - beside) + beside
        helped = self._help_height(completions.candidates)
        self.list.setCurrentIndex(self.model.index(0, 0))
        rows = min(len(completions.candidates), _MOST_ROWS)
        width = min(max(taken, _NARROWEST), _WIDEST) + _HELP
        height = max(rows * ROW + _TOP + _BELOW, _LEAST_HEIGHT, helped)
        window = self._window
        left = max(0, min(word.left(), window.width() - width - 4))
        top = word.bottom() + 1 + _GAP
        if top + height > window.height():
            top = max(0, word.top() - _GAP - height)
        self.setGeometry(left, top, width, height)
        self.show()
        self.raise_()

    def move_choice(self, step: int) -> None:
        """Choose the candidate some rows away; the ends hold."""
        row = max(0, min(self.model.rowCount() - 1, self.list.currentIndex().row() + step))
        self.list.setCurrentIndex(self.model.index(row, 0))

    def _help_height(self, candidates: Sequence[Candidate]) -> int:
        """Tell the height that the longest help takes, so that none is cut; a long list has it."""
        if len(candidates) >= _MOST_ROWS:
            return 0
        heights: list[int] = []
        for candidate in candidates:
            self._say(candidate)
            heights.append(self._side.totalHeightForWidth(_HELP - 4))
        return max(heights, default=0) + _TOP + _BELOW

    @Slot()
    def _show_help(self) -> None:
        if self.candidate is not None:
            self._say(self.candidate)
            spoken = str(self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))
            self.announced.emit(spoken)

    def _say(self, candidate: Candidate) -> None:
        is_function = candidate.kind == "function"
        self._signature.setVisible(is_function)
        self._signature.setText(f"{candidate.label}{candidate.detail}" if is_function else "")
        self._help.say(candidate.help, code_words(candidate.help))
        self._example.setVisible(bool(candidate.example))
        self._example.setText(candidate.example)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(CANDIDATE_ROLE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the floating ground."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surface3"))
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        radius = theme.size("radius.l")
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, radius, radius)


class _List(QListView):
    """The rows."""

    def __init__(self, model: CompletionModel) -> None:
        super().__init__()
        self.sample_width = 0
        self.setModel(model)
        self.setAccessibleName(self.tr("Completions"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setProperty("kind", "completion")
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Row(self))
        current().changed.connect(self._tint)
        self._tint()

    def measure(self, most: int) -> int:
        """Give all samples the room of the longest, so that the types stand below each other.

        Samples give way to names where there is too little room.

        Args:
            most: The widest that the rows can become, in pixels.

        Returns:
            The room that the rows take.
        """
        code, small = QFontMetrics(_bold()), QFontMetrics(current().font("small"))
        model = self.model()
        rows = [model.index(row, 0).data(CANDIDATE_ROLE) for row in range(model.rowCount())]
        names = [code.horizontalAdvance(row.label) + _room_for(small, row) for row in rows]
        widest = max(names, default=0) + _ICON + 3 * _PADDING + 2
        usual = QFontMetrics(current().font("code"))
        samples = {row.sample[:_SAMPLE] for row in rows if row.sample}
        wanted = max((usual.horizontalAdvance(text) + 1 for text in samples), default=0)
        left = max(min(wanted, most - widest - 2 * _PADDING), 0)
        self.sample_width = left if left >= min(wanted, _LEAST_SAMPLE) else 0
        return widest + (self.sample_width + 2 * _PADDING if self.sample_width else 0)

    @Slot()
    def _tint(self) -> None:
        palette = self.palette()
        palette.setColor(self.backgroundRole(), current().colour("surface3"))
        palette.setColor(self.viewport().backgroundRole(), current().colour("surface3"))
        self.setPalette(palette)


class _Row(QStyledItemDelegate):
    """Paints kind, name with the matched letters, type and sample."""

    def __init__(self, rows: _List) -> None:
        super().__init__(rows)
        self._list = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Take 26."""
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        theme = current()
        candidate: Candidate = index.data(CANDIDATE_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        is_chosen = self._list.currentIndex() == index
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("selection" if is_chosen else "surface3"))
        painter.drawRoundedRect(QRectF(rect), theme.size("radius.s"), theme.size("radius.s"))
        left, right = rect.left() + _PADDING, rect.right() - _PADDING
        icon = QRect(left, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        theme.icon(_ICONS[candidate.kind], "text2", _ICON).paint(painter, icon)
        left += _ICON + _PADDING
        right = self._paint_right(painter, rect, right, candidate)
        self._paint_name(painter, QRect(left, rect.top(), right - left, ROW), index, candidate)
        painter.restore()

    def _paint_right(self, painter: QPainter, rect: QRect, right: int, candidate: Candidate) -> int:
        theme = current()
        painter.setPen(theme.colour("text3"))
        samples = self._list.sample_width
        code = QFontMetrics(theme.font("code"))
        sample = code.elidedText(candidate.sample[:_SAMPLE], Qt.TextElideMode.ElideRight, samples)
        for style, text, column in (
            ("code", sample if samples else "", samples),
            ("small", _right_word(candidate), 0),
        ):
            painter.setFont(theme.font(style))
            width = painter.fontMetrics().horizontalAdvance(text) + 1 if text else 0
            box = QRect(right - width, rect.top(), width, ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            taken = max(width, column)
            right -= taken + 2 * _PADDING if taken else 0
        return right

    def _paint_name(
        self, painter: QPainter, box: QRect, index: Index, candidate: Candidate
    ) -> None:
        theme = current()
        model = index.model()
        prefix = model.completions.prefix if isinstance(model, CompletionModel) else ""
        at = candidate.label.lower().find(prefix.lower()) if prefix else -1
        pieces = [(candidate.label, False)]
        if at >= 0:
            label, end = candidate.label, at + len(prefix)
            pieces = [(label[:at], False), (label[at:end], True), (label[end:], False)]
        usual, bold = theme.font("code"), _bold()
        for text, is_match in pieces:
            painter.setFont(bold if is_match else usual)
            painter.setPen(theme.colour("accent_text" if is_match else "text1"))
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, max(box.width(), 0)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            box = box.adjusted(painter.fontMetrics().horizontalAdvance(shown), 0, 0, 0)


def _right_word(candidate: Candidate) -> str:
    return "" if candidate.kind == "function" else candidate.detail


def _room_for(metrics: QFontMetrics, candidate: Candidate) -> int:
    """Tell the room of the word at the right of a name, with the gap before it."""
    word = _right_word(candidate)
    return metrics.horizontalAdvance(word) + 1 + 2 * _PADDING if word else 0


def _bold() -> QFont:
    """Give the font of matched letters."""
    font = QFont(current().font("code"))
    font.setWeight(QFont.Weight.DemiBold)
    return font
