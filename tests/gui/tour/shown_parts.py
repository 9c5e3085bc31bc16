"""The parts of every drawn page, found in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHeaderView, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.parts import PageHeader
from gui.pages.settings_fields import SettingRow
from gui.widgets.fields import Field
from gui.widgets.form_group import FormGroup
from gui.widgets.frames import Strip
from tests.helpers.letters import EXPIRED, Writer

Parts: TypeAlias = dict[str, QWidget]


def page_of(window: MainWindow, key: str) -> Any:
    window.open_document(key)
    return window.documents.page(key)


def in_dock(host: QWidget, kind: type[QWidget], number: int = 0) -> QWidget:
    """Find a part by its kind, in the order of the reading."""
    shown = [each for each in host.findChildren(kind) if each.isVisible()]
    return sorted(shown, key=lambda each: each.mapTo(host, QPoint()).toTuple()[::-1])[number]


def show_rule(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "rule:temp_hum")
    page.close_action()
    return {
        "header": in_dock(page, PageHeader),
        "editor": page.panel.editor,
        "problem line": page.panel.line,
        "side": page._side_area,
        "test": page.test,
        "event": page.test.event_form,
        "payload": page.test.payload,
        "a card of an action": next(iter(page.side.cards.findChildren(QWidget))),
        "add an action": page.side.add_button,
    }


def show_failed_rule(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "rule:temp_hum")
    page.close_action()
    page.test.cases.choice.activated.emit(1)
    editor, panel = page.panel.editor, page.panel
    start = editor.toPlainText().index("float(")
    editor.replace(start, start + len("float"), "flaot")
    qtbot.waitUntil(lambda: editor.statement.is_checked and bool(editor.statement.problems))
    qtbot.waitUntil(lambda: page.test.result.tag.accessibleName() == "Failed")
    errors = (each for each in editor.statement.problems if each.severity == "error")
    panel.hover.show_problem(next(errors))
    return {
        "editor": editor,
        "problem line": panel.line,
        "card of the problem": panel.hover.card,
        "test": page.test,
    }


def show_action(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "rule:temp_hum")
    page.test.cases.choice.activated.emit(1)
    page.open_action("action:to_emqx")
    qtbot.waitUntil(lambda: page.sheet.preview.height() > 100)
    sheet = page.sheet
    return {
        "sheet": sheet,
        "form": sheet.form,
        "preview": sheet.preview,
        "field": in_dock(sheet, Field),
        "key": sheet.form.editor("message", "key"),
        "headers": sheet.form.editor("kafka_ext_headers"),
        "partition": sheet.form.editor("partition_strategy"),
        "output": page.test.result.output,
    }


def show_connector(name: str) -> Callable[[MainWindow, QtBot], Parts]:
    def show(window: MainWindow, _qtbot: QtBot) -> Parts:
        page = page_of(window, f"connector:{name}")
        parts: Parts = {
            "header": page.header,
            "tabs": in_dock(page, Strip),
            "form": page.fields,
            "test": page.panel,
            "save": page.save_button,
        }
        if name == "kafka-lab":
            parts |= {"name": in_dock(page.fields, Field), "tls": in_dock(page.fields, FormGroup)}
        return parts

    return show


def show_monitor(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "monitor")
    return {
        "window of time": page.windows,
        "counters": page._counters,
        "rates": page.rates,
        "latency": page.lower_charts.latency,
        "trace": page.trace,
        "heads of the trace": in_dock(page.trace, QHeaderView),
    }


def show_simulator(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "simulator:sensors")
    return {
        "header": page.header,
        "options": page.options,
        "more of a field": page.template.rows[0].more_button,
        "more of the next field": page.template.rows[1].more_button,
        "a placeholder to insert": page.template.tokens[0],
        "to": in_dock(page.options, Field),
        "topic": in_dock(page.options, Field, 1),
        "qos": in_dock(page.options, Field, 2),
        "retain": in_dock(page.options, Field, 3),
        "more": page.more_button,
        "client": in_dock(page.options, Field, 4),
        "devices": in_dock(page.options, Field, 5),
        "template": page.template,
        "text of the template": page.template.payload,
        "preview": page.preview,
        "heads of the preview": in_dock(page.preview, QHeaderView),
        "rate": page.rate,
    }


def show_letters(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "dead_letters:to_alarms")
    if not page.model.model.shown:
        environment = window.session.environment
        assert environment is not None
        writer = Writer(environment.state_dir, "to_alarms", "hot_plant")
        for number in range(3):
            writer.put(f'{{"temp":4{number}}}', EXPIRED, topic="plant/1/temp", client="dev-1")
        qtbot.waitUntil(lambda: len(page.model.model.shown) == 3)
        page.table.selectRow(1)
        page.model.model.check((1, 2), is_checked=True)
        qtbot.waitUntil(lambda: page.model.detail.trial.status == "passed")
    page.table.setFocus(Qt.FocusReason.MouseFocusReason)
    return {
        "filter": page.filter,
        "more": page.more_button,
        "table": page.table,
        "bulk bar": page.bulk,
        "clear the selection": page.bulk.clear_button,
        "delete": page.pane.delete_button,
        "detail": page.pane,
    }


def show_settings(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "settings")
    page.show_section("shortcuts")
    return {"sections": page.sections, "table": page.shortcuts.view}


def show_general(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "settings")
    page.show_section("general")
    rows = {row.label.whole_text(): row for row in page.findChildren(SettingRow)}
    qtbot.waitUntil(rows["Open at start"].isVisible)
    names = ("Open at start", "Start the bridge when a workspace opens", "Language", "Code size")
    names = (*names, "Rows kept in the feed", "Rows kept in a tail", "Longest payload shown")
    return {"sections": page.sections} | {name: rows[name].control for name in names}


def show_new_rule(window: MainWindow, qtbot: QtBot) -> Parts:
    window.commands["new_rule"].trigger()
    qtbot.waitUntil(lambda: window.documents.current not in ("", "settings"))
    page: Any = window.documents.page(window.documents.current)
    page.turn_examples()
    return {
        "editor": page.panel.editor,
        "side": page._side_area,
        "drawer": page.drawer,
        "filter": page.drawer.filter,
    }


def show_publish(window: MainWindow, _qtbot: QtBot) -> Parts:
    window.commands["publish"].trigger()
    form = window.publish.mqtt
    return {
        "dock": window.bottom,
        "connector": form.connector,
        "payload": form.payload.edit,
        "rows of properties": form.properties.table.viewport(),
        "answer": form.response_topic,
        "properties": form.properties,
    }
