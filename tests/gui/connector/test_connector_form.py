"""The form of a connector: what is typed, what is wrong with it, how it is written."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.workspace.kafka import KafkaSsl
from core.workspace.load import load
from gui.main_window import MainWindow
from gui.viewmodels.connector_options import groups_of

from .conftest import Key, open_file, page_of, press_save, type_into


def test_an_option_typed_and_saved_is_in_the_file_beside_its_comment(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.fields.group("advanced").open()
    type_into(qtbot, page.fields.editor("keepalive"), "15")
    type_into(qtbot, page.fields.editor("receive_maximum"), "20")

    assert page.fields.editor("keepalive").text() == "15", "its unit stands beside it"
    assert (
        page.fields.group("advanced").head.accessibleName().endswith("1 of 7 changed from default")
    )
    assert window.isWindowModified()
    with qtbot.waitSignal(page.form.saved):
        press_save(window, qtbot)

    text = path.read_text("utf-8")
    assert "keepalive = '15s'  # as the plant asks" in text
    assert load(path).partial.connectors.mqtt["plant"].receive_maximum == 20
    assert not window.isWindowModified()


def test_an_error_stands_under_its_field_and_save_leads_there(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    before = path.read_text("utf-8")
    field = page.fields.field("keepalive")
    type_into(qtbot, page.fields.editor("keepalive"), "soon")
    qtbot.waitUntil(lambda: "unit: 500 ms, 5 s, 2 min." in field.editor.accessibleDescription())

    press_save(window, qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field.editor)
    assert path.read_text("utf-8") == before

    size = page.fields.field("max_packet_size")
    type_into(qtbot, page.fields.editor("max_packet_size"), "large")
    qtbot.waitUntil(lambda: "unit: 896KB, 256MB." in size.editor.accessibleDescription())


def test_a_mistake_in_a_folded_group_opens_it(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    group = page.fields.group("advanced")
    group.open()
    type_into(qtbot, page.fields.editor("max_packet_size"), "huge")
    group.set_open(False)

    press_save(window, qtbot)
    qtbot.waitUntil(group.head.isChecked)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.fields.editor("max_packet_size"))


def test_what_cannot_work_is_said_at_its_field(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.fields.group("advanced").open()
    page.fields.group("will").open()
    page.fields.group("tls").open()
    wrong = {
        ("will", "topic"): ("a/#", "A topic to publish to cannot contain + or #."),
        ("connect_timeout",): ("0", "Write 1ms to 596h."),
        ("reconnect_min",): ("50s", "Write at most 30s, or a longer reconnect_max."),
        ("keepalive",): ("99999999", "Write at most 65535s."),
        ("user_properties",): ("a,b", "Write name=value, several with commas."),
        ("ssl", "versions"): ("ssl3", "Write some of tlsv1.3, tlsv1.2, tlsv1.1, tlsv1."),
    }
    for option, (text, _) in wrong.items():
        type_into(qtbot, page.fields.editor(*option), text)

    for option, (_, said) in wrong.items():
        editor = page.fields.editor(*option)
        qtbot.waitUntil(lambda editor=editor, said=said: said in editor.accessibleDescription())


def test_the_part_of_an_address_is_marked_that_the_sentence_is_about(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    server = page_of(window, "plant").fields.editor("server")
    type_into(qtbot, server.port, "70000")
    for host in ("bad host/name", "bad host"):
        type_into(qtbot, server.host, host)
        qtbot.waitUntil(lambda: "name or address" in server.host.accessibleDescription())
        assert server.port.accessibleDescription() == ""

    type_into(qtbot, server.host, "plant.example")
    qtbot.waitUntil(lambda: server.port.accessibleDescription() == "Port is 1 to 65535.")
    assert server.host.accessibleDescription() == ""


def test_what_is_required_is_said(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    type_into(qtbot, page.fields.editor("server").host, "")
    press_save(window, qtbot)

    assert page.fields.editor("server").host.accessibleDescription() == "Server is required."


def test_a_pasted_address_fills_scheme_host_and_port(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    server = page.fields.editor("server")
    QApplication.clipboard().setText("mqtts://plant.example:8884")
    server.host.setFocus(Qt.FocusReason.TabFocusReason)
    server.host.selectAll()
    server.host.paste()
    server.host.textEdited.emit(server.host.text())

    assert server.scheme.currentText() == "mqtts"
    assert server.host.text() == "plant.example"
    assert server.port.text() == "8884"
    assert page.form.read(("server",)) == "mqtts://plant.example:8884"


def test_a_typed_address_is_taken_apart_when_left_and_that_can_be_undone(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    server, field = page.fields.editor("server"), page.fields.field("server")
    type_into(qtbot, server.host, "wss://plant.example/mqtt")

    assert (server.scheme.currentText(), server.port.text()) == ("wss", "8084")
    assert server.host.text() == "plant.example/mqtt"
    assert page.form.read(("server",)) == "wss://plant.example:8084/mqtt"
    assert field.link.isVisible()
    qtbot.keyClick(field.link, Key.Key_Return)
    assert server.host.text() == "wss://plant.example/mqtt"
    assert server.scheme.currentText() == "mqtt"
    assert field.link.isHidden()


def test_a_bad_host_and_a_bad_port_are_said_where_they_are(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    server = page_of(window, "plant").fields.editor("server")
    type_into(qtbot, server.port, "99999")
    qtbot.waitUntil(lambda: server.port.accessibleDescription() == "Port is 1 to 65535.")
    assert server.host.accessibleDescription() == ""
    type_into(qtbot, server.port, "1883")
    type_into(qtbot, server.host, "plant example")
    qtbot.waitUntil(lambda: "one host" in server.host.accessibleDescription())


def test_another_client_id_is_asked_for_by_its_button(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    editor = page.fields.editor("client_id")
    qtbot.keyClick(editor.button, Key.Key_Return)

    assert page.form.read(("client_id",)).startswith(f"{editor.placeholderText()}-")
    assert editor.text() == page.form.read(("client_id",))


def test_hosts_are_chips_that_a_pasted_list_fills(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    hosts = page.fields.editor("bootstrap_hosts")
    hosts.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(hosts.line, Key.Key_Backspace)
    qtbot.keyClicks(hosts.line, "a:9092,b:9093 c")
    qtbot.keyClick(hosts.line, Key.Key_Return)

    assert hosts.hosts == ["a:9092", "b:9093", "c"]
    assert page.form.read(("bootstrap_hosts",)) == "a:9092,b:9093,c"
    chip = hosts.chips[1]
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chip, Key.Key_Delete)
    assert page.form.read(("bootstrap_hosts",)) == "a:9092,c"


def test_a_click_takes_a_host_out_while_the_keyboard_is_elsewhere(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    window.drafts.set("connector:laptop", ("bootstrap_hosts",), "a:9092,b:9093")
    page.fields.field("ip_family").setFocus(Qt.FocusReason.TabFocusReason)
    hosts = page.fields.editor("bootstrap_hosts")
    qtbot.mouseClick(hosts.chips[0], Qt.MouseButton.LeftButton)

    assert hosts.hosts == ["b:9093"]
    assert page.form.read(("bootstrap_hosts",)) == "b:9093"


def test_a_port_out_of_range_is_said_of_hosts_as_of_a_server(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    hosts = page_of(window, "laptop").fields.field("bootstrap_hosts")
    hosts.editor.line.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(hosts.editor.line, Key.Key_Backspace)
    qtbot.keyClicks(hosts.editor.line, "a:9092,b:99999")
    qtbot.keyClick(hosts.editor.line, Key.Key_Return)
    qtbot.keyClick(hosts.editor.line, Key.Key_Tab)

    said = hosts.editor.line.accessibleDescription
    qtbot.waitUntil(lambda: "Port is 1 to 65535." in said())
    assert "HOST:PORT" not in said()


def test_every_option_of_tls_to_kafka_is_in_the_form_with_its_default():
    options = {option.path: option for group in groups_of("kafka") for option in group.options}
    for name in KafkaSsl.model_fields:
        shown = options["ssl", name].default
        given = {} if shown is None else {name: shown}
        left = getattr(KafkaSsl.model_validate(given), name)
        assert left == getattr(KafkaSsl(), name) or not left, name


def test_what_is_kept_for_emqx_alone_is_edited_and_taken_back(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    group = page.fields.group("emqx")
    assert "they do nothing here" in group.head.accessibleName()
    group.open()
    editor = partial(page.fields.editor, "ssl")
    qtbot.keyClick(editor("reuse_sessions"), Key.Key_Space)
    type_into(qtbot, editor("hibernate_after"), "7s")
    type_into(qtbot, editor("managed_certs"), "bundle_name=lab")
    for _ in range(2):
        qtbot.keyClick(editor("partial_chain"), Key.Key_Down)
    with qtbot.waitSignal(page.form.saved, timeout=10_000):
        press_save(window, qtbot)

    kept = load(path).partial.connectors.kafka["laptop"].ssl
    assert (kept.reuse_sessions, kept.hibernate_after.s) == (True, 7)
    assert kept.partial_chain is True
    assert kept.managed_certs == {"bundle_name": "lab"}
    assert kept.log_level == "notice"


def test_a_way_to_sign_in_brings_its_fields(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    choice = page.fields.editor("@mechanism")
    assert page.fields.field("authentication", "username").isHidden()
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):
        qtbot.keyClick(choice, Key.Key_Down)

    assert page.form.read(("authentication", "mechanism")) == "scram_sha_256"
    assert page.fields.field("authentication", "username").isVisible()
    assert page.fields.field("authentication", "client_secret").isHidden()


def test_every_widget_of_the_page_has_a_name_and_is_reached_by_tab(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    for name in ("plant", "laptop"):
        page = page_of(window, name)
        for key in ("tls", "advanced"):
            page.fields.group(key).open()
        stops = [
            widget
            for widget in page.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and widget.isEnabled()
        ]
        nameless = [
            widget for widget in stops if not (widget.accessibleName() or widget.property("text"))
        ]
        assert not nameless
        reached = {stops[0]}
        at = stops[0].nextInFocusChain()
        while at is not None and at is not stops[0]:
            reached.add(at)
            at = at.nextInFocusChain()
        assert set(stops) <= reached
