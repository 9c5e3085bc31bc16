"""The first page's groups of what is pressed, typed into and switched."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.gallery.parts import column, row
from gui.gallery.poses import POSES, Pose, posed
from gui.widgets.buttons import (
    Button,
    DangerButton,
    FlatButton,
    IconButton,
    PrimaryButton,
    SecondaryButton,
)
from gui.widgets.fields import CheckBox, ComboBox, Field, LineField
from gui.widgets.labels import Label
from gui.widgets.measure_field import MeasureEditor
from gui.widgets.secret_field import SecretEditor
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch
from gui.widgets.template_edit import TemplateEdit

_POSE_WIDTH: Final = 84
_ACROSS: Final = 16
_DOWN: Final = 12
_KINDS: Final[tuple[tuple[type[Button], str, str], ...]] = (
    (PrimaryButton, "Save", "save"),
    (SecondaryButton, "Test", "plug-zap"),
    (FlatButton, "Revert", "undo-2"),
)


def buttons() -> QWidget:
    """Show each kind of button in each state, below the names of the states."""
    names = [Label(pose, style="caption", role="text2") for pose in POSES]
    for name in names:
        name.setFixedSize(_POSE_WIDTH, 16)
    rows = [row(*(posed(kind, pose, text, icon) for pose in POSES)) for kind, text, icon in _KINDS]
    poses: tuple[Pose, ...] = ("normal", "hover", "focus")
    icons = [posed(IconButton, pose, "copy", f"Copy, {pose}") for pose in poses]
    checked = IconButton("panel-right", "Panel")
    checked.setCheckable(True)
    checked.setChecked(True)
    busy = SecondaryButton("Testing...", "loader")
    rows.append(row(DangerButton("Delete rule"), busy, *icons, checked))
    return column(row(*names, gap=0), column(*rows, gap=6), gap=6)


def fields() -> QWidget:
    """Show fields of each kind, with help, a problem, the focus."""
    wrong = Field("Port", _line("90921"))
    wrong.set_problem("Port is 1 to 65535.")
    off = Field(
        "Disabled",
        posed(LineField, "disabled", "Disabled"),
        help_text="Help in one line, below the field.",
    )
    timeout = MeasureEditor("Request timeout", "s")
    timeout.show_value("30s")
    combo = ComboBox("Acknowledged by")
    combo.addItems(["All in-sync replicas", "Leader", "None"])
    secret = SecretEditor("Password")
    secret.show_value("secret:lab", "Stored in the keychain")
    secret.change_button.hide()
    secret.forget_button.hide()
    template = TemplateEdit("Template")
    template.set_text("${clientid}")
    made = (
        (Field("Normal", _line("kafka-lab")), Field("Focus", _line("kafka-lab", "focus"))),
        (wrong, off),
        (Field("Request timeout", timeout), Field("Acknowledged by", combo)),
        (Field("Password", secret, required=True), Field("Template", template)),
    )
    if isinstance(off.editor, LineField):
        off.editor.setText("follows the scheme")
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(_ACROSS)
    grid.setVerticalSpacing(_DOWN)
    for line, pair in enumerate(made):
        for place, field in enumerate(pair):
            grid.addWidget(field, line, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
            grid.setColumnMinimumWidth(place, 218)
    return widget


def switches() -> QWidget:
    """Show what is on or off, or one of several."""
    on, off, checked = Switch("On"), Switch("Off"), CheckBox("Retain")
    on.setChecked(True)
    checked.setChecked(True)
    segments = Segmented("View", {"map": "Map", "table": "Table"}, small=True)
    return column(row(on, off, checked, CheckBox("Retain"), segments, gap=16))


def _line(text: str, pose: Pose = "normal") -> LineField:
    field = posed(LineField, pose, text)
    field.setText(text)
    return field
