"""The groups of the gallery: buttons, fields, states, rows, tabs, banners, text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QLayout, QVBoxLayout, QWidget

from gui.gallery.poses import POSES, posed
from gui.theme import current
from gui.viewmodels.table_roles import TableRole
from gui.widgets.buttons import (
    Button,
    FlatButton,
    IconButton,
    LinkButton,
    PrimaryButton,
    SecondaryButton,
)
from gui.widgets.chart import Legend, Series
from gui.widgets.chips import Chip, KeyCap, Tag
from gui.widgets.code_edit import CodeEdit
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.fields import CheckBox, ComboBox, Field, LineField
from gui.widgets.filter_field import FilterField
from gui.widgets.form_editors import HostsEditor
from gui.widgets.frames import Banner, Card, Ground
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Label, StateLine
from gui.widgets.navigator_view import NavigatorView, RowRoles
from gui.widgets.outcome_tag import OutcomeTag
from gui.widgets.secret_field import SecretEditor
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch
from gui.widgets.tab_bar import TabBar
from gui.widgets.table_view import TableView
from gui.widgets.template_edit import TemplateEdit
from gui.widgets.token_button import TokenButton

_GAP = 8
_STATE_WIDTH = 116
_STATES = (
    *("connected", "running", "connecting", "degraded"),
    *("failed", "disabled", "stopped", "not_tried"),
)
_ROW_ROLES = RowRoles(*(int(Qt.ItemDataRole.UserRole) + n for n in range(1, 5)))


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


def buttons() -> QWidget:
    """Show each kind of button in each state."""
    kinds: list[tuple[type[Button], str, str]] = [
        (PrimaryButton, "Save", "file-plus"),
        (SecondaryButton, "Test", "plug-zap"),
        (FlatButton, "Undo", "rotate-cw"),
    ]
    rows: list[QLayout] = [
        row(*(posed(kind, pose, text, icon) for pose in POSES)) for kind, text, icon in kinds
    ]
    icons = [posed(IconButton, pose, "copy", f"Copy, {pose}") for pose in POSES]
    rows.append(row(*icons, LinkButton("Show them"), KeyCap("Ctrl K"), gap=12))
    return column(*rows, gap=6)


def fields() -> QWidget:
    """Show fields with and without help, problem, focus."""
    wrong = _field("Port", "90921")
    wrong.set_problem("Port is 1 to 65535.")
    pairs: list[tuple[Field, ...]] = [
        (_field("Normal", "kafka-lab"), _field("Focus", "kafka-lab", pose_focus=True)),
        (wrong, _field("Disabled", "follows the scheme", "Help in one line.", is_enabled=False)),
        (_choice(), Field("Password", _secret(), required=True)),
        (
            Field("Topic", _topic()),
            Field("Filter", FilterField("Filter: text, key:")),
            Field("Hosts", _hosts()),
        ),
    ]
    rows: list[QLayout] = []
    for side_by_side in pairs:
        line = QHBoxLayout()
        line.setSpacing(16)
        for field in side_by_side:
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        rows.append(line)
    return column(*rows, gap=12)


def switches() -> QWidget:
    """Show what is on or off, or one of several."""
    on, off = Switch("On"), Switch("Off")
    on.setChecked(True)
    checked, focused = CheckBox("Retain"), posed(CheckBox, "focus", "Retain")
    checked.setChecked(True)
    segments = Segmented("View", {"map": "Map", "table": "Table"}, small=True)
    return column(row(on, off, checked, focused, segments, gap=16))


def code() -> QWidget:
    """Show code that is typed."""
    edit = CodeEdit("Payload", "json")
    edit.set_text('{\n  "temp": "27.5", "hum": 41.8\n}')
    edit.setFixedHeight(76)
    template = TemplateEdit("Value", lines=3)
    template.set_text('{"temp": ${temp}, "unit": "C"}')
    return column(edit, template)


def states() -> QWidget:
    """Show every state: shape and word."""
    lines = [StateLine(ground="surface1") for _ in _STATES]
    for line, status in zip(lines, _STATES, strict=True):
        line.set_state(status, current().state(status).word, "text1")
        line.setFixedWidth(_STATE_WIDTH)
    return column(*(row(*lines[at : at + 3], gap=0) for at in range(0, len(lines), 3)))


def chips() -> QWidget:
    """Show chips and tags."""
    first, second = Chip("emqx-lab"), Chip("kafka-lab")
    first.set_state("connected", "Connected")
    second.set_state("connecting", "Connecting")
    tags = [Tag("Passed", "ok"), Tag("No match", "warn"), Tag("Failed", "bad"), Tag("Kafka")]
    outcomes = [OutcomeTag() for _ in range(3)]
    words = (("passed", "Passed"), ("no_result", "No match"), ("failed", "Failed"))
    for tag, (status, word) in zip(outcomes, words, strict=True):
        tag.show_outcome(status, word)
    tokens = [TokenButton(name, f"Copy {name}") for name in ("clientid", "temp", "hum")]
    return column(row(first, second), row(*tags), row(*outcomes), row(*tokens))


def navigator() -> QWidget:
    """Show rows of the navigator; the second is selected, the third has the keyboard."""
    model = QStandardItemModel()
    view = NavigatorView("Navigator rows", _ROW_ROLES)
    for name, status in (("temp_hum", "running"), ("selected", "running"), ("off", "disabled")):
        item = QStandardItem(name)
        item.setData(name, _ROW_ROLES.key)
        item.setData(status, _ROW_ROLES.status)
        item.setData("" if status == "disabled" else "20.0/s", _ROW_ROLES.detail)
        model.appendRow(item)
    model.setParent(view)
    view.setModel(model)
    view.setCurrentIndex(model.index(1, 0))
    view.setFixedHeight(96)
    return _framed(view)


def table() -> QWidget:
    """Show rows of a table."""
    model = QStandardItemModel(0, 3)
    model.setHorizontalHeaderLabels(["Time", "Topic", "Size"])
    for time, topic in (("12:04:01.475", "temp_hum/emqx"), ("12:04:01.576", "selected")):
        model.appendRow([QStandardItem(text) for text in (time, topic, "27 B")])
    view = TableView("Table")
    model.setParent(view)
    view.setModel(model)
    roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
    view.setItemDelegate(GroupedDelegate(roles, view))
    view.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    view.setColumnWidth(0, 120)
    view.setColumnWidth(2, 64)
    view.selectRow(1)
    view.setFixedHeight(78)
    return _framed(view)


def tabs() -> QWidget:
    """Show the tabs of a dock."""
    bar = TabBar("Tabs", in_dock=True)
    for key in ("Feed", "Problems"):
        bar.add(key, key)
    bar.add("rule", "temp_hum", closable=True)
    bar.show_state("rule", "running", "Running")
    bar.show_count("Problems", 1, "warn")
    return bar


def series() -> QWidget:
    """Show the lines of charts."""
    names = ("in", "passed", "delivered")
    return column(Legend([Series(name, look) for look, name in enumerate(names, 1)]))


def banners() -> QWidget:
    """Show banners."""
    made: list[QWidget] = []
    for status, text, link in (
        ("degraded", "The file was changed elsewhere.", "Reload"),
        ("failed", "The engine stopped unexpectedly.", "Restart"),
    ):
        banner = Banner()
        banner.say(text, status=status, link=link)
        made.append(banner)
    return column(*made)


def empty() -> QWidget:
    """Show a panel with nothing in it yet."""
    state = SmallEmptyState("Waiting for the first message on t/#.")
    state.add_button("Start the bridge", "play")
    state.add_link("See examples")
    return _framed(state)


def surfaces() -> QWidget:
    """Show the four surfaces with their texts."""
    line = QHBoxLayout()
    line.setSpacing(0)
    for number in range(4):
        ground = Ground(f"surface{number}")
        box = QVBoxLayout(ground)
        box.setContentsMargins(10, 6, 10, 6)
        box.setSpacing(0)
        box.addWidget(Label(f"surface{number}", style="small", weight=600))
        box.addWidget(Label("text2", style="small", role="text2"))
        box.addWidget(Label("text3", style="small", role="text3"))
        line.addWidget(ground, 1)
    return column(line)


def types() -> QWidget:
    """Show the text styles."""
    return column(
        Label("Display 24", style="display"),
        Label("Title 16", style="title"),
        row(
            *(Label(f"{name.capitalize()}", style=name) for name in ("strong", "body", "small")),
            Label("Caption", style="caption", role="text2"),
            Label("Code 0123", style="code"),
            gap=12,
        ),
        gap=4,
    )


def _framed(widget: QWidget) -> Card:
    card = Card()
    layout = QVBoxLayout(card)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(widget)
    card.setFrameShape(QFrame.Shape.NoFrame)
    return card


def _field(
    label: str,
    text: str,
    help_text: str = "",
    *,
    required: bool = False,
    is_enabled: bool = True,
    pose_focus: bool = False,
) -> Field:
    editor = posed(LineField, "focus" if pose_focus else "normal", label)
    editor.setText(text)
    editor.setEnabled(is_enabled)
    return Field(label, editor, help_text=help_text, required=required)


def _choice() -> Field:
    combo = ComboBox("Acknowledged by")
    combo.addItems(["All in-sync replicas", "Leader", "None"])
    return Field("Acknowledged by", combo)


def _hosts() -> HostsEditor:
    hosts = HostsEditor("Bootstrap hosts", "add host:port")
    hosts.show_value("127.0.0.1:9092")
    return hosts


def _secret() -> SecretEditor:
    secret = SecretEditor("Password")
    secret.show_value("secret:lab", "Kept")
    return secret


def _topic() -> LineField:
    field = LineField("Topic", style="code")
    field.setText("temp_hum/emqx")
    return field
