"""Pictures of widgets on a page, and how much of a colour of the table is in them."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from gui.theme.tokens import Scheme, tokens
from gui.widgets.frames import Ground
from tests.gui.tour.places import Place, colour_at


def colour(scheme: Scheme, name: str) -> str:
    return tokens().colours[scheme][name].lower()


def on(page: Ground, widget: QWidget, width: int = 0) -> QImage:
    """Take the picture of a widget on the page."""
    widget.setParent(page)
    widget.resize(widget.sizeHint().expandedTo(widget.minimumSize()))
    if width:
        widget.resize(width, widget.height())
    widget.move(20, 20)
    page.show()
    widget.show()
    return page.grab(widget.geometry()).toImage()


def amount(picture: QImage, box: Place, wanted: str) -> int:
    """Count the pixels of a colour."""
    left, top, width, height = box
    places = ((x, y) for x in range(left, left + width) for y in range(top, top + height))
    return sum(colour_at(picture, x, y) == wanted for x, y in places)


def whole(picture: QImage) -> Place:
    return 0, 0, picture.width(), picture.height()
