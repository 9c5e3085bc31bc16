"""A simulator's page: options, payload and fields, what they make, and how it runs."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from gui.pages.parts import PageHeader, scrolling
from gui.pages.simulator_options import NARROW, SimulatorOptions
from gui.pages.simulator_runs import PreviewPane, RatePane
from gui.pages.simulator_template import TemplateBand
from gui.theme import current
from gui.viewmodels.live import State
from gui.viewmodels.plain_values import Path
from gui.viewmodels.simulator import SimulatorViewModel
from gui.viewmodels.simulator_form import FIELDS, NAME
from gui.widgets.buttons import FlatButton, IconButton, SecondaryButton
from gui.widgets.fields import LineField, leave_field
from gui.widgets.frames import Banner, Line
from gui.widgets.labels import Label
from gui.widgets.menu import Menu

_RATE: Final = 356
_NARROW_RATE: Final = 260
_NAME: Final = 180
_ICON: Final = 18
_RIGHT: Final = 14


class SimulatorHeader(PageHeader):
    """Icon, name, kind, state and what it has done; a new simulator's name can be typed.

    Attributes:
        field: The name of a new one.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.kind.set_text(self.tr("Simulator"))
        self.icon, self.word = QLabel(), Label()
        self.field = LineField(self.tr("Name of the simulator"))
        self.field.setFixedWidth(_NAME)
        self._row.removeWidget(self.shape)
        for at, widget in enumerate((self.icon, self.name, self.field, self.kind, self.shape)):
            self._row.insertWidget(at, widget)
        self._row.removeWidget(self.state)
        words = QHBoxLayout()
        words.setSpacing(current().size("space.xs"))
        words.addWidget(self.word)
        words.addWidget(self.state, 1)
        self._row.insertLayout(5, words, 1)
        current().changed.connect(self._tint)
        self._tint()

    def show_name(self, name: str, *, is_new: bool) -> None:
        """Show the name, to be typed over while there is no such simulator."""
        self.name.setText(name)
        self.name.setVisible(not is_new)
        self.field.setVisible(is_new)
        if self.field.text() != name:
            self.field.setText(name)

    def show_run(self, state: State, texts: tuple[str, ...], *, is_new: bool) -> None:
        """Show another state and what it has done, in fewer words where there is little room."""
        self.shape.set_status(state.status, state.word)
        self.shape.setVisible(not is_new)
        self.word.setText(state.word)
        self.word.setVisible(not is_new)
        self.word.set_role(current().state(state.status).colour)
        self.state.setText(*texts)

    @Slot()
    def _tint(self) -> None:
        icon = current().icon("cpu", "text2", _ICON)
        self.icon.setPixmap(icon.pixmap(_ICON, _ICON))


class SimulatorPage(QWidget):
    """Everything about one simulator.

    Attributes:
        simulator: What is shown.

    Signals:
        told: Something was done: a sentence.
        keepAsked: The messages of the preview shall be kept in the workspace.
    """

    told = Signal(str)
    keepAsked = Signal()

    def __init__(
        self,
        simulator: SimulatorViewModel,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        """Lay out; `actions` are those with the ids save, revert, duplicate and delete."""
        super().__init__(parent)
        self.simulator, self._actions = simulator, actions
        simulator.setParent(self)
        form = simulator.form
        self.form = form
        self.header = SimulatorHeader(simulator.label)
        self.banner = Banner()
        self.options = SimulatorOptions(form)
        self.template = TemplateBand(form, simulator.preview)
        self.preview = PreviewPane(simulator.preview)
        self.rate = RatePane(simulator.rate)
        self._make_buttons()
        self._lay_out()
        self._order_stops()
        self._connect_signals()
        self._show_draft()

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save, the name of a field that is being typed among it."""
        return self.form.is_dirty or any(row.name.is_typing for row in self.template.rows)

    # Commands

    def save(self) -> None:
        """Save the form, or lead to the first thing that keeps it from that."""
        leave_field(self)
        self.form.save()

    def focus_form(self) -> None:
        """Have the keyboard where one types first: the name of a new simulator."""
        if self.form.is_new:
            self.header.field.setFocus(Qt.FocusReason.TabFocusReason)
            self.header.field.selectAll()
        else:
            self.template.focus_payload()

    def show_edit(self, _key: str, path: Path) -> None:
        """Have the keyboard where something was edited."""
        if path == NAME:
            self.header.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif path[:1] == FIELDS:
            self.template.go_to(path[1] if len(path) > 1 else "", path[2] if len(path) > 2 else "")
        elif path == ("format",):
            self.template.format.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.options.show_edit(path):
            self.template.focus_payload()

    # How it is laid out

    def _make_buttons(self) -> None:
        tr = self.tr
        self.send_button = FlatButton(tr("Send one"), "send")
        self.run_button = SecondaryButton(tr("Start"), "play")
        self.save_button = SecondaryButton(tr("Save"), "save")
        self.save_button.follow(self._actions["save"])
        self.more_button = IconButton("ellipsis", tr("More"), size=30)
        host = QWidget()
        row = QHBoxLayout(host)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        for button in (self.send_button, self.run_button, self.save_button, self.more_button):
            row.addWidget(button)
        row.insertSpacing(2, current().size("space.xxs"))
        self.header.add_widget(host)
        self.header.set_right_margin(_RIGHT)
        width = max(self._width_of(text) for text in (tr("Start"), tr("Stop")))
        self.run_button.setMinimumWidth(width)

    def _width_of(self, text: str) -> int:
        was = self.run_button.text()
        self.run_button.setText(text)
        width = self.run_button.sizeHint().width()
        self.run_button.setText(was)
        return width

    def _lay_out(self) -> None:
        runs = QWidget()
        row = QHBoxLayout(runs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.preview, 1)
        row.addWidget(Line(Qt.Orientation.Vertical))
        row.addWidget(self.rate)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(current().size("line.splitter"))
        splitter.setProperty("kind", "lined")
        splitter.addWidget(self.template)
        splitter.addWidget(runs)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([1, 1_000])  # the upper part takes no more than it needs
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.options)
        inner.addWidget(Line())
        inner.addWidget(splitter, 1)
        area = scrolling(body, self.tr("Simulator"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.banner)
        column.addWidget(area, 1)

    def _order_stops(self) -> None:
        """Have Tab go as one reads."""
        header, options = self.header, self.options
        stops: list[QWidget] = [
            *(header.field, self.send_button, self.run_button, self.save_button),
            *(self.more_button, *options.stops, self.template.format),
        ]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the parts for the room there is."""
        super().resizeEvent(event)
        self.options.fit(self.width())
        self.template.fit(self.width())
        self.rate.setFixedWidth(_NARROW_RATE if self.width() < NARROW else _RATE)

    def _connect_signals(self) -> None:
        simulator, form = self.simulator, self.form
        simulator.stateChanged.connect(self._show_state)
        simulator.told.connect(self.told)
        simulator.refused.connect(self._show_refusal)
        form.changed.connect(self._show_draft)
        form.problemsChanged.connect(self._show_name_problem)
        form.refused.connect(self._go_to_problem)
        form.saved.connect(self.banner.hide)
        self.options.entered.connect(self.template.take_target)
        self.preview.keepAsked.connect(self.keepAsked)
        self.send_button.clicked.connect(simulator.send_one)
        self.run_button.clicked.connect(simulator.toggle)
        self.more_button.clicked.connect(self._open_menu)
        self.header.field.textEdited.connect(self._take_name)

    # What is shown

    @Slot()
    def _show_draft(self) -> None:
        name = self.form.name if self.form.is_new else self.simulator.label
        self.header.show_name(name, is_new=self.form.is_new)
        if not self.form.is_dirty:
            self.banner.hide()
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        simulator = self.simulator
        is_running = simulator.is_running
        self.header.show_run(simulator.state, simulator.state_texts, is_new=self.form.is_new)
        self.run_button.setText(self.tr("Stop") if is_running else self.tr("Start"))
        self.run_button.set_icon("square" if is_running else "play")
        self.run_button.setEnabled(is_running or simulator.can_start)
        tip = self.tr("Save it first") if self.form.is_new else ""
        self.run_button.setToolTip(tip)

    @Slot()
    def _show_name_problem(self) -> None:
        self.header.field.set_problem(self.form.problem(NAME) if self.form.is_new else "")

    @Slot(str)
    def _show_refusal(self, text: str) -> None:
        self.banner.say(text)

    @Slot()
    def _go_to_problem(self) -> None:
        """Tell everything that is wrong, and go to the first of it."""
        place = self.form.first_problem()
        if place is None:
            return
        if place == NAME:
            self._show_name_problem()
            self.banner.say(self.form.problem(NAME))
            self.header.field.setFocus(Qt.FocusReason.TabFocusReason)
        elif place[:1] == FIELDS:
            self.options.go_to(place)
            self.template.go_to(place[1])
            self.banner.say(self.form.problem_at(place))
        elif not self.options.go_to(place):
            self.template.focus_payload()

    @Slot(str)
    def _take_name(self, name: str) -> None:
        self.form.set(NAME, name)

    @Slot()
    def _open_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        count = len(self.form.properties)
        text = self.tr("User properties ({count})...").format(count=count)
        properties = menu.addAction(text if count else self.tr("User properties..."))
        properties.triggered.connect(lambda: self.options.open_properties(self.more_button))
        menu.addSeparator()
        for name in ("revert", "duplicate", "delete"):
            menu.addAction(self._actions[name])
        corner = QPoint(
            self.more_button.width() - menu.sizeHint().width(), self.more_button.height()
        )
        menu.popup(self.more_button.mapToGlobal(corner))
