"""What groups are put together with, and the second page's groups of fields and words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from gui.gallery.poses import POSES, posed
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.code_edit import CodeEdit
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.fields import CheckBox, Field, LineField
from gui.widgets.filter_field import FilterField
from gui.widgets.form_editors import HostsEditor
from gui.widgets.frames import Card
from gui.widgets.outcome_tag import OutcomeTag
from gui.widgets.secret_field import SecretEditor
from gui.widgets.template_edit import TemplateEdit
from gui.widgets.token_button import TokenButton

_GAP = 8


def row(*widgets: QWidget, gap: int = _GAP) -> QHBoxLayout:
    """Put widgets side by side, at the left."""
    layout = QHBoxLayout()
    layout.setSpacing(gap)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return layout


def column(*items: QWidget | QLayout, gap: int = _GAP) -> QWidget:
    """Put widgets and rows below each other."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for item in items:
        if isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
    return widget


def fields() -> QWidget:
    """Show fields that are lists, filters or kept secrets."""
    secret = SecretEditor("Password")
    secret.show_value("secret:lab", "Kept")
    topic = LineField("Topic", style="code")
    topic.setText("temp_hum/emqx")
    hosts = HostsEditor("Bootstrap hosts", "add host:port")
    hosts.show_value("127.0.0.1:9092")
    line = QHBoxLayout()
    line.setSpacing(16)
    for field in (
        Field("Topic", topic),
        Field("Filter", FilterField("Filter: text, key:")),
        Field("Hosts", hosts),
    ):
        line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
    return column(Field("Password", secret, required=True), line, gap=12)


def code() -> QWidget:
    """Show code that is typed."""
    edit = CodeEdit("Payload", "json")
    edit.set_text('{\n  "temp": "27.5", "hum": 41.8\n}')
    edit.setFixedHeight(76)
    template = TemplateEdit("Value", lines=3)
    template.set_text('{"temp": ${temp}, "unit": "C"}')
    return column(edit, template)


def results() -> QWidget:
    """Show the tags of results, and tokens of a rule."""
    outcomes = [OutcomeTag() for _ in range(3)]
    words = (("passed", "Passed"), ("no_result", "No match"), ("failed", "Failed"))
    for tag, (status, word) in zip(outcomes, words, strict=True):
        tag.show_outcome(status, word)
    tokens = [TokenButton(name, f"Copy {name}") for name in ("clientid", "temp", "hum")]
    return column(row(*outcomes), row(*tokens))


def focus() -> QWidget:
    """Show icons in each state; a link and a check box that have the keyboard."""
    icons = [posed(IconButton, pose, "copy", f"Copy, {pose}") for pose in POSES]
    return column(
        row(*icons, posed(LinkButton, "focus", "Show them"), posed(CheckBox, "focus", "Retain"))
    )


def empty() -> QWidget:
    """Show a panel with nothing in it yet."""
    state = SmallEmptyState("Waiting for the first message on t/#.")
    state.add_button("Start the bridge", "play")
    state.add_link("See examples")
    card = Card()
    layout = QVBoxLayout(card)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(state)
    return card
