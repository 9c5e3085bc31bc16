"""The status bar: state and uptime, the rates of the chain, what is going on, and the file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStatusBar, QWidget

from gui.theme import set_height
from gui.viewmodels.status import Figure, StatusTexts, StatusViewModel
from gui.widgets.frames import Line
from gui.widgets.labels import Label, StateShape

_LINE_HEIGHT: Final = 14
_GROUND: Final = "surface0"


class FigureLabel(QWidget):
    """A name and its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.name = Label(style="small", role="text2")
        self.value = Label(style="small", weight=600)
        layout.addWidget(self.name)
        layout.addWidget(self.value)

    def show_figure(self, figure: Figure) -> None:
        """Show another number; one that matters takes the colour of failures."""
        self.name.setText(figure.name)
        self.value.setText(figure.value)
        self.value.set_role("bad" if figure.is_alarming else "text1")
        self.setAccessibleName(f"{figure.name} {figure.value}")


class StatusBar(QStatusBar):
    """One row of 26."""

    def __init__(self, status: StatusViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        set_height(self, "height.statusbar")
        self.shape = StateShape(ground=_GROUND)
        self.word = Label(style="small", weight=500)
        self.uptime = Label(style="small", role="text2")
        self.busy = Label(style="small", role="text2", elide="end")
        self.feeds = Label(style="small", role="text2")
        self.file = Label(style="small", role="text2")
        self._line = Line(Qt.Orientation.Vertical)
        self._line.setFixedHeight(_LINE_HEIGHT)
        self._figures: list[tuple[Line, FigureLabel]] = []
        self._row = QHBoxLayout()
        self._lay_out()
        status.changed.connect(self._show)
        self._show(status.texts)

    def _lay_out(self) -> None:
        host = QWidget()
        host.setLayout(self._row)
        self._row.setContentsMargins(12, 0, 12, 0)
        self._row.setSpacing(6)
        for widget in (self.shape, self.word, self.uptime):
            self._row.addWidget(widget)
        self._row.addSpacing(4)
        self._row.addStretch(1)
        self._row.addWidget(self.busy)
        self._row.addSpacing(8)
        for widget in (self.feeds, self._line, self.file):
            self._row.addWidget(widget)
        self.addWidget(host, 1)

    @Slot(object)
    def _show(self, texts: StatusTexts) -> None:
        self.shape.set_status(texts.shape, texts.word)
        self.word.setText(texts.word)
        self.uptime.setText(texts.uptime)
        self.uptime.setVisible(bool(texts.uptime))
        self.busy.setText(texts.busy)
        self.busy.setVisible(bool(texts.busy))
        for widget in (self.feeds, self._line):
            widget.setVisible(bool(texts.feeds))
        self.feeds.setText(texts.feeds)
        self.file.setText(texts.file)
        self._show_figures(texts.figures)

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        while len(self._figures) < len(figures):
            line, label = Line(Qt.Orientation.Vertical), FigureLabel()
            line.setFixedHeight(_LINE_HEIGHT)
            place = 4 + 2 * len(self._figures)
            self._row.insertWidget(place, line)
            self._row.insertWidget(place + 1, label)
            self._figures.append((line, label))
        for number, (line, label) in enumerate(self._figures):
            line.setVisible(number < len(figures))
            label.setVisible(number < len(figures))
            if number < len(figures):
                label.show_figure(figures[number])
