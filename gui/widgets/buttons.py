"""Buttons: primary, secondary, flat, with an icon alone, and links.

A button takes the focus from the keyboard alone, so that its ring is seen only then.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from gui.theme import current, refresh_style, set_face, set_square
from gui.widgets.focus_ring import FocusRing
from gui.widgets.themed import IconFollower

_ICON = 16
_SMALL_ICON = 14
_GAPS = {"link": 1, "flat": 3}
_SMALL_GAP, _GAP = 4, 5
"""Between icon and words, besides the pixel of Qt's own: where small and as usual."""
_RING_BESIDE = 4
_LEAST_HIT = 24
_EDGES = {26: "height.control_small", 30: "height.control"}


class Button(QPushButton):
    """A button of one kind, with an icon that follows the theme."""

    kind = ""
    icon_role = "text1"
    weight = 500
    gap = 0
    """Between icon and words, where it is not that of the kind."""

    def __init__(self, text: str = "", icon: str = "", parent: QWidget | None = None) -> None:
        """Make it; `icon` is the file name of an icon without its ending."""
        super().__init__(text, parent)
        self._icon: IconFollower | None = None
        self._edge = _ICON
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_face(self, "body", self.weight, figures=False)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setAutoDefault(False)
        self.set_kind(self.kind, self.icon_role)
        if icon:
            self.set_icon(icon)

    def set_kind(self, kind: str, icon_role: str = "text1") -> None:
        """Look like another kind of button from now on."""
        self.icon_role = icon_role
        self.setProperty("kind", kind)
        refresh_style(self)

    def set_small(self) -> None:
        """Be 26 high with smaller words, as in docks and tool rows; to be called before showing."""
        self.setProperty("dense", True)
        self._edge = _SMALL_ICON
        if self._icon is not None:
            self._fit_icon(self._icon)
        set_face(self, "small", self.weight, figures=False)

    def set_icon(self, name: str) -> None:
        """Show an icon."""
        if self._icon is None:
            self._icon = IconFollower(self, name, self.icon_role, self._edge)
            self._fit_icon(self._icon)
        else:
            self._icon.show(name, self.icon_role)

    def _fit_icon(self, icon: IconFollower) -> None:
        """Keep the icon's distance from the words; Qt leaves too much at their other side."""
        usual = _GAP if self._edge == _ICON else _SMALL_GAP
        gap = self.gap or _GAPS.get(self.property("kind"), usual)
        gap = gap if self.text() else 0
        self.setIconSize(QSize(self._edge + gap, self._edge))
        icon.resize(self._edge, gap)
        if gap:
            self.setProperty("pictured", True)
            refresh_style(self)

    def follow(self, action: QAction) -> None:
        """Do what an action does, whenever it can; the tooltip tells its keys."""
        self._action = action
        action.changed.connect(self._take_action)
        self.clicked.connect(action.trigger)
        self._take_action()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter, too, as people expect of a button with the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _take_action(self) -> None:
        action = self._action
        self.setEnabled(action.isEnabled())
        keys = action.shortcut().toString()
        text = action.iconText()
        self.setToolTip(f"{text} ({keys})" if keys else text)


class SecondaryButton(Button):
    """The usual button."""


class PrimaryButton(Button):
    """The one that a region is about."""

    kind = "primary"
    icon_role = "on_accent"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the focus as a ring inside an accent rim."""
        super().paintEvent(event)
        if self.property("kind") == "primary" and self.hasFocus():
            paint_primary_focus(self)


def paint_primary_focus(widget: QWidget) -> None:
    """Paint the ring of a focused primary button over what the style has painted."""
    theme = current()
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = theme.size("radius.m")
    width = theme.size("line.focus")
    for role, inset in (("on_accent", 1.5 * width), ("accent", 0.5 * width)):
        painter.setPen(QPen(theme.colour(role), width))
        rect = QRectF(widget.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, radius - inset, radius - inset)


class DangerButton(Button):
    """Takes something away for good: in confirmations alone."""

    kind = "danger"
    icon_role = "on_bad"


class FlatButton(Button):
    """Without an outline: in tool rows."""

    kind = "flat"
    icon_role = "text2"


class IconButton(FlatButton):
    """An icon alone; its name is told by tooltip and to screen readers."""

    def __init__(
        self, icon: str, name: str, *, size: Literal[24, 26, 30] = 26, parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            icon: File name of the icon.
            name: What it does.
            size: Edge in pixels.
            parent: Qt's owner.
        """
        super().__init__("", icon, parent)
        if size in _EDGES:
            set_square(self, _EDGES[size])
        else:  # nothing that is clicked is smaller, however dense the rest is
            self.setProperty("square", str(size))
            self.setFixedSize(size, size)
            refresh_style(self)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_small(self) -> None:
        """Show the icon smaller, as in a row of small words; the edge stays."""
        self._edge = _SMALL_ICON
        if self._icon is not None:
            self._fit_icon(self._icon)


class LinkButton(Button):
    """Words that lead somewhere: no wider than they are, so that they end where the rest ends."""

    kind = "link"
    icon_role = "accent_text"
    weight = 400

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        """Make it."""
        super().__init__(text, "", parent)
        self._ring: FocusRing | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Take the room of the words, and enough for the pointer."""
        return super().sizeHint().expandedTo(QSize(_LEAST_HIT, 0))

    def minimumSizeHint(self) -> QSize:
        """Never cut the words."""
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring, which reaches out of the words."""
        super().focusInEvent(event)
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        if self._ring is not None:
            self._ring.vanish()

    def showEvent(self, event: QShowEvent) -> None:
        """Have the ring from the first moment, where the keyboard is here already."""
        super().showEvent(event)
        if self.hasFocus():
            self._show_ring()

    def _show_ring(self) -> None:
        if self._ring is None:
            self._ring = FocusRing(self, _RING_BESIDE)
        self._ring.appear()
