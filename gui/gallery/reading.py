"""The gallery's groups of what is read: code, sentences with code, live lists, popovers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.gallery.parts import column, row
from gui.gallery.poses import posed
from gui.theme import current
from gui.viewmodels.table_roles import TableRole
from gui.widgets.ask_popup import AskPopup
from gui.widgets.choice_list import ChoiceList
from gui.widgets.code_label import CodeLabel
from gui.widgets.code_spot import CodeSpot
from gui.widgets.code_view import CodeView
from gui.widgets.confirm_popup import ConfirmPopup
from gui.widgets.fact_rows import FactRows
from gui.widgets.fields import LineField
from gui.widgets.fitted_code import FittedCode, boxed
from gui.widgets.frames import DockTitle, Line, Well
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Paragraph
from gui.widgets.linked_line import LinkedLine
from gui.widgets.live_table import LiveTable
from gui.widgets.menu_bar import MenuBar
from gui.widgets.menu_button import MenuButton
from gui.widgets.name_popup import NamePopup
from gui.widgets.popover import Popover
from gui.widgets.progress_line import ProgressLine
from gui.widgets.prose import Prose, ProseLine
from gui.widgets.topic_popup import TopicPopup

_SQL = 'SELECT clientid, payload.temp AS temp\nFROM "temp_hum/emqx"\nWHERE temp > 20'
_CODE = {"`payload.temp`": "syntax.path", "`float`": "syntax.function"}


def code() -> QWidget:
    """Show code in all the ways that it is shown: whole, in a line, around a problem."""
    numbered = CodeView("Statement", "sql", numbered=True)
    numbered.show_code(_SQL)
    numbered.setFixedHeight(82)
    fitted = FittedCode("Output", "json")
    fitted.show_code('{"clientid": "dev-6", "temp": 27.5}')
    label = CodeLabel('{"temp": ${temp}, "hum": ${hum}}', "placeholders", name="Value")
    spot = CodeSpot(7, "  AND flaot(payload.temp) > 20", 6, 5)
    return column(boxed(numbered), boxed(fitted), label, spot)


def sentences() -> QWidget:
    """Show sentences with code in them, and several lines without."""
    prose, line = Prose(), ProseLine()
    prose.say("Leave `payload.temp` out in SELECT, or write `float`(`payload.temp`).", _CODE)
    line.say("Did you mean `float`?", _CODE)
    well = Well()
    inner = QVBoxLayout(well)
    inner.addWidget(Paragraph("In-memory Kafka: records are lost at the exit.", style="small"))
    facts = FactRows("Addresses")
    facts.show_facts([("MQTT broker", "127.0.0.1:46503", True), ("State", "stopped", False)])
    linked = LinkedLine()
    linked.sentence.set_state("degraded", "1 action is degraded.")
    linked.link.setText("Show them")
    return column(prose, line, linked, well, facts)


def popovers() -> QWidget:
    """Show what opens at a button and asks for something, as it is when it is open."""
    host = QWidget()
    ask = AskPopup(host, "Topic", "Open", text="plant.alarms", help_text="Write or choose one.")
    name = NamePopup("Name of the case", "Save case", host)
    name.field.setText("reading, 27.5 and 41.8")
    topic = TopicPopup("plant.alarms", host)
    topic.partitions.setText("none")
    plain = Popover(host, "Filter", 240)
    plain.column.addWidget(Paragraph("Terms stand side by side and all must hold.", style="small"))
    made = (ask, name, topic, plain)
    for each in made:
        each.setWindowFlags(Qt.WindowType.Widget)
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(current().size("space.s"))
    for each in made:
        each.setMinimumHeight(each.sizeHint().height())
        layout.addWidget(each)
    return host


def question() -> QWidget:
    """Show what is asked before something goes that others use, as it is when it is open."""
    host = QWidget()
    reason = "In use by rule hot_plant, which cannot run without it. This can be undone."
    made = ConfirmPopup("Delete connector plant?", reason, "Delete", host)
    made.setWindowFlags(Qt.WindowType.Widget)
    made.setMinimumHeight(made.sizeHint().height())
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(made)
    return host


def offer() -> QWidget:
    """Show what a field proposes, as it is when it is open."""
    host = QWidget()
    host.resize(364, 30)
    made = ChoiceList(host, "Topics")
    made.setWindowFlags(Qt.WindowType.Widget)
    rows = [("emqx", "3 partitions"), ("plant.alarms", "1 partition")]
    made.show_rows(rows, "emqx", "Read from the cluster just now.", "Create topic")
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(made)
    return host


def bars() -> QWidget:
    """Show bars of windows and docks, and how far something is."""
    menus = MenuBar()
    for text in ("&File", "&Edit", "&View"):
        menus.addMenu(text)
    title = DockTitle("Kafka tail")
    title.add(posed(LineField, "normal", "Topic", small=True))
    progress = ProgressLine("Loading")
    progress.show_fraction(0.4)
    formats = {"json": "JSON", "text": "Text"}
    buttons = [posed(MenuButton, p, "Format", formats) for p in ("normal", "focus")]
    return column(menus, title, Line(), row(progress, *buttons))


def live() -> QWidget:
    """Show a list that grows, with newer rows below."""
    view = LiveTable("Feed", 24)
    model = QStandardItemModel(0, 2, view)
    model.setHorizontalHeaderLabels(["Time", "Topic"])
    view.setModel(model)
    view.setItemDelegate(
        GroupedDelegate(TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE), view)
    )
    for second in range(12):
        items = [QStandardItem(f"12:04:{second:02d}.500"), QStandardItem("temp_hum/emqx")]
        items[0].setData("failed" if second == 7 else "passed", TableRole.STATUS)
        model.appendRow(items)
    view.setColumnWidth(0, 140)
    view.horizontalHeader().setStretchLastSection(True)
    view.setFixedHeight(124)
    view.stay()
    view.show_newer("8 new below")
    return view
