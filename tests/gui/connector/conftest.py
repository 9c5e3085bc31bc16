"""A workspace whose connectors are edited in the window, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

Key = Qt.Key

CTRL = Qt.KeyboardModifier.ControlModifier

SHIFT = Qt.KeyboardModifier.ShiftModifier

SECRET = "correct horse battery"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="a",
        mqtt_options="keepalive = '60s'  # as the plant asks",
    )


def open_file(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)


def page_of(window: MainWindow, name: str) -> ConnectorPage:
    window.go_to_document(f"connector:{name}")
    page = window.documents.page(f"connector:{name}")
    assert isinstance(page, ConnectorPage)
    return page


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Replace what a field holds, as a person does, and go on by Tab."""
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(field, Key.Key_A, CTRL)
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Tab)


def press_save(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Key.Key_S, CTRL)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    limits = ("max_qos 1", "max_inflight_messages 7", "retain_available false", "max_keepalive 45")
    made = Mosquitto(tmp_path / "broker", users={"bridge": SECRET}, extra=limits)
    made.start()
    yield made
    made.stop()


def on_broker(broker: Mosquitto, folder: Path, kafka: str = "127.0.0.1:1") -> Path:
    return write_workspace(
        folder,
        mqtt=broker.url,
        kafka=kafka,
        topic="a",
        mqtt_options="username = 'bridge'\npassword = 'env:FORM_PASSWORD'",
    )


def press(qtbot: QtBot, key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    qtbot.keyClick(keyboard, key)
