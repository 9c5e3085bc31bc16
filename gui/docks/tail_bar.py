"""The bar above the records: from where on, which partitions, how they are shown, which of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current, set_face
from gui.viewmodels.content import DECODES, Decode, decode_name
from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_start import (
    STARTS,
    NotUnderstoodError,
    Typed,
    partitions_text,
    read_partitions,
    read_start,
    start_name,
)
from gui.viewmodels.value_parts import read_paths
from gui.viewmodels.words import number
from gui.widgets.ask_popup import AskPopup
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import Ground
from gui.widgets.menu import Menu
from gui.widgets.menu_box import MenuBox

_SIDE: Final = 10
_SHARES: Final = (100, 112, 80)
_MOST_LISTED: Final = 24
"""Partitions that the menu lists one by one; of more, numbers are typed."""


class TailBar(Ground):
    """Two rows; everything takes effect at once."""

    def __init__(self, model: TailViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface1", parent)
        self._model = model
        self.start = MenuBox(self.tr("From"), small=True)
        self.partitions = MenuBox(self.tr("Partitions"), small=True)
        self.decode = MenuBox(self.tr("Show as"), small=True)
        self.filter = FilterField(self.tr("Filter the records"), has_menu=True)
        example = self.tr("Filter: text, key:, payload.temp > 20")
        self.filter.show_example(example, self.tr("Filter the records"))
        self._boxes = QHBoxLayout()
        self._wordings: tuple[tuple[str, str, str], ...] = ()
        """What the choices say, from the words that take most room to those that take least."""
        self._lay_out()
        self.start.menuAsked.connect(self._fill_starts)
        self.partitions.menuAsked.connect(self._fill_partitions)
        self.decode.menuAsked.connect(self._fill_decodes)
        self.filter.textChanged.connect(model.rows.set_filter)
        model.settingsChanged.connect(self._show)
        model.stateChanged.connect(self._show)
        current().changed.connect(self._share_room)
        self._show()

    def _lay_out(self) -> None:
        gap = current().size("space.s") - 2
        boxes = self._boxes
        boxes.setSpacing(gap)
        set_face(self.filter, "small")
        for box in self._choices:
            set_face(box, "small")
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            boxes.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, gap + 2, _SIDE, gap + 2)
        column.setSpacing(gap)
        column.addLayout(boxes)
        column.addWidget(self.filter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out words where there is little room."""
        super().resizeEvent(event)
        self._share_room()

    @Slot()
    def _show(self) -> None:
        model = self._model
        place = start_name(model.start)
        start = self.tr("From: {place}").format(place=place)
        chosen = partitions_text(model.partitions)
        partitions = self.tr("Partitions: {which}").format(which=chosen or self.tr("all"))
        value, key = model.rows.value_decode, model.rows.key_decode
        decode = decode_name(value)
        spoken = self.tr("Values: {value}, keys: {key}").format(value=decode, key=decode_name(key))
        shown = self.tr("Auto") if value == "auto" else decode
        for box, whole in zip(self._choices, (start, partitions, spoken), strict=True):
            box.setToolTip(whole)
            box.setEnabled(model.chosen is not None)
        self._wordings = (
            (start, partitions, shown),
            (place, partitions, shown),
            (place, chosen or self.tr("All"), shown),
        )
        self._share_room()

    @property
    def _choices(self) -> tuple[MenuBox, MenuBox, MenuBox]:
        return self.start, self.partitions, self.decode

    @Slot()
    def _share_room(self) -> None:
        """Share the row as it is drawn, or by what each choice takes where one is longer."""
        room = self.width() - 2 * _SIDE - 2 * self._boxes.spacing()
        for wording in self._wordings:
            for box, text in zip(self._choices, wording, strict=True):
                box.show_choice(text)
            if sum(self._needed()) <= room:
                break
        needed = self._needed()
        is_longer = any(need > drawn for need, drawn in zip(needed, _SHARES, strict=True))
        for at, share in enumerate(needed if is_longer else _SHARES):
            self._boxes.setStretch(at, share)

    def _needed(self) -> list[int]:
        return [box.needed_width() for box in self._choices]

    # From

    @Slot(QMenu)
    def _fill_starts(self, menu: QMenu) -> None:
        start = self._model.start
        for each in STARTS:
            action = menu.addAction(start_name(each), partial(self._model.set_start, each))
            action.setCheckable(True)
            action.setChecked(each == start)
        menu.addSeparator()
        is_typed = start not in STARTS
        entries: tuple[tuple[Typed, str, bool], ...] = (
            ("newest", self.tr("Newest..."), start.startswith("-")),
            ("offset", self.tr("Offset..."), start.startswith("@")),
            ("time", self.tr("Time..."), start.isdigit()),
        )
        for kind, text, sign in entries:
            action = menu.addAction(text, partial(self._ask_for_start, kind))
            action.setCheckable(True)
            action.setChecked(is_typed and sign)

    def _ask_for_start(self, kind: Typed) -> None:
        labels = {
            "newest": self.tr("How many of the newest records"),
            "offset": self.tr("Offset, in every partition"),
            "time": self.tr("Time"),
        }
        helps = {
            "newest": "",
            "offset": self.tr("Where it is not there, the nearest is taken."),
            "time": self.tr("12:03, 2026-01-31 08:00, or 10 min for as long ago"),
        }
        popup = AskPopup(
            self.start,
            labels[kind],
            self.tr("Read"),
            help_text=helps[kind],
            check=lambda text: _problem(lambda: read_start(kind, text, _now())),
        )
        popup.answered.connect(lambda text: self._model.set_start(read_start(kind, text, _now())))
        popup.ask()

    # Partitions

    @Slot(QMenu)
    def _fill_partitions(self, menu: QMenu) -> None:
        model, count = self._model, self._model.partition_count
        every = menu.addAction(self.tr("All"), partial(model.set_partitions, ()))
        every.setCheckable(True)
        every.setChecked(not model.partitions)
        menu.addSeparator()
        for each in range(count if count <= _MOST_LISTED else 0):
            action = menu.addAction(f"p{each}", partial(model.set_partitions, (each,)))
            action.setCheckable(True)
            action.setChecked(each in model.partitions)
        menu.addAction(self.tr("Several..."), self._ask_for_partitions)

    @Slot()
    def _ask_for_partitions(self) -> None:
        count = self._model.partition_count
        known = self.tr("0 to {last}").format(last=number(count - 1)) if count else ""
        popup = AskPopup(
            self.partitions,
            self.tr("Partitions"),
            self.tr("Read"),
            text=partitions_text(self._model.partitions),
            help_text=self.tr("Numbers, such as 0, 3-5") + (f" ({known})" if known else ""),
            check=lambda text: _problem(lambda: read_partitions(text, count)),
        )
        popup.answered.connect(
            lambda text: self._model.set_partitions(read_partitions(text, count))
        )
        popup.ask()

    # Show as

    @Slot(QMenu)
    def _fill_decodes(self, menu: QMenu) -> None:
        rows = self._model.rows
        self._fill_decode(menu, rows.value_decode, self._show_values_as)
        menu.addSeparator()
        name = self.tr("Keys: {decode}").format(decode=decode_name(rows.key_decode))
        keys = Menu(menu, name)
        menu.addMenu(keys)
        self._fill_decode(keys, rows.key_decode, self._show_keys_as)
        menu.addSeparator()
        for text, does, is_chosen in (
            (self.tr("Whole values"), partial(self._model.set_paths, ()), not rows.paths),
            (self.tr("Parts of values..."), self._ask_for_paths, bool(rows.paths)),
        ):
            action = menu.addAction(text, does)
            action.setCheckable(True)
            action.setChecked(is_chosen)

    @Slot()
    def _ask_for_paths(self) -> None:
        popup = AskPopup(
            self.decode,
            self.tr("Parts of JSON values"),
            self.tr("Show"),
            text=", ".join(self._model.rows.paths),
            help_text=self.tr("Paths, such as temp, device.id, values[0]"),
            style="code",
            check=lambda text: _problem(lambda: read_paths(text)),
        )
        popup.answered.connect(lambda text: self._model.set_paths(read_paths(text)))
        popup.ask()

    @staticmethod
    def _fill_decode(menu: QMenu, chosen: Decode, choose: Callable[[Decode], None]) -> None:
        for decode in DECODES:
            action = menu.addAction(decode_name(decode), partial(choose, decode))
            action.setCheckable(True)
            action.setChecked(decode == chosen)

    def _show_values_as(self, decode: Decode) -> None:
        self._model.set_decode(decode, self._model.rows.key_decode)

    def _show_keys_as(self, decode: Decode) -> None:
        self._model.set_decode(self._model.rows.value_decode, decode)


def _now() -> datetime:
    return datetime.now(UTC).astimezone()


def _problem(read: Callable[[], object]) -> str:
    """Say why something cannot be read."""
    try:
        read()
    except NotUnderstoodError as exc:
        return str(exc)
    return ""
