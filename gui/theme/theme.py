"""The theme: tokens as Qt colours, fonts, palette and sheet, for the light or dark scheme."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import as_file, files
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QCoreApplication, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from gui.theme.icons import IconCache
from gui.theme.look import Look, is_code
from gui.theme.shapes import paint_shape
from gui.theme.sheet import build_sheet
from gui.theme.tokens import Face, Scheme, StateLook, tokens
from gui.theme.wear import dress, polish_again, wear_face, wear_height, wear_rows, wear_square

Preference: TypeAlias = Literal["light", "dark", "system"]

_QT_SCHEMES: Final = {
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
    "system": Qt.ColorScheme.Unknown,
}
_ROLES: Final = {
    QPalette.ColorRole.Window: "surface1",
    QPalette.ColorRole.Base: "surface2",
    QPalette.ColorRole.AlternateBase: "surface_alt",
    QPalette.ColorRole.Button: "surface2",
    QPalette.ColorRole.Text: "text1",
    QPalette.ColorRole.WindowText: "text1",
    QPalette.ColorRole.ButtonText: "text1",
    QPalette.ColorRole.PlaceholderText: "text3",
    QPalette.ColorRole.Highlight: "text_selection",
    QPalette.ColorRole.HighlightedText: "text1",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent_text",
    QPalette.ColorRole.ToolTipBase: "surface3",
    QPalette.ColorRole.ToolTipText: "text1",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Shadow: "border_strong",
}
_WORD_FOR: Final = {"disconnected": "failed"}


class Theme(QObject):
    """What widgets ask for colours, fonts and icons.

    Signals:
        changed: Another scheme or look was applied; repaint.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        """Load the bundled fonts and apply the system's scheme to the application."""
        super().__init__()
        self._app = app
        self._icons = IconCache()
        self._preference: Preference = "system"
        self._look = Look()
        self._fonts: dict[tuple[str, int | None, bool], QFont] = {}
        self.scheme: Scheme = "light"
        self._applied: tuple[Scheme, Look] | None = None
        _load_fonts()
        app.setStyle("Fusion")
        app.setFont(self.font("body"))
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def preference(self) -> Preference:
        """What was chosen; `scheme` is what it came to."""
        return self._preference

    def set_preference(self, preference: Preference) -> None:
        """Choose light or dark, or follow the system."""
        self._preference = preference
        self._app.styleHints().setColorScheme(_QT_SCHEMES[preference])
        self._apply()

    @property
    def look(self) -> Look:
        """The sizes and fonts that were chosen."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Choose sizes and fonts; every widget takes them at once."""
        if look == self._look:
            return
        self._look = look
        self._fonts.clear()
        self._app.setFont(self.font("body"))
        self._apply()

    def colour(self, name: str) -> QColor:
        """Look a colour up, such as `text2` or `chart.s1`."""
        return QColor(tokens().colours[self.scheme][name])

    def size(self, name: str) -> int:
        """Look a size up in device-independent pixels, such as `space.m`."""
        return self._look.size(name)

    def duration_ms(self, name: str) -> int:
        """Look up how long a motion takes, such as `normal`; 0 where nothing is to move."""
        return self._look.duration_ms(name)

    def face(self, name: str) -> Face:
        """Look a text style up, at the size that was chosen."""
        return self._look.face(name)

    def font(self, name: str, weight: int | None = None, *, figures: bool = True) -> QFont:
        """Give a font of a text style, the caller's own.

        Args:
            name: The style, such as `small`.
            weight: Another weight than the style's.
            figures: Whether figures are of equal width, as columns and counters need them. The
                hyphens are as wide then, which tears names apart.
        """
        key = (name, weight, figures)
        if key not in self._fonts:  # rows are painted with several each, ten times a second
            self._fonts[key] = self._make_font(name, weight, figures=figures)
        return QFont(self._fonts[key])

    def _make_font(self, name: str, weight: int | None, *, figures: bool) -> QFont:
        face = self.face(name)
        font = QFont(self._look.font_family(name))
        font.setPixelSize(face.size)
        font.setWeight(QFont.Weight(weight or face.weight))
        font.setFeature(QFont.Tag("tnum"), int(figures))
        if is_code(name):
            font.setStyleHint(QFont.StyleHint.Monospace)
            font.setFeature(QFont.Tag("calt"), 0)  # `!=` stays two characters, as it is typed
        return font

    def icon(self, name: str, role: str = "text2", size: int = 16, gap: int = 0) -> QIcon:
        """Give an icon tinted with a token's colour, with a gap of some pixels at its right."""
        return self._icons.icon(name, size, self.colour(role), self.colour("text_disabled"), gap)

    def app_icon(self) -> QIcon:
        """Give the application's own icon."""
        with as_file(files("resources").joinpath("app-icon.svg")) as path:
            return QIcon(str(path))

    def state(self, status: str) -> StateLook:
        """Give shape, colour name and word of a status."""
        look = tokens().states[_WORD_FOR.get(status, status)]
        return replace(look, word=QCoreApplication.translate("states", look.word))

    def paint_state(
        self, painter: QPainter, rect: QRectF, status: str, ground: str = "surface1"
    ) -> None:
        """Paint a status's shape in its colour."""
        look = self.state(status)
        paint_shape(painter, rect, look.shape, self.colour(look.colour), self.colour(ground))

    def _apply(self) -> None:
        if self._preference == "system":
            is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
            scheme: Scheme = "dark" if is_dark else "light"
        else:  # not every platform takes the hint, so it is not asked back
            scheme = self._preference
        if self._applied == (scheme, self._look):  # Qt tells of a hint, too; styling takes long
            return
        self.scheme, self._applied = scheme, (scheme, self._look)
        self._icons.clear()
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._sheet())
        dress(self)
        self.changed.emit()

    def _sheet(self) -> str:
        line = self.face("body").line
        return build_sheet(lambda name: self.colour(name).name(), self.size, line)

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, name in _ROLES.items():
            palette.setColor(role, self.colour(name))
        disabled = self.colour("text_disabled")
        for role in (
            QPalette.ColorRole.Text,
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(QPalette.ColorGroup.Disabled, role, disabled)
        return palette


def current() -> Theme:
    """Find the application's theme; the composition root makes it as a child of the application.

    Raises:
        RuntimeError: No theme was made.
    """
    app = QApplication.instance()
    theme = app.property("theme") if app is not None else None
    if not isinstance(theme, Theme):
        msg = "no theme was made for this application"
        raise RuntimeError(msg)
    return theme


def set_face(
    widget: QWidget, name: str, weight: int | None = None, *, figures: bool = True
) -> None:
    """Give a widget the font of a text style, which follows the look; see `Theme.font`."""
    wear_face(current(), widget, name, weight, figures=figures)


def set_height(widget: QWidget, name: str, more: int = 0) -> None:
    """Fix a widget's height at one of the table and some pixels more; it follows the look."""
    wear_height(current(), widget, name, more)


def set_square(widget: QWidget, name: str) -> None:
    """Fix a button with an icon alone at one height of the table; it follows the look."""
    wear_square(current(), widget, name)


def set_rows(view: QTableView, name: str) -> None:
    """Give the rows of a table a height of the table of tokens, which follows the look."""
    wear_rows(current(), view, name)


def has_figures(text: str) -> bool:
    """Tell whether a text is to have figures of equal width: not one with a hyphen, as in names."""
    return "-" not in text and any(letter.isdecimal() for letter in text)


def install(app: QApplication) -> Theme:
    """Make the theme of an application, once; later calls give the same."""
    theme = app.property("theme")
    if not isinstance(theme, Theme):
        theme = Theme(app)
        theme.setParent(app)
        app.setProperty("theme", theme)
    return theme


def refresh_style(widget: QWidget) -> None:
    """Have the style sheet look at a changed property of a widget.

    Not before the widget was looked at for the first time: the font that it has then is the one
    that it gets back each time.
    """
    polish_again(current(), widget)


def _load_fonts() -> None:
    for file in files("resources").joinpath("fonts").iterdir():
        if file.name.endswith(".ttf"):
            with as_file(file) as path:
                QFontDatabase.addApplicationFont(str(path))
