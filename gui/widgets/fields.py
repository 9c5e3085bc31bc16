"""Fields: one line of text, a choice, a check box, and the label and help around them.

Heights are 30, and 26 where `small`. A field with a problem has its outline in the colour of
failures and tells the problem to screen readers.
"""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, refresh_style, set_face
from gui.widgets.buttons import LinkButton
from gui.widgets.labels import Label, StateShape
from gui.widgets.menu import show_text_menu
from gui.widgets.prose import Prose, ProseLine, code_words
from gui.widgets.round_window import cut_corners, make_round
from gui.widgets.themed import state_icon

_CHEVRON: Final = 14
_CHEVRON_RIGHT: Final = 9
_COMBO_SIDES: Final = 43
"""What the style sheet takes at both sides of a choice: edges, padding, room for the chevron."""
_COMBO_SHAPE: Final = 12
_BOX: Final = 16
_LIST_GAP: Final = 4
_BOX_GAP: Final = 8
_LABEL_GAP: Final = 6
_ON_BASELINE: Final = 2
"""Above smaller words beside a label, which stand on its line then."""
_SHAPE: Final = 12
_SHAPE_TOP: Final = 3
_BESIDE_LINK: Final = 4
_SHAPE_RIGHT: Final = 6 - _BESIDE_LINK
BESIDE_ABOVE: Final = 3
"""How much higher the row of the label is where something that is clicked stands in it."""


@runtime_checkable
class ShowsProblem(Protocol):
    """An editor that marks itself as wrong."""

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        ...


def show_problem(widget: QWidget, problem: str) -> None:
    """Mark a field as wrong, with the sentence that a screen reader hears; empty for right."""
    if widget.accessibleDescription() != problem:
        widget.setAccessibleDescription(problem)
        widget.setProperty("problem", bool(problem))
        refresh_style(widget)


class LineField(QLineEdit):
    """One line of text."""

    def __init__(
        self,
        name: str,
        *,
        style: str = "body",
        small: bool = False,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            style: A text style; one of code for topics and keys.
            small: Whether it is 26 high instead of 30.
            placeholder: An example, never the label.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        set_face(self, "small" if small and style == "body" else style, figures=False)
        self.setProperty("dense", small)

    def set_problem(self, problem: str) -> None:
        """Say what is wrong with the text; empty when it is right."""
        show_problem(self, problem)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the usual menu, in our look."""
        show_text_menu(self, event.globalPos())


class ComboBox(QComboBox):
    """A choice of few; each may carry the shape of a state."""

    def __init__(self, name: str, *, small: bool = False, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._statuses: dict[int, str] = {}
        self._has_round_list = False
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        set_face(self, "small" if small else "body", figures=False)
        self.setProperty("dense", small)
        self.setIconSize(QSize(_COMBO_SHAPE, _COMBO_SHAPE))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setItemDelegate(QStyledItemDelegate(self))  # the sheet's rows are for this kind
        current().changed.connect(self._tint)

    def show_status(self, place: int, status: str, word: str) -> None:
        """Put the shape of a state before an item; its word is told to screen readers."""
        if self._statuses.get(place) != status:
            self._statuses[place] = status
            self.setItemIcon(place, state_icon(status, _COMBO_SHAPE, "surface2"))
        spoken = f"{self.itemText(place)}: {word}"
        if self.itemData(place, Qt.ItemDataRole.AccessibleTextRole) != spoken:
            self.setItemData(place, spoken, Qt.ItemDataRole.AccessibleTextRole)

    def needed_width(self) -> int:
        """Tell the room that the whole choice takes."""
        icon = 0 if self.itemIcon(self.currentIndex()).isNull() else self.iconSize().width() + 4
        return self.fontMetrics().horizontalAdvance(self.currentText()) + icon + _COMBO_SIDES

    def clear(self) -> None:
        """Take all items out."""
        self._statuses = {}
        super().clear()

    def showPopup(self) -> None:
        """Open the list, with round corners."""
        if not self._has_round_list:
            self._has_round_list = True
            list_window = self.view().window()
            make_round(list_window)
            list_window.installEventFilter(self)
        super().showPopup()
        self._part_list()

    def _part_list(self) -> None:
        """Leave a gap between the field and its list, where the screen has room for one."""
        shown = self.view().window()
        top, room = self.mapToGlobal(QPoint(0, self.height())).y(), self.screen().geometry()
        if abs(shown.y() - top) <= 1 and top + _LIST_GAP + shown.height() <= room.bottom():
            shown.move(shown.x(), top + _LIST_GAP)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the corners of the list's window round, whose size is Qt's matter."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            cut_corners(watched)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chevron over what the style has painted."""
        super().paintEvent(event)
        self.paint_chevron(QPainter(self))

    def paint_chevron(self, painter: QPainter) -> None:
        """Paint the chevron at the right."""
        left = self.width() - _CHEVRON_RIGHT - _CHEVRON
        place = QRect(left, (self.height() - _CHEVRON) // 2, _CHEVRON, _CHEVRON)
        role = "text2" if self.isEnabled() else "text_disabled"
        current().icon("chevron-down", role, _CHEVRON).paint(painter, place)

    @Slot()
    def _tint(self) -> None:
        for place, status in self._statuses.items():
            self.setItemIcon(place, state_icon(status, _COMBO_SHAPE, "surface2"))


class CheckBox(QCheckBox):
    """A box of 16 with its words."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        set_face(self, "body")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Take the room of the box and the words, and enough height for the pointer."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text())
        gap = _BOX_GAP if self.text() else 0
        return QSize(_BOX + gap + width + 2, current().size("height.control_small"))

    def minimumSizeHint(self) -> QSize:
        """Never cut the words."""
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        """Take clicks everywhere."""
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, tick and words."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, (self.height() - _BOX) / 2, _BOX, _BOX)
        paint_box(
            painter,
            box,
            is_checked=self.isChecked(),
            is_enabled=self.isEnabled(),
            has_focus=self.hasFocus(),
            is_partial=self.checkState() == Qt.CheckState.PartiallyChecked,
        )
        painter.setPen(theme.colour("text1" if self.isEnabled() else "text_disabled"))
        painter.setFont(self.font())
        text = self.rect().adjusted(_BOX + _BOX_GAP, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())


def paint_box(
    painter: QPainter,
    box: QRectF,
    *,
    is_checked: bool,
    is_enabled: bool = True,
    has_focus: bool = False,
    is_partial: bool = False,
    outline: str = "",
) -> None:
    """Paint the box of a check box, with its ring while the keyboard is there.

    Args:
        painter: Where.
        box: Its place.
        is_checked: Whether there is a tick; a dash if `is_partial`.
        is_enabled: Whether it can be changed.
        has_focus: Whether the keyboard is there.
        is_partial: Whether some of what it stands for are checked.
        outline: Name of another colour of the outline.
    """
    theme, radius = current(), current().size("radius.s")
    outline = outline or ("border_control" if is_enabled else "border")
    painter.setBrush(theme.colour("surface2"))
    if has_focus:
        painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius - 1, radius - 1)
        box = box.adjusted(3, 3, -3, -3)
        radius -= 3
    elif not is_checked:
        painter.setPen(QPen(theme.colour(outline), 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    if not is_checked:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent" if is_enabled else "border_control"))
    painter.drawRoundedRect(box, radius, radius)
    pen = QPen(theme.colour("on_accent"), 1.9 * box.width() / _BOX)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    scale, left, top = box.width() / _BOX, box.left(), box.top()
    tick, dash = ((3.8, 8.3), (6.8, 11.3), (12.2, 5.2)), ((4.2, 8.0), (11.8, 8.0))
    points = dash if is_partial else tick
    painter.drawPolyline(QPolygonF([QPointF(left + x * scale, top + y * scale) for x, y in points]))


def leave_field(page: QWidget) -> None:
    """Have what is typed into a field of a page count as left, with the keyboard still there.

    On a button it goes to the page itself: one that saves is of no use right after it.
    """
    field = page.focusWidget()
    page.setFocus()
    if isinstance(field, QPushButton):
        return
    while field is not None and page.isAncestorOf(field):
        is_stop = field.focusProxy() is not None or field.focusPolicy() != Qt.FocusPolicy.NoFocus
        if field.isVisible() and is_stop:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        field = field.parentWidget()


class Field(QWidget):
    """A label above a field, and help below it, which a problem or a warning replaces.

    Signals:
        linkClicked: What solves the problem was asked for.
    """

    linkClicked = Signal()

    def __init__(
        self,
        label: str,
        editor: QWidget,
        *,
        help_text: str = "",
        note: str = "",
        required: bool = False,
        side: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """Put a field together.

        Args:
            label: Its name.
            editor: What is typed into or chosen from.
            help_text: One sentence below it.
            note: A few words beside the label, in place of "required".
            required: Whether it must have a value.
            side: Width of the label at the left of the editor, as a name of code; 0 for a label
                above it.
            parent: Qt's owner.
        """
        super().__init__(parent)
        theme = current()
        self.editor, self._help = editor, help_text
        self._gap = theme.size("space.label_gap")
        self.label = Label(label, style="code_small") if side else Label(label, weight=500)
        self.label.setMinimumHeight(theme.face("body").line)
        self.label.setBuddy(editor)
        editor.setAccessibleName(editor.accessibleName() or label)
        head = QHBoxLayout()
        head.setSpacing(_LABEL_GAP)
        head.setContentsMargins(0, 0, 0, self._gap)
        head.addWidget(self.label)
        beside = note or (self.tr("required") if required else "")
        if beside:
            words = Label(beside, style="small", role="text3")
            words.setContentsMargins(0, _ON_BASELINE, 0, 0)
            head.addWidget(words)
        head.addStretch(0 if side else 1)
        self._head = head
        self._shape = StateShape("failed", size=_SHAPE)
        self._text = Prose(style="small", role="text3")
        self._link = LinkButton()
        self._link.set_small()
        self._link.clicked.connect(self.linkClicked)
        self._behind = ProseLine()
        self._said: tuple[str, ...] | None = None
        self._needed = 0
        """Pixels that the sentence and its link take beside each other; 0 without a link."""
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot.setSpacing(_BESIDE_LINK)
        self._fill_foot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if side:
            self.label.setFixedWidth(side)
            head.setSpacing(0)
            head.setContentsMargins(0, 0, 0, 0)
            head.insertWidget(1, editor, 1)
            column.addLayout(head)
        else:
            column.addLayout(head)
            column.addWidget(editor)
        column.addLayout(self._foot)
        self.set_problem("")

    def _fill_foot(self) -> None:
        """Lay out the sentence below, and its link behind it."""
        self._start = QVBoxLayout()  # the shape stands in the middle of the first line
        self._start.addWidget(self._shape)
        self._start.addStretch(1)
        self._sentence, self._ways = QHBoxLayout(), QHBoxLayout()
        for row in (self._sentence, self._ways):
            row.setSpacing(_BESIDE_LINK)
        self._sentence.addLayout(self._start)
        self._sentence.addWidget(self._text, 1)
        self._ways.addWidget(self._link)
        self._ways.addWidget(self._behind)
        self._foot.addLayout(self._sentence, 1)
        self._ways.addStretch(0)
        self._foot.addLayout(self._ways)

    def add_beside(self, widget: QWidget, *, stretch: int = 0) -> None:
        """Put a small widget at the right end of the row of the label.

        It is higher than the label, and takes that from the gap below.
        """
        self._head.addWidget(widget, stretch)
        self._head.setContentsMargins(0, 0, 0, self._gap - BESIDE_ABOVE)

    def set_problem(self, problem: str, link: str = "", what: str = "") -> None:
        """Say what is wrong with the value; empty when it is right.

        Args:
            problem: A sentence; placeholders and what stands in backticks are code.
            link: What can be done about it at once; empty for nothing.
            what: The code that the link is about, which stands behind it.
        """
        self._mark(problem)
        self._say(problem, "failed", link, what)

    def set_warning(self, warning: str, link: str = "") -> None:
        """Say what is good to know about the value, which is right as it is; empty for nothing."""
        self._mark("")
        self._say(warning, "degraded", link)
        self.editor.setAccessibleDescription(warning)

    def set_notice(self, notice: str, link: str = "") -> None:
        """Say what was done to the value, which is right; empty for nothing."""
        self._mark("")
        self._say(notice, "passed", link)
        self.editor.setAccessibleDescription(notice)

    @property
    def link(self) -> LinkButton:
        """What can be done about what is said."""
        return self._link

    def _mark(self, problem: str) -> None:
        if isinstance(self.editor, ShowsProblem):
            self.editor.set_problem(problem)
        else:
            show_problem(self.editor, problem)
        if not problem and self.editor.accessibleDescription():
            self.editor.setAccessibleDescription("")  # of a warning, which not all editors know

    def _say(self, text: str, status: str, link: str = "", what: str = "") -> None:
        """Show a text, with its link and what that is about right behind it."""
        said = (text, status, link, what)
        if said == self._said:  # laying sentences out takes time, and this is asked with every key
            return
        self._said = said
        role, shown = current().state(status).colour if text else "text3", text or self._help
        self._shape.setVisible(bool(text))
        gap = self._gap - (BESIDE_ABOVE if link else 0)
        self._foot.setContentsMargins(0, gap if shown else 0, 0, 0)
        self._shape.set_status(status)
        self._text.set_role(role)
        self._text.say(shown, code_words(shown, role))
        self._text.setVisible(bool(shown))
        self._link.setText(link)
        self._link.setAccessibleName(f"{link} {what}".strip())
        if not link and self.window().focusWidget() is self._link:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)  # what was to be done is done
        self._link.setVisible(bool(link))
        self._behind.say(f"`{what}`." if what else "", {f"`{what}`": role}, role)
        self._behind.setVisible(bool(what))
        self._text.setWordWrap(False)
        sizes = (self._sentence.sizeHint(), self._ways.sizeHint()) if link else ()
        self._needed = sum(size.width() + _BESIDE_LINK for size in sizes)
        self._fit_foot()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the link below the sentence where it has no room behind it."""
        super().resizeEvent(event)
        self._fit_foot()

    def _fit_foot(self) -> None:
        is_below = self._needed - _BESIDE_LINK > self.width()
        is_beside = bool(self._needed) and not is_below
        direction = QBoxLayout.Direction
        self._foot.setDirection(direction.TopToBottom if is_below else direction.LeftToRight)
        self._foot.setStretchFactor(self._sentence, 0 if is_beside else 1)
        self._text.setWordWrap(not is_beside)
        top = _SHAPE_TOP + (BESIDE_ABOVE if is_beside else 0)
        is_marked = not self._shape.isHidden()
        self._start.setContentsMargins(0, top if is_marked else 0, _SHAPE_RIGHT * is_marked, 0)
        begin = _SHAPE + _SHAPE_RIGHT + _BESIDE_LINK
        self._ways.setContentsMargins(begin if is_below else 0, 0, 0, 0)
