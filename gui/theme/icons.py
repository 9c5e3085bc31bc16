"""Icons: Lucide's SVG files, tinted with a token's colour at the device's resolution."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_RATIOS = (1.0, 2.0)
_THIN_FROM = 22


class IconCache:
    """Renders each icon once per size and colour; dropped when the theme changes."""

    def __init__(self) -> None:
        self._icons: dict[tuple[str, int, str, str, int], QIcon] = {}

    def icon(self, name: str, size: int, colour: QColor, disabled: QColor, gap: int = 0) -> QIcon:
        """Make an icon.

        Args:
            name: File name without its ending.
            size: Edge in device-independent pixels.
            colour: At rest.
            disabled: When its button is disabled.
            gap: Empty pixels at its right, where Qt's own gap before a text is too small.
        """
        key = (name, size, colour.name(), disabled.name(), gap)
        if key not in self._icons:
            icon = QIcon()
            for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
                for ratio in _RATIOS:
                    icon.addPixmap(_pixmap(name, size, tint, ratio, gap), mode)
            self._icons[key] = icon
        return self._icons[key]

    def clear(self) -> None:
        """Forget everything rendered."""
        self._icons.clear()


def _pixmap(name: str, size: int, colour: QColor, ratio: float, gap: int) -> QPixmap:
    text = files("resources").joinpath("icons", f"{name}.svg").read_text("utf-8")
    text = text.replace("currentColor", colour.name())
    if size >= _THIN_FROM:
        text = text.replace('stroke-width="2"', 'stroke-width="1.75"')
    edge = round(size * ratio)
    pixmap = QPixmap(edge + round(gap * ratio), edge)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
