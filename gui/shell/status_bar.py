"""The status bar: state and uptime, the rates of the chain, what is going on, and the file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QStatusBar, QWidget

from gui.theme import current, set_height
from gui.viewmodels.progress import Progress
from gui.viewmodels.status import Figure, StatusTexts, StatusViewModel
from gui.widgets.buttons import LinkButton
from gui.widgets.frames import Line
from gui.widgets.labels import Label, StateShape
from gui.widgets.progress_line import ProgressLine

_LINE_HEIGHT: Final = 14
_BESIDE_LINE: Final = 10
_WITHIN: Final = 6
_GROUND: Final = "surface0"


class FigureLabel(QWidget):
    """A name and its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_WITHIN)
        self.name = Label(style="small", role="text2")
        self.value = Label(style="small", weight=500)
        layout.addWidget(self.name)
        layout.addWidget(self.value)

    def show_figure(self, figure: Figure) -> None:
        """Show another number; one that matters takes the colour of failures."""
        self.name.setText(figure.name)
        self.value.setText(figure.value)
        self.value.set_role("bad" if figure.is_alarming else "text1")
        self.setAccessibleName(f"{figure.name} {figure.value}")


class _Parted(QWidget):
    """A text, and the line that parts it from the one before."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_BESIDE_LINE - 1, 0, 0, 0)
        layout.setSpacing(_BESIDE_LINE)
        self.line = Line(Qt.Orientation.Vertical, "border_strong")
        self.line.setFixedHeight(_LINE_HEIGHT)
        layout.addWidget(self.line)
        layout.addWidget(body)


class StatusBar(QStatusBar):
    """One row of 26."""

    def __init__(
        self, status: StatusViewModel, progress: Progress, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._progress = progress
        self.setSizeGripEnabled(False)
        set_height(self, "height.statusbar")
        self.shape = StateShape(ground=_GROUND)
        self.word = Label(style="small", weight=500)
        self.uptime = Label(style="small", role="text2")
        self.busy = Label(style="small", role="text2", elide="end")
        self._before_busy = QSpacerItem(0, 0)  # the stretch is nothing where words are long
        self.progress = ProgressLine(self.tr("Progress"))
        self.way_out = LinkButton()
        self.way_out.set_small()
        self.feeds = Label(style="small", role="text2")
        self.file = Label(style="small", role="text2")
        self.zoom = Label(style="small", role="text2")
        self._parts = [_Parted(part) for part in (self.feeds, self.file, self.zoom)]
        self._figures: list[tuple[_Parted, FigureLabel]] = []
        self._host, self._row = QWidget(self), QHBoxLayout()
        self._lay_out()
        self._show_zoom()
        status.changed.connect(self._show)
        current().changed.connect(self._show_zoom)
        progress.changed.connect(self._show_progress)
        self.way_out.clicked.connect(progress.take_way_out)
        self._show(status.texts)
        self._show_progress()

    def _lay_out(self) -> None:
        self._host.setLayout(self._row)
        self._row.setContentsMargins(12, 1, 12, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.shape)
        self._row.addSpacing(_WITHIN)
        self._row.addWidget(self.word)
        self._row.addSpacing(_WITHIN)
        self._row.addWidget(self.uptime)
        self._first_figure = self._row.count()
        self._row.addStretch(1)
        self._row.addSpacerItem(self._before_busy)
        self._row.addWidget(self.busy)
        self._row.addSpacing(8)
        self._row.addWidget(self.progress)
        self._row.addSpacing(_WITHIN)
        self._row.addWidget(self.way_out)
        self._row.addSpacing(_BESIDE_LINE)
        for part in self._parts:
            self._row.addWidget(part)

    def minimumSizeHint(self) -> QSize:
        """Take the room of what is in it and cannot be left out."""
        hint = self._host.minimumSizeHint()
        spare = sum(part.minimumSizeHint().width() for part in self._parts if not part.isHidden())
        return QSize(hint.width() - spare, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the whole height: Qt's own layout would leave too little of it for a link."""
        super().resizeEvent(event)
        self._fit()
        self._host.setGeometry(self.rect())

    def event(self, event: QEvent) -> bool:
        """Look anew what there is room for once a text has another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Show what there is room for: the memory of feeds goes first, then zoom and file."""
        texts = (self.feeds, self.file, self.zoom)
        room = self.width() - self.minimumSizeHint().width()
        shown = {part for part, text in zip(self._parts, texts, strict=True) if text.text()}
        feeds, file, zoom = self._parts
        for part in (feeds, zoom, file):
            if sum(each.minimumSizeHint().width() for each in shown) <= room:
                break
            shown.discard(part)
        first = next((part for part in self._parts if part in shown), None)
        for part in self._parts:
            part.setVisible(part in shown)
            part.line.setVisible(part is not first)

    @Slot(object)
    def _show(self, texts: StatusTexts) -> None:
        self.shape.set_status(texts.shape, texts.word)
        self.word.setText(texts.word)
        self.uptime.setText(texts.uptime)
        self.uptime.setVisible(bool(texts.uptime))
        self.busy.setText(texts.busy)
        self.busy.setVisible(bool(texts.busy))
        gap = _BESIDE_LINE if texts.busy else 0
        if gap != self._before_busy.sizeHint().width():
            self._before_busy.changeSize(gap, 0, QSizePolicy.Policy.Fixed)
            self._row.invalidate()
        self.feeds.setText(texts.feeds)
        self.file.setText(texts.file)
        self._show_figures(texts.figures)
        self._fit()

    @Slot()
    def _show_progress(self) -> None:
        """Show how far the work is, and the way out of it, once it takes long."""
        progress = self._progress
        fraction = progress.fraction if progress.is_long else None
        self.progress.setVisible(fraction is not None)
        self.progress.show_fraction(fraction or 0.0)
        way_out = progress.way_out if progress.is_long else ""
        self.way_out.setText(way_out)
        self.way_out.setVisible(bool(way_out))
        self._fit()

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        while len(self._figures) < len(figures):
            label = FigureLabel()
            part = _Parted(label)
            self._row.insertWidget(self._first_figure + len(self._figures), part)
            self._figures.append((part, label))
        for place, (part, label) in enumerate(self._figures):
            part.setVisible(place < len(figures))
            if place < len(figures):
                label.show_figure(figures[place])

    @Slot()
    def _show_zoom(self) -> None:
        """Tell the zoom of editors."""
        percent = current().look.zoom_percent
        self.zoom.setText(self.tr("{percent} %").format(percent=percent))
        self.zoom.setToolTip(self.tr("Zoom of editors"))
