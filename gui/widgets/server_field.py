"""The address of an MQTT broker in a form: scheme, host, port and, over WebSocket, the path.

A whole address that is typed or pasted into the host is taken apart, whatever it is called there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import unquote

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.theme import current
from gui.widgets.fields import LineField
from gui.widgets.form_editors import ChoiceEditor

_SCHEME_WIDTH: Final = 96
_PORT_WIDTH: Final = 76
_ALIASES: Final = {"tcp": "mqtt", "ssl": "mqtts", "tls": "mqtts", "http": "ws", "https": "wss"}
"""What other programs write for the schemes of ours."""

_ADDRESS: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?"
    r"(?P<host>\[[^\]\s]*\]|[^:/\s]*)"
    r"(?::(?P<port>\d*))?"
    r"(?P<path>/\S*)?"
)
_SCHEME: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?")
_PLAIN: Final = re.compile(r"[^:@]*|\[[^@]*")
"""What can be no part of credentials, however far it has been typed."""

_NO_HOST: Final = re.compile(r"[/\s]")
"""What the host of an address cannot contain."""

_V6: Final = re.compile(r"[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")


@dataclass(frozen=True, slots=True)
class ServerParts:
    """An address in its parts; a path starts with its slash."""

    scheme: str = "mqtt"
    host: str = ""
    port: str = ""
    path: str = ""

    @property
    def place(self) -> str:
        """The host, with the path behind it."""
        return f"{self.host}{self.path}"


def without_credentials(text: str) -> str:
    """Take user and password out of an address: they have fields of their own. Pure."""
    found = _SCHEME.match(text)
    scheme = found[0] if found is not None else ""
    return scheme + text[len(scheme) :].rpartition("@")[2]


def credentials_in(text: str) -> tuple[str, str] | None:
    """Find the user and the password in an address, either may be empty; None without. Pure."""
    text = text.strip()
    found = _SCHEME.match(text)
    named, at, _place = text[len(found[0]) if found is not None else 0 :].rpartition("@")
    if not at:
        return None
    user, _, password = named.partition(":")
    return unquote(user), unquote(password)


def split_server(text: str, known: Mapping[str, int], otherwise: ServerParts) -> ServerParts:
    """Take an address apart as people and other programs write it. Pure.

    Args:
        text: `mqtts://host:8883`, `host:1883`, `ws://host/path`, `tcp://host`, `::1`, or a host.
        known: The schemes that can be spoken, with their usual ports.
        otherwise: Gives the scheme and the port that the text does not name.

    Returns:
        The parts, without user and password; a text that is no address is all host.
    """
    text = without_credentials(text.strip())
    if _V6.fullmatch(text):
        return replace(otherwise, host=f"[{text}]", path="")
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return replace(otherwise, host=text, path="")
    named = (found["scheme"] or "").lower()
    scheme = _ALIASES.get(named, named)
    if named and scheme not in known:
        return replace(otherwise, host=text, path="")
    scheme = scheme or otherwise.scheme
    usual = str(known.get(scheme, ""))
    path = found["path"] or ""
    if path == "/" and not scheme.startswith("ws"):
        path = ""
    return ServerParts(
        scheme, found["host"], found["port"] or (usual if named else otherwise.port), path
    )


class ServerEditor(QWidget):
    """Scheme, host and port of a broker; an address in the host fills all of them.

    Signals:
        edited: The address as the file has it; None for none.
        left: The keyboard has gone elsewhere.
        takenApart: The address that a host was taken apart into, and the user and the password
            that it named, or None; `restore` undoes it, without those.
    """

    edited = Signal(object)
    left = Signal()
    takenApart = Signal(str, object)

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
        self._before: ServerParts | None = None
        self._kept = ""
        self._length = 0
        choices = [*((scheme, scheme) for scheme in ports), sandbox]
        self.scheme = ChoiceEditor(self.tr("{name}, scheme").format(name=name), choices)
        self.scheme.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.host = LineField(self.tr("{name}, host").format(name=name))
        self.port = LineField(self.tr("{name}, port").format(name=name))
        self.port.setFixedWidth(_PORT_WIDTH)
        self.port.setText(str(ports["mqtt"]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self.scheme)
        row.addWidget(self.host, 1)
        row.addWidget(self.port)
        self.setFocusProxy(self.host)
        self.setAccessibleName(name)
        self._enable()
        self.scheme.edited.connect(self._take_scheme)
        self.host.textEdited.connect(self._take_text)
        self.port.textEdited.connect(self._tell)
        self.host.editingFinished.connect(self._leave_host)
        self.port.editingFinished.connect(self.left)

    def show_value(self, value: Any) -> None:
        """Show an address."""
        if value == self._value():
            return
        text = str(value or "")
        if text == self._sandbox:
            self._show(ServerParts(self._sandbox))
        else:
            self._show(split_server(text, self._ports, ServerParts(port=str(self._ports["mqtt"]))))

    def set_problem(self, problem: str) -> None:
        """Say what is wrong; empty when it is right."""
        is_port = bool(problem) and self._has_legal_host() and not self._has_legal_port()
        self.host.set_problem("" if is_port else problem)
        self.port.set_problem(problem if is_port else "")

    @Slot()
    def restore(self) -> None:
        """Have what was typed as the host there again; it is not taken apart any more."""
        if self._before is not None:
            self._kept = self._before.host
            self._show(self._before)
            self._before = None
            self._tell()  # before another field is left, which has the edited value shown
            self.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def _parts(self) -> ServerParts:
        return ServerParts(
            str(self.scheme.currentData()), self.host.text().strip(), self.port.text().strip()
        )

    def _show(self, parts: ServerParts) -> None:
        self.scheme.show_value(parts.scheme)
        self.host.setText(parts.place)
        self._length = len(parts.place)
        self.host.setCursorPosition(0)
        self.port.setText(parts.port)
        self._enable()

    def _has_legal_host(self) -> bool:
        typed = self._parts()
        host = split_server(typed.host, self._ports, typed).host
        return bool(host) and not _NO_HOST.search(host)

    def _has_legal_port(self) -> bool:
        text = self.port.text().strip()
        return not text or (text.isdecimal() and 0 < int(text) < 65_536)

    def _value(self) -> str | None:
        """Put the address together, also from one that is in the host as a whole."""
        typed = self._parts()
        if typed.scheme == self._sandbox:
            return self._sandbox
        if not typed.host:
            return None
        found = split_server(typed.host, self._ports, typed)
        if typed.host == self._kept and "://" in self._kept:
            return None  # a host it cannot be, and it is not to be taken apart
        parts = found if found.host and typed.host != self._kept else typed
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.host}{port}{parts.path}"

    def _enable(self) -> None:
        self.scheme.setFixedWidth(max(_SCHEME_WIDTH, self.scheme.needed_width()))
        is_embedded = self.scheme.currentData() == self._sandbox
        self.host.setEnabled(not is_embedded)
        self.port.setEnabled(not is_embedded)

    @Slot(str)
    def _take_text(self, text: str) -> None:
        """Take apart at once what is pasted; what is typed, when the field is left.

        Until then what may become a password is told to nobody: edits are written down.
        """
        is_pasted = len(text) > self._length + 1
        self._length = len(text)
        if not (is_pasted and self._take_apart()) and _PLAIN.fullmatch(text.strip()):
            self._tell()

    @Slot()
    def _leave_host(self) -> None:
        if not self._take_apart() and not _PLAIN.fullmatch(self.host.text().strip()):
            self._tell()
        self.left.emit()

    def _take_apart(self) -> bool:
        """Take apart what is more than a host, and tell so; False if it is none."""
        typed = self._parts()
        if typed.scheme == self._sandbox or typed.host == self._kept:
            return False
        found = split_server(typed.host, self._ports, typed)
        if not found.host or found.place == typed.host:
            return False
        self._before = replace(typed, host=without_credentials(typed.host))
        self._show(found)
        self._tell()
        self.takenApart.emit(str(self._value()), credentials_in(typed.host))
        return True

    @Slot(object)
    def _take_scheme(self, scheme: object) -> None:
        """Have the port follow the scheme unless it was chosen."""
        if self.port.text().strip() in ("", *(str(port) for port in self._ports.values())):
            self.port.setText(str(self._ports.get(str(scheme), "")))
        self._enable()
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self._value())
