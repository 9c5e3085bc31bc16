"""What a walk over a page finds: colours from outside of the table that widgets are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QImage, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from .audit import described, first_cells

MOST_LINES: Final = 500
"""Of a document that is looked at: what colours them does so alike in every line."""

_WITH_WORDS: Final = (
    *(QLabel, QAbstractButton, QAbstractItemView, QComboBox, QHeaderView, QLineEdit),
    *(QPlainTextEdit, QTabBar, QTextEdit),
)


def foreign_inks(root: QWidget, known: set[int]) -> list[str]:
    """Find style sheets of a widget's own, and what has words, icons, rows in foreign colours.

    Args:
        root: What is looked through.
        known: The colours of the theme.
    """
    shown = [widget for widget in [root, *root.findChildren(QWidget)] if widget.isVisible()]
    ways = (_foreign_words, _foreign_icons, _foreign_cells)
    found = [f"style sheet of {described(widget)}" for widget in shown if widget.styleSheet()]
    found += chain.from_iterable(way(widget, known) for way in ways for widget in shown)
    return [*found, *_foreign_texts(root, known)]


def _foreign_words(widget: QWidget, known: set[int]) -> Iterator[str]:
    """Find words that Qt paints in another colour than those of the theme."""
    if not isinstance(widget, _WITH_WORDS) or (isinstance(widget, QLabel) and not widget.text()):
        return
    ink = widget.palette().color(widget.foregroundRole())
    if ink.rgb() & 0xFFFFFF not in known:
        yield f"{ink.name()}: {described(widget)}"


def _foreign_icons(widget: QWidget, known: set[int]) -> Iterator[str]:
    """Find icons in another colour than those of the theme."""
    for icon, size in _icons(widget):
        tint = tint_of(icon, size)
        if tint is not None and not is_near(tint, known):
            yield f"#{tint:06x}: icon of {described(widget)}"


def _icons(widget: QWidget) -> Iterator[tuple[QIcon, QSize]]:
    if isinstance(widget, QAbstractButton):
        yield widget.icon(), widget.iconSize()
    elif isinstance(widget, QComboBox):
        yield widget.itemIcon(widget.currentIndex()), widget.iconSize()
    elif isinstance(widget, QTabBar):
        yield from ((widget.tabIcon(place), widget.iconSize()) for place in range(widget.count()))


def _foreign_cells(view: QWidget, known: set[int]) -> Iterator[str]:
    """Find rows whose words, grounds or icons have another colour than those of the theme."""
    if not isinstance(view, QAbstractItemView):
        return
    roles = (
        *(Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.BackgroundRole),
        Qt.ItemDataRole.DecorationRole,
    )
    for index, role in product(first_cells(view), roles):
        ink = _ink_of(index.data(role), view.iconSize())
        if ink is not None and not is_near(ink, known):
            yield f"#{ink:06x}: row {index.row()} of {described(view)}"


def _ink_of(data: object, size: QSize) -> int | None:
    """Tell the colour of what a model gives to paint with; None for anything else."""
    if isinstance(data, QIcon):
        return tint_of(data, size if size.isValid() else QSize(16, 16))
    if isinstance(data, QBrush | QColor):
        return QBrush(data).color().rgb() & 0xFFFFFF
    return None


def _foreign_texts(root: QWidget, known: set[int]) -> list[str]:
    """Find texts whose formats have another colour than those of the theme."""
    found: set[str] = set()
    for widget in root.findChildren(QWidget):
        if widget.isVisible():
            foreign = {
                ink.name()
                for ink in inks_of(_formats(widget))
                if ink.alpha() and ink.rgb() & 0xFFFFFF not in known
            }
            found |= {f"{name}: text of {described(widget)}" for name in foreign}
    return sorted(found)


def _formats(widget: QWidget) -> Iterator[QTextCharFormat]:
    """Give how the text of a widget is formatted; what is laid over it as well."""
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        yield from (each.format for each in widget.extraSelections())  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        yield from _formats_of(widget.document())
    elif isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.RichText:
        document = QTextDocument()
        document.setHtml(widget.text())
        yield from _formats_of(document)


def _formats_of(document: QTextDocument) -> Iterator[QTextCharFormat]:
    block = document.begin()
    while block.isValid() and block.blockNumber() < MOST_LINES:
        yield from (piece.format for piece in block.layout().formats())
        pieces = block.begin()
        while not pieces.atEnd():
            yield pieces.fragment().charFormat()
            pieces += 1
        block = block.next()


def inks_of(formats: Iterable[QTextCharFormat]) -> Iterator[QColor]:
    """Give the colours that formats set: of letters, of what is behind, of lines below."""
    for each in formats:
        for brush in (each.foreground(), each.background()):
            if brush.style() != Qt.BrushStyle.NoBrush:
                yield brush.color()
        if each.underlineColor().isValid():
            yield each.underlineColor()


def tint_of(icon: QIcon, size: QSize) -> int | None:
    """Tell the colour that most of an icon has; None where nothing of it is opaque."""
    image = icon.pixmap(size).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = memoryview(image.constBits()).cast("I") if not image.isNull() else ()  # type: ignore[call-overload]
    inks = Counter(pixel & 0xFFFFFF for pixel in pixels if pixel >> 24 == 0xFF)
    return inks.most_common(1)[0][0] if inks else None


def is_near(tint: int, known: set[int]) -> bool:
    """Whether it is one of the known colours, but for what smoothing an edge rounds off."""

    def apart(other: int) -> int:
        return max(abs((tint >> shift & 0xFF) - (other >> shift & 0xFF)) for shift in (0, 8, 16))

    return tint in known or any(apart(other) <= 1 for other in known)
