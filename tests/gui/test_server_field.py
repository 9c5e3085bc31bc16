"""What people paste as the address of a broker, taken apart."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.workspace.mqtt import DEFAULT_PORTS
from gui.widgets.host_list import tidy_host
from gui.widgets.server_field import ServerEditor, ServerParts, split_server

TYPED = ServerParts("mqtt", "", "1883")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plant.example", ("mqtt", "plant.example", "1883", "")),
        (" plant.example:1884 ", ("mqtt", "plant.example", "1884", "")),
        ("mqtt://plant.example", ("mqtt", "plant.example", "1883", "")),
        ("mqtts://plant.example", ("mqtts", "plant.example", "8883", "")),
        ("MQTTS://plant.example:8884/", ("mqtts", "plant.example", "8884", "")),
        ("ws://plant.example/mqtt", ("ws", "plant.example", "8083", "/mqtt")),
        ("wss://plant.example:443/a/b", ("wss", "plant.example", "443", "/a/b")),
        ("tcp://plant.example:1883", ("mqtt", "plant.example", "1883", "")),
        ("ssl://plant.example", ("mqtts", "plant.example", "8883", "")),
        ("mqtt://me:secret@plant.example", ("mqtt", "plant.example", "1883", "")),
        ("mqtt://me:p@ss@plant.example", ("mqtt", "plant.example", "1883", "")),
        ("mqtt://me:p/w@plant.example:1884", ("mqtt", "plant.example", "1884", "")),
        ("me:secret@plant.example", ("mqtt", "plant.example", "1883", "")),
        ("amqp://me:secret@plant.example", ("mqtt", "amqp://plant.example", "1883", "")),
        ("::1", ("mqtt", "[::1]", "1883", "")),
        ("mqtt://[::1]:1884", ("mqtt", "[::1]", "1884", "")),
        ("amqp://plant.example", ("mqtt", "amqp://plant.example", "1883", "")),
        ("plant example", ("mqtt", "plant example", "1883", "")),
    ],
)
def test_an_address_is_taken_apart(text: str, parts: tuple[str, str, str, str]) -> None:
    assert split_server(text, DEFAULT_PORTS, TYPED) == ServerParts(*parts)


def test_a_host_keeps_the_scheme_and_port_that_are_chosen() -> None:
    chosen = ServerParts("mqtts", "old.example", "9000")
    found = split_server("plant.example", DEFAULT_PORTS, chosen)
    assert found == ServerParts("mqtts", "plant.example", "9000")


@pytest.mark.parametrize(
    "address",
    [
        "mqtts://me:s3cret@plant.example",
        "me:s3/cr3t@plant.example",
        "mqtt://me:s3@cr3t@plant.example:1884",
        "amqp://me:s3cret@plant.example",
        "me:5353@plant.example",
    ],
)
@pytest.mark.usefixtures("theme")
def test_a_password_in_an_address_is_told_to_nobody_at_any_key(qtbot: QtBot, address: str) -> None:
    editor = ServerEditor("Server", DEFAULT_PORTS, ("sandbox", "embedded"))
    qtbot.addWidget(editor)
    told: list[object] = []
    editor.edited.connect(told.append)
    editor.show_value("mqtt://old.example:1883")
    editor.host.clear()
    qtbot.keyClicks(editor.host, address)
    editor.host.editingFinished.emit()
    editor.restore()
    editor.host.editingFinished.emit()

    assert any("plant.example" in str(value) for value in told)
    assert [value for value in told if "s3" in str(value) or "53" in str(value)] == []
    assert "plant.example" in editor.host.text()
    assert "s3" not in editor.host.text()


@pytest.mark.usefixtures("theme")
def test_an_emptied_host_keeps_scheme_and_port(qtbot: QtBot) -> None:
    editor = ServerEditor("Server", DEFAULT_PORTS, ("sandbox", "embedded"))
    qtbot.addWidget(editor)
    editor.edited.connect(editor.show_value)
    editor.show_value("mqtts://old.example:8883")
    editor.host.selectAll()
    qtbot.keyClick(editor.host, Qt.Key.Key_Delete)
    qtbot.keyClicks(editor.host, "new.example")

    assert editor.scheme.currentText() == "mqtts"
    assert editor.port.text() == "8883"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("PLAINTEXT://kafka:9092", "kafka:9092"),
        ("SASL_SSL://kafka:9093/", "kafka:9093"),
        ('"kafka:9092"', "kafka:9092"),
        ("[::1]:9092", "[::1]:9092"),
        ("SASL_SSL://me:secret@kafka:9093", "kafka:9093"),
        ("kafka", "kafka"),
    ],
)
def test_a_bootstrap_host_loses_what_is_around_it(text: str, host: str) -> None:
    assert tidy_host(text) == host
