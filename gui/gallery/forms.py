"""The gallery's groups of forms: what is put together of fields, lists of rows, and settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.gallery.parts import column
from gui.gallery.poses import posed
from gui.gallery.still import Still
from gui.pages.settings_fields import SettingRow
from gui.theme import current
from gui.viewmodels.pairs import PairsModel
from gui.viewmodels.settings import SettingsStore
from gui.viewmodels.settings_form import SettingsForm
from gui.widgets.button_field import ButtonEditor
from gui.widgets.choice_template import ChoiceTemplate
from gui.widgets.field_row import FieldRow
from gui.widgets.fields import Field, LineField
from gui.widgets.form_editors import (
    ChoiceEditor,
    PlaceEditor,
    SegmentsEditor,
    SwitchEditor,
    TextEditor,
)
from gui.widgets.form_group import FormGroup
from gui.widgets.measure_field import StopEditor
from gui.widgets.pairs_table import Outlined, PairsTable
from gui.widgets.row_editors import FallbacksEditor, HeadersEditor
from gui.widgets.section_list import SectionList
from gui.widgets.server_field import ServerEditor

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_KINDS = [("property", "User property"), ("topic", "Topic level"), ("none", "Nowhere")]
_SHOWN = ("open_at_start", "save_drafts", "theme", "text_percent", "motion", "keep_in")


def composed() -> QWidget:
    """Show fields that are put together of several, one of them with a problem."""
    server = ServerEditor("Server", _PORTS, ("sandbox", "embedded"))
    server.show_value("mqtt://broker.local:1883")
    wrong = Field("Server", ServerEditor("Server", _PORTS, ("sandbox", "embedded")))
    wrong.editor.show_value("mqtt://broker.local:99999")  # pyright: ignore[reportAttributeAccessIssue] - the server's
    wrong.set_problem("Port is 1 to 65535.")
    place = PlaceEditor("Client ID", _KINDS)
    place.show_value("property:clientid")
    stop, number = StopEditor("Stop"), TextEditor("Text size", "number", unit="%")
    stop.show_value(None)
    number.show_value(100)
    choice = ChoiceEditor("Sent", [("json", "As JSON"), ("none", "As it is")])
    keep = SwitchEditor("Keep the session")
    keep.show_value(True)
    off = Field("Off", posed(ChoiceEditor, "disabled", "Off", [("none", "Follows the scheme")]))
    fields = (
        *(Field("Server", server), wrong, Field("Client ID", place), Field("Stop", stop)),
        *(Field("Text size", number), Field("Sent", choice), off),
    )
    return column(*fields, keep, gap=6)


def lists() -> QWidget:
    """Show lists of rows that are edited in place."""
    headers, ways = HeadersEditor("Headers", "Add header"), FallbacksEditor("Else", "Add a way")
    model, table = PairsModel("Name"), PairsTable("User properties")
    model.show([("site", "greenhouse-2"), ("clientid", "dev-6")])
    model.setParent(table)
    table.setModel(model)
    table.set_up_columns(130)
    pairs = Outlined(table)
    pairs.setFixedHeight(86)
    made: list[QWidget] = []
    for name, rows in (("Headers", headers), ("Where it goes else", ways)):
        field = Field(name, rows)
        field.add_beside(rows.add_button)
        made.append(field)
    headers.show_value(
        [{"kafka_ext_header_key": "unit", "kafka_ext_header_value": "${unit}"}],
    )
    ways.show_value([{"kind": "topic", "topic": "plant.dead"}])
    return column(*made, pairs, gap=8)


def choices() -> QWidget:
    """Show fields that propose values, or make one."""
    client = ButtonEditor("Client ID", "rotate-cw", "Another client ID")
    client.show_value("sluicegate-greenhouse-emqx-lab")
    topic = ChoiceTemplate("Topic", "Topics of the cluster")
    topic.set_text("plant.alarms")
    versions = SegmentsEditor("Version", [("v5", "5.0"), ("v4", "3.1.1")])
    versions.show_value("v5")
    return column(
        Field("Client ID", client), Field("Topic", topic), Field("Version", versions), gap=6
    )


def groups() -> QWidget:
    """Show a group that is folded, one that is open, and one that has the keyboard."""
    folded, opened = FormGroup("TLS"), FormGroup("Advanced")
    folded.head.set_note("off")
    opened.head.set_note("2 of 9 changed from default")
    opened.set_open(True)
    return column(folded, opened, gap=0)


def sections() -> QWidget:
    """Show the list of sections, one of them with something to look at."""
    titles = {
        "general": ("General", "sliders-horizontal"),
        "editor": ("Editor", "code"),
        "shortcuts": ("Shortcuts", "keyboard"),
    }
    made = posed(SectionList, "focus", "Sections", titles)
    made.show_count("shortcuts", 1, "1 conflict")
    made.setFixedSize(184, 3 * 32 + 2)
    return made


def settings() -> QWidget:
    """Show settings of every kind; one number is none."""
    host = QWidget()
    store = SettingsStore(Path("no-settings.toml"), host)  # there is no such file, nor is it made
    form = SettingsForm(store, Still(), host)
    rows = [SettingRow(form, option) for option in form.options if option.name in _SHOWN]
    for row in rows:
        if row.option.kind == "number":
            row.control.setText("900")  # pyright: ignore[reportAttributeAccessIssue] - of numbers
            row.type_text("900")
    inner = QVBoxLayout(host)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.setSpacing(0)
    for row in rows:
        inner.addWidget(row)
    return host


def row() -> QWidget:
    """Show fields side by side, as far as they have the room."""
    fields = [Field(name, LineField(name)) for name in ("Connector", "Topic")]
    return FieldRow([(field, 1) for field in fields], current().size("space.l"))
