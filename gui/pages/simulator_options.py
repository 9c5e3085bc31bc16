"""The two rows of a simulator's options: where to, how often, until when."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from gui.docks.publish_forms import PairsBlock
from gui.theme import current
from gui.viewmodels.plain_values import Path
from gui.viewmodels.simulator_form import CLIENT_ID, SimulatorForm
from gui.widgets.fields import Field
from gui.widgets.form_editors import ChoiceEditor, SwitchEditor, TextEditor
from gui.widgets.labels import Label
from gui.widgets.measure_field import MeasureEditor, StopEditor
from gui.widgets.popover import Popover
from gui.widgets.switch import Switch
from gui.widgets.template_edit import TemplateEdit

NARROW: Final = 900
_GAP: Final = 16
_ABOVE: Final = 10
_BELOW: Final = 13
_BETWEEN: Final = 9
"""A field has 4 more below it, for its help."""

_WIDTHS: Final = (168, 0, 132, 96, 196)
_EVERY: Final = 103
_MEASURE: Final = 96
_JITTER: Final = 80
_BURST: Final = 106
_SHORT: Final = 64
_COUNT: Final = 52
_TIGHT: Final = 5
_POPOVER: Final = 316
_PAIRS: Final = 176


class ScheduleEditor(QWidget):
    """Every so often, or so many at once every so often; jitter moves each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        kinds = [("every", self.tr("Every")), ("burst", self.tr("Burst of"))]
        self.kind = ChoiceEditor(self.tr("Schedule"), kinds)
        self.kind.setFixedWidth(_EVERY)
        self.burst = TextEditor(self.tr("Messages in a burst"), "number")
        self.every = MeasureEditor(self.tr("Interval"), "ms")
        self.jitter = MeasureEditor(self.tr("Jitter"), "%")
        self._between = Label(self.tr("every"), role="text2")
        jitter = Label(self.tr("jitter"), role="text2")
        jitter.setBuddy(self.jitter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.kind)
        row.addWidget(self.burst)
        row.addWidget(self._between)
        row.addWidget(self.every)
        row.addWidget(jitter)
        row.addWidget(self.jitter)
        self._jitter_label, self._row = jitter, row
        row.addStretch(0)
        self.setFocusProxy(self.kind)

    def show_burst(self, is_burst: bool) -> None:
        """Have room for the size of a burst."""
        self.kind.show_value("burst" if is_burst else "every")
        self.kind.setFixedWidth(_BURST if is_burst else _EVERY)
        for measure, least, most in (
            (self.every, _SHORT, _MEASURE),
            (self.jitter, _COUNT, _JITTER),
        ):  # they give way to longer words beside them
            measure.setMinimumWidth(least)
            measure.setMaximumWidth(least if is_burst else most)
        self.burst.setFixedWidth(_COUNT)
        self._row.setSpacing(_TIGHT if is_burst else current().size("space.s"))
        for widget in (self.burst, self._between):
            widget.setVisible(is_burst)
        self._jitter_label.setText("±" if is_burst else self.tr("jitter"))


class SimulatorOptions(QWidget):
    """All options but the payload and its fields.

    Attributes:
        topic: A text that placeholders can be put into, as `client` is.

    Signals:
        entered: The keyboard is in a text that placeholders can be put into.
    """

    entered = Signal(object)

    def __init__(self, form: SimulatorForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._left: set[Path] = set()
        self._editors: dict[Path, Any] = {}
        self._fields: dict[Path, Field] = {}
        self._is_burst = False
        self._width = 0
        self._rows: list[QBoxLayout] = []
        self._make()
        self._lay_out()
        form.changed.connect(self.show_values)
        form.problemsChanged.connect(self.show_problems)
        form.reverted.connect(self._forget)
        form.drafts.live.changed.connect(self._show_states)
        self.show_values()

    def editor(self, *path: str) -> Any:
        """Find the editor of an option."""
        return self._editors[path]

    def field(self, *path: str) -> Field:
        """Find the field around an editor."""
        return self._fields[path]

    @property
    def stops(self) -> list[QWidget]:
        """What Tab goes through, in its order."""
        return [
            *(self.connector, self.topic, self.qos, self.retain, self.client),
            *(self.devices, self.schedule, self.stop, self.seed, self.start),
        ]

    def go_to(self, path: Path) -> bool:
        """Tell what is wrong everywhere, and put the keyboard into an option if it is here."""
        self._left = set(self._editors)
        self.show_problems()
        if path in self._editors:
            self._editors[path].setFocus()
        return path in self._editors

    def show_edit(self, path: Path) -> bool:
        """Put the keyboard into an option that was edited, if it is here; typing there is over."""
        editor = self._editors.get(path)
        if editor is not None:
            self._forget_typing()
            self.show_values()
            editor.setFocus()
        return editor is not None

    def fit(self, width: int) -> None:
        """Arrange the fields for a width of the page."""
        self._width = width
        room = width - 2 * current().size("space.page")
        is_narrow = width < NARROW or any(_width_of(row) > room for row in self._rows)
        direction = QBoxLayout.Direction
        for row in self._rows:
            row.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)
            row.setSpacing(_BETWEEN if is_narrow else _GAP)

    # How it is made

    def _make(self) -> None:
        tr, form = self.tr, self._form
        self.connector = ChoiceEditor(tr("To"), [(name, name) for name in form.connectors])
        self.topic = TemplateEdit(tr("Topic"), language="simulated")
        self.qos = ChoiceEditor(tr("QoS"), [(level, str(level)) for level in range(3)])
        self.retain = SwitchEditor(tr("Retain"))
        self.client = TemplateEdit(tr("Client ID"), language="simulated")
        self.devices = TextEditor(tr("Devices"), "number")
        self.schedule = ScheduleEditor()
        self.stop = StopEditor(tr("Stop"))
        self.seed = TextEditor(tr("Seed"), "number", placeholder=tr("random"))
        self.start = Switch(tr("Together with the bridge"))
        self.start.setFixedHeight(current().size("height.control"))
        note = tr("required, may hold {{…}}")
        fields = {
            ("connector",): Field(tr("To"), self.connector, required=True),
            ("topic",): Field(tr("Topic"), self.topic, note=note),
            ("qos",): Field(tr("QoS"), self.qos),
            ("retain",): Field(tr("Retain"), self.retain),
            CLIENT_ID: Field(tr("Client ID"), self.client, note=tr("user property")),
            ("devices",): Field(tr("Devices"), self.devices),
            ("every",): Field(tr("Schedule"), self.schedule),
            ("stop_after",): Field(tr("Stop"), self.stop),
            ("seed",): Field(tr("Seed"), self.seed),
            ("autostart",): Field(tr("Start"), self.start),
        }
        self._fields = fields
        self._editors = {path: field.editor for path, field in fields.items()}
        self._editors |= {
            ("every",): self.schedule.every,
            ("jitter",): self.schedule.jitter,
            ("burst",): self.schedule.burst,
        }
        for path, editor in self._editors.items():
            if editor is not self.start:
                editor.edited.connect(lambda value, path=path: self._form.set(path, value))
                editor.left.connect(lambda path=path: self._leave(path))
        self.start.clicked.connect(self._take_start)
        self.schedule.kind.edited.connect(self._take_kind)
        for text in (self.topic, self.client):
            text.entered.connect(lambda text=text: self.entered.emit(text))

    def _lay_out(self) -> None:
        """Put the fields into two rows of five; each can become two rows."""
        page = current().size("space.page")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(page, _ABOVE, page, _BELOW)
        outer.setSpacing(_BETWEEN)
        fields = list(self._fields.values())
        widths = (*_WIDTHS[2:-1], max(_WIDTHS[-1], self.start.sizeHint().width()))
        for row in (fields[:5], fields[5:]):
            both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
            both.setSpacing(_GAP)
            both.addLayout(_row(row[:2], _WIDTHS[:2]), 1)
            both.addLayout(_row(row[2:], widths))
            outer.addLayout(both)
            self._rows.append(both)

    # What is shown

    @Slot()
    def show_values(self) -> None:
        """Show the values as they are now."""
        form = self._form
        self._show_connectors()
        for path, editor in self._editors.items():
            if editor is not self.start:
                editor.show_value(form.value(path))
        self.start.setChecked(bool(form.value(("autostart",))))
        self._is_burst = self._is_burst or form.value(("burst",)) != 1
        self.schedule.show_burst(self._is_burst)
        self.fit(self._width)
        self.show_problems()

    @Slot()
    def show_problems(self) -> None:
        """Show what is wrong with the options that were left."""
        for path, field in self._fields.items():
            if path != ("every",):
                field.set_problem(self._said(path))
        problems = {path: self._said(path) for path in (("every",), ("burst",), ("jitter",))}
        self._fields[("every",)].set_problem(next(filter(None, problems.values()), ""))
        for path, problem in problems.items():
            self._editors[path].set_problem(problem)

    def _said(self, path: Path) -> str:
        return self._form.problem(path) if path in self._left else ""

    def _show_connectors(self) -> None:
        names = self._form.connectors
        if names != [self.connector.itemText(at) for at in range(self.connector.count())]:
            self.connector.clear()
            for name in names:
                self.connector.addItem(name, name)
        self._show_states()

    @Slot()
    def _show_states(self) -> None:
        live = self._form.drafts.live
        for at in range(self.connector.count()):
            state = live.connector_state(self.connector.itemText(at))
            self.connector.show_status(at, state.status, state.word)

    # What is done

    def _leave(self, path: Path) -> None:
        self._left.add(path)
        self.show_problems()

    @Slot()
    def _forget(self) -> None:
        self._left = set()
        self._is_burst = False
        self._forget_typing()

    def _forget_typing(self) -> None:
        for editor in (self.devices, self.seed, self.schedule.every, self.schedule.jitter):
            editor.setModified(False)

    @Slot()
    def _take_start(self) -> None:
        self._form.set(("autostart",), self.start.isChecked())

    @Slot(object)
    def _take_kind(self, kind: object) -> None:
        self._is_burst = kind == "burst"
        burst = 10 if self._is_burst else 1
        self._form.set(("burst",), burst)
        self.show_values()

    def open_properties(self, owner: QWidget) -> None:
        """Show the other user properties below a widget."""
        popover = Popover(owner, self.tr("User properties"), _POPOVER)
        block = PairsBlock(self.tr("User properties"), self.tr("MQTT 5"), self.tr("User property"))
        block.model.show(self._form.properties)
        block.setFixedHeight(_PAIRS)
        popover.column.addWidget(block)

        def take() -> None:
            self._form.set_properties(block.model.pairs)

        for signal in (block.model.dataChanged, block.model.rowsRemoved):
            signal.connect(take)
        popover.open()


def _width_of(row: QBoxLayout) -> int:
    """Tell what the parts of a row need side by side."""
    parts = filter(None, (row.itemAt(place) for place in range(row.count())))
    return sum(part.minimumSize().width() for part in parts) + _GAP


def _row(fields: list[Field], widths: tuple[int, ...]) -> QHBoxLayout:
    """Lay fields side by side; 0 is a width that grows."""
    row = QHBoxLayout()
    row.setSpacing(_GAP)
    for field, width in zip(fields, widths, strict=True):
        row.addWidget(field, 0 if width else 1, Qt.AlignmentFlag.AlignTop)
        if width:
            field.setFixedWidth(width)
    if 0 not in widths:
        row.addStretch(0)
    return row
