"""Editors of a form's options: each shows a value of the file, and tells when it was changed.

All have `edited` (the new value; None for the default), `left` (the keyboard has gone elsewhere)
and `show_value`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.theme import current, set_height
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.host_list import HostList
from gui.widgets.switch import Switch

_DIGITS: Final = re.compile(r"\d+")
_UNIT_RIGHT: Final = 9


class TextEditor(LineField):
    """One line: a text, a number, a duration or size with its unit, a list, or pairs."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self,
        name: str,
        kind: str = "text",
        *,
        unit: str = "",
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            kind: `text`, `code`, `number`, `measure` (a number with a unit), `list`, `pairs`.
            unit: What a bare number is taken for; of plain numbers, shown inside at the right.
            placeholder: An example.
            parent: Qt's owner.
        """
        style = "code" if kind == "code" else "body"
        super().__init__(name, style=style, placeholder=placeholder, parent=parent)
        self._kind, self._unit = kind, unit
        self.textEdited.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """Show a value, unless what is typed means the same already or is being typed."""
        if self._value() != value and not (self.hasFocus() and self.isModified()):
            self.setText(_text(value))
            self.setCursorPosition(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left; a bare number gets its unit."""
        super().focusOutEvent(event)
        if self._kind == "measure" and _DIGITS.fullmatch(self.text().strip()):
            self.setText(str(self._value()))
        self.setModified(False)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the unit at the right."""
        super().paintEvent(event)
        if self._unit and self._kind == "number":
            painter = QPainter(self)
            painter.setFont(self.font())
            painter.setPen(current().colour("text3"))
            rect = self.rect().adjusted(0, 0, -_UNIT_RIGHT, 0)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(rect, flags, self._unit)

    def _value(self) -> Any:
        text = self.text().strip()
        if not text:
            return None
        match self._kind:
            case "number":
                return int(text) if _DIGITS.fullmatch(text) else text
            case "measure":
                return f"{text}{self._unit}" if _DIGITS.fullmatch(text) else text
            case "list":
                return [part.strip() for part in text.split(",") if part.strip()]
            case "pairs":
                return dict(_pair(part) for part in text.split(",") if part.strip())
            case _:
                return text

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self._value())


class ChoiceEditor(ComboBox):
    """One of a few values."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, choices: Sequence[tuple[Any, str]], parent: QWidget | None = None
    ) -> None:
        """Make it; `choices` are values with their words."""
        super().__init__(name, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for value, word in choices:
            self.addItem(word, value)
        self.activated.connect(self._tell)

    def show_value(self, value: Any) -> None:
        """Show a value; one that is not among the choices is added as it is."""
        values = [self.itemData(place) for place in range(self.count())]
        if value not in values:
            self.addItem(str(value), value)
            values.append(value)
        self.setCurrentIndex(values.index(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll instead of changing what is under the pointer."""
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left."""
        super().focusOutEvent(event)
        self.left.emit()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.currentData())


class SwitchEditor(Switch):
    """On or off, in words beside it."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, on: Any = True, off: Any = False, parent: QWidget | None = None
    ) -> None:
        """Make it; `on` and `off` are the values of the file."""
        super().__init__("", parent)
        self._on, self._off = on, off
        self.setAccessibleName(name)
        set_height(self, "height.control")
        self.toggled.connect(self._show_word)
        self.clicked.connect(self._tell)
        self._show_word(False)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self.setChecked(value == self._on)

    @Slot(bool)
    def _show_word(self, is_on: bool) -> None:
        self.setText(self.tr("On") if is_on else self.tr("Off"))
        self.updateGeometry()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self._on if self.isChecked() else self._off)


class HostsEditor(HostList):
    """Hosts, which the file holds as one text with commas."""

    def show_value(self, value: Any) -> None:
        """Show a value."""
        hosts = [host.strip() for host in str(value or "").split(",") if host.strip()]
        self.show_hosts(hosts)


class ServerEditor(QWidget):
    """Scheme, host and port of a broker; an address that is pasted fills all of them."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self,
        name: str,
        ports: Mapping[str, int],
        sandbox: tuple[str, str],
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls the whole.
            ports: Scheme to its usual port.
            sandbox: The value of the embedded broker, and its word.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._ports, self._sandbox = ports, sandbox[0]
        choices = [*((scheme, scheme) for scheme in ports), sandbox]
        self.scheme = ChoiceEditor(self.tr("{name}, scheme").format(name=name), choices)
        self.scheme.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.host = LineField(self.tr("{name}, host").format(name=name))
        self.port = LineField(self.tr("{name}, port").format(name=name))
        self.port.setFixedWidth(76)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.scheme)
        row.addWidget(self.host, 1)
        row.addWidget(self.port)
        self.setFocusProxy(self.host)
        self.setAccessibleName(name)
        self.scheme.edited.connect(self._take_scheme)
        self.host.textEdited.connect(self._take_host)
        self.port.textEdited.connect(self._tell)
        self.host.editingFinished.connect(self.left)
        self.port.editingFinished.connect(self.left)

    def show_value(self, value: Any) -> None:
        """Show an address."""
        if value is not None and value == self._value():
            return
        scheme, host, port = self._split(str(value or "mqtt://"))
        self.scheme.show_value(scheme)
        self.host.setText(host)
        self.port.setText(port)
        self._enable()

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        is_port = bool(problem) and self.port.text().strip() != "" and bool(self.host.text())
        self.host.set_problem("" if is_port and not self._has_legal_port() else problem)
        self.port.set_problem(problem if is_port and not self._has_legal_port() else "")

    def _has_legal_port(self) -> bool:
        text = self.port.text().strip()
        return bool(_DIGITS.fullmatch(text)) and 0 < int(text) < 65_536

    def _split(self, text: str) -> tuple[str, str, str]:
        if text == self._sandbox:
            return self._sandbox, "", ""
        scheme, _, rest = text.partition("://")
        place, slash, path = rest.partition("/")
        host, colon, port = place.rpartition(":")
        if not colon or place.endswith("]"):
            host, port = place, ""
        usual = str(self._ports[scheme]) if scheme in self._ports else ""
        return scheme, f"{host}{slash}{path}", port or usual

    def _value(self) -> str | None:
        scheme = self.scheme.currentData()
        if scheme == self._sandbox:
            return self._sandbox
        host, slash, path = self.host.text().strip().partition("/")
        if not host:
            return None
        port = self.port.text().strip()
        return f"{scheme}://{host}{f':{port}' if port else ''}{slash}{path}"

    def _enable(self) -> None:
        is_embedded = self.scheme.currentData() == self._sandbox
        self.host.setEnabled(not is_embedded)
        self.port.setEnabled(not is_embedded)

    @Slot(object)
    def _take_scheme(self, scheme: object) -> None:
        """Have the port follow the scheme unless it was chosen."""
        if self.port.text().strip() in ("", *(str(port) for port in self._ports.values())):
            self.port.setText(str(self._ports.get(str(scheme), "")))
        self._enable()
        self._tell()

    @Slot(str)
    def _take_host(self, text: str) -> None:
        """Split what was pasted: a whole address, or a host with its port."""
        scheme = text.strip().partition("://")[0]
        if "://" in text and scheme in self._ports:
            found, host, port = self._split(text.strip())
            self.scheme.show_value(found)
            self.host.setText(host)
            self.port.setText(port)
        elif re.fullmatch(r"[^:/\s\[\]]+:\d+", text.strip()):
            host, _, port = text.strip().partition(":")
            self.host.setText(host)
            self.port.setText(port)
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self._value())


class PlaceEditor(QWidget):
    """Where a column comes from: a kind, and its name behind a colon, as in `property:clientid`."""

    edited = Signal(object)
    left = Signal()

    def __init__(
        self, name: str, kinds: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Make it; `kinds` are the file's words with ours, `none` among them."""
        super().__init__(parent)
        self.kind = ChoiceEditor(self.tr("{name}, where from").format(name=name), kinds)
        self.place = LineField(self.tr("{name}, name there").format(name=name), style="code")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.kind, 1)
        row.addWidget(self.place, 1)
        self.setFocusProxy(self.kind)
        self.kind.edited.connect(self._tell)
        self.place.textEdited.connect(self._tell)
        self.place.editingFinished.connect(self.left)

    def show_value(self, value: Any) -> None:
        """Show a value."""
        kind, _, place = str(value or "none").partition(":")
        if value != self._value():
            self.kind.show_value(kind)
            self.place.setText(place)
        self.place.setEnabled(kind != "none")

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        self.place.set_problem(problem)

    def _value(self) -> str:
        kind = str(self.kind.currentData())
        return kind if kind == "none" else f"{kind}:{self.place.text().strip()}"

    @Slot()
    def _tell(self) -> None:
        self.place.setEnabled(self.kind.currentData() != "none")
        self.edited.emit(self._value())


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _text(value: Any) -> str:
    """Write a value as it is typed."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={item}" for name, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(item) for item in value)
    return str(value)
