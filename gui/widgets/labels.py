"""Texts: elided where there is no room, in a style of the token table; state shapes beside them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.theme import current, has_figures, set_face
from gui.theme.wear import wear_face_again

Elide: TypeAlias = Literal["end", "middle", "never"]

_SMALL_GAP = 6
"""Between a shape and small words."""
_MODES = {"end": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}


class Label(QLabel):
    """A text in a style and a colour of the tokens; its whole text is the tooltip when cut."""

    def __init__(
        self,
        text: str = "",
        *,
        style: str = "body",
        weight: int | None = None,
        role: str = "text1",
        elide: Elide = "never",
        figures: bool | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            text: Plain text.
            style: A text style, such as `small`.
            weight: Another weight than the style's.
            role: Name of its colour.
            elide: Where it is cut when there is no room.
            figures: Whether figures are of equal width; by default where there are some, unless
                the text has a hyphen, as names have.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._role, self._elide, self._whole = role, elide, ""
        self._shorter: tuple[str, ...] = ()
        self._detail = ""
        self._style, self._weight = style, weight
        self._figures, self._has_figures = figures, figures is not False
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_face(self, style, weight, figures=self._has_figures)
        current().changed.connect(self._tint)
        self._tint()
        if elide != "never":
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str, *shorter: str) -> None:
        """Show another text; one that may be elided is put in shorter words first, if given."""
        if (text, shorter) == (self._whole, self._shorter):
            return  # being laid out costs more than looking
        self._whole, self._shorter = text, shorter
        self._fit_figures(text)
        if self._elide == "never":
            super().setText(text)
        else:
            self._cut()
            self.updateGeometry()

    def _fit_figures(self, text: str) -> None:
        if self._figures is not None:
            return
        if has_figures(text) != self._has_figures:
            self._has_figures = not self._has_figures
            set_face(self, self._style, self._weight, figures=self._has_figures)

    def set_detail(self, text: str) -> None:
        """Show more in the tooltip than the text tells, whether that is cut or not."""
        self._detail = text
        self._cut()

    def whole_text(self) -> str:
        """Give the text before it was cut."""
        return self._whole

    def needed_width(self) -> int:
        """Tell the room that the shortest wording takes."""
        metrics = QFontMetrics(self.font())
        return min(map(metrics.horizontalAdvance, (self._whole, *self._shorter))) + 2

    def width_in(self, room: int) -> int:
        """Tell how much of some room the first wording takes that fits; all where none does."""
        metrics = QFontMetrics(self.font())
        widths = (metrics.horizontalAdvance(text) + 2 for text in (self._whole, *self._shorter))
        return next((width for width in widths if width <= room), max(room, 0))

    def set_weight(self, weight: int) -> None:
        """Change how heavy the letters are."""
        if weight != self._weight:
            self._weight = weight
            set_face(self, self._style, weight, figures=self._has_figures)

    def set_role(self, role: str) -> None:
        """Change the colour."""
        if role != self._role:
            self._role = role
            self._tint()

    def sizeHint(self) -> QSize:
        """Ask for room for the whole text."""
        if self._elide == "never":
            return super().sizeHint()
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Do with little room where the text may be cut."""
        if self._elide == "never":
            return super().minimumSizeHint()
        return QSize(QFontMetrics(self.font()).averageCharWidth() * 4, super().sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Keep colour and font: another parent brings back the first that the sheet has seen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            wear_face_again(current(), self)
            self._tint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        if self._elide != "never":
            self._cut()

    def _cut(self) -> None:
        metrics = QFontMetrics(self.font())
        wordings = (self._whole, *self._shorter)
        fitting = (text for text in wordings if metrics.horizontalAdvance(text) <= self.width())
        shown = next(fitting, None)  # Qt elides a text that is a part of a pixel wider, too
        if shown is None:
            shown = metrics.elidedText(wordings[-1], _MODES[self._elide], self.width())
        super().setText(shown)
        self.setToolTip(self._detail or (self._whole if shown != self._whole else ""))

    @Slot()
    def _tint(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, current().colour(self._role))
        self.setPalette(palette)
        if self._elide != "never":
            self._cut()  # the font may be another one, too


class Paragraph(Label):
    """A text over several lines, at its style's line height, which QLabel takes in HTML alone."""

    def __init__(
        self,
        text: str,
        *,
        style: str = "body",
        role: str = "text1",
        parent: QWidget | None = None,
    ) -> None:
        """Make it; the arguments are those of `Label`. One with code in it is a `Prose`."""
        self._style, self._plain = style, ""
        super().__init__(style=style, role=role, parent=parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setText(text)
        current().changed.connect(self._take_look)

    def setText(self, text: str, *shorter: str) -> None:
        """Show another text; it wraps, so that no shorter one is needed."""
        del shorter
        self._plain = text
        line = current().face(self._style).line
        super().setText(f'<p style="line-height:{line}px">{escape(text)}</p>')
        self.setAccessibleName(text)

    def _fit_figures(self, text: str) -> None:
        del text  # it has the figures and hyphens of its HTML
        super()._fit_figures(self._plain)

    @Slot()
    def _take_look(self) -> None:
        self.setText(self._plain)


class Icon(QWidget):
    """An icon that is no button."""

    def __init__(
        self, name: str, size: int = 28, role: str = "text3", parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            name: File name of the icon.
            size: Edge in pixels.
            role: Name of its colour.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._name, self._size, self._role = name, size, role
        self.setFixedSize(size, size)
        current().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        icon = current().icon(self._name, self._role, self._size)
        icon.paint(QPainter(self), QRectF(self.rect()).toRect())


class StateShape(QWidget):
    """The shape of a state, which a screen reader hears as the word that it is given.

    Without one it is the mark of the words beside it, which say all but that something is wrong.
    """

    def __init__(
        self,
        status: str = "stopped",
        *,
        size: int = 12,
        ground: str = "surface1",
        parent: QWidget | None = None,
    ) -> None:
        """Make it; `ground` is the colour's name behind it."""
        super().__init__(parent)
        self._status, self._ground = status, ground
        self.setFixedSize(size, size)
        current().changed.connect(self.update)
        self.set_status(status)

    @property
    def status(self) -> str:
        """The name of the state."""
        return self._status

    def set_status(self, status: str, word: str = "") -> None:
        """Show another state; `word` is what it is called here."""
        self._status = status
        marks = {"failed": self.tr("Problem"), "degraded": self.tr("Warning")}
        self.setAccessibleName(word or marks.get(status, ""))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shape."""
        current().paint_state(QPainter(self), QRectF(self.rect()), self._status, self._ground)


class StateLine(QWidget):
    """A shape and a text beside it."""

    def __init__(
        self, *, style: str = "body", ground: str = "surface1", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SMALL_GAP if style == "small" else current().size("space.s"))
        self.shape = StateShape(ground=ground)
        self.label = Label(style=style, role="text2", elide="end")
        layout.addWidget(self.shape)
        layout.addWidget(self.label, 1)

    def set_state(
        self, status: str, text: str, role: str = "text2", *, shorter: Sequence[str] = ()
    ) -> None:
        """Show another state with its sentence, and how to say it where there is little room."""
        self.shape.set_status(status, text)
        self.label.set_role(role)
        self.label.setText(text, *shorter)
