"""The two forms of the Publish page: an MQTT message, and a Kafka record.

A form has two parts that the page lays out: `head`, one row, and `body` below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QStringListModel, Qt, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui.docks.connector_box import ConnectorBox
from gui.docks.text_block import TextBlock, head_row
from gui.theme import current, set_face
from gui.viewmodels.action_options import compressions
from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.viewmodels.pairs import PairsModel
from gui.viewmodels.publish import PublishViewModel
from gui.widgets.buttons import LinkButton
from gui.widgets.completion_list import complete_from
from gui.widgets.fields import CheckBox, ComboBox, LineField, show_problem
from gui.widgets.labels import Label
from gui.widgets.menu import Menu
from gui.widgets.pairs_table import Outlined, PairsTable

_SIDE: Final = 292
_BELOW_HEAD: Final = 1
_ABOVE_FIELD: Final = 5
_ABOVE_ANSWER: Final = 10
_LAST: Final = 1
_FIRST_COLUMN: Final = 111
_LABEL: Final = 96
_PARTITION: Final = 104
_CONNECTOR: Final = 128
_NARROWEST_TOPIC: Final = 110


class Form(Protocol):
    """What the page needs of a form."""

    head: QWidget
    body: QWidget
    connector: ConnectorBox
    text: TextBlock

    def fields(self) -> dict[str, LineField | ComboBox]:
        """Give the fields that can have a problem, by the name that the view model uses."""
        ...

    def parts(self) -> dict[str, QWidget]:
        """Give what one types a message's texts into, by their names in the workspace."""
        ...

    def stops(self) -> list[QWidget]:
        """Give the widgets that Tab stops at, in order."""
        ...

    def send(self) -> bool:
        """Send what the form holds; tells whether that was begun."""
        ...

    def first_field(self) -> QWidget:
        """Give the widget to type into first."""
        ...


class PairsBlock(QWidget):
    """A table of names and values with its title, and links to add and remove rows."""

    def __init__(
        self,
        title: str,
        note: str,
        head: str,
        fixed: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            title: Stands above, and names the table.
            note: Beside it.
            head: What the first column is called.
            fixed: The names of rows that there may be once, by their keys.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._head = head
        self.model = PairsModel(head, self, fixed=fixed)
        self.table = PairsTable(title)
        self.table.setModel(self.model)
        self.table.set_up_columns(_FIRST_COLUMN)
        self.note = Label(note, role="text3")
        self.add_link = LinkButton(self.tr("Add"))
        self.remove_link = LinkButton(self.tr("Remove"))
        row = head_row(title, self.table, self.note)
        for link in (self.remove_link, self.add_link):
            link.setProperty("dense", True)
            row.addWidget(link)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(row)
        self._column.addSpacing(_BELOW_HEAD)
        self._column.addWidget(Outlined(self.table))
        self._column.addStretch(1)
        self._column.addSpacing(_LAST)
        self.add_link.clicked.connect(self._add)
        self.remove_link.clicked.connect(self._remove_current)
        self.table.removeAsked.connect(self.model.remove)
        self.table.selectionModel().currentChanged.connect(self._look)
        self.model.modelReset.connect(self._look)
        self.model.rowsRemoved.connect(self._look)
        self._look()

    def pairs(self, *, commits: bool = True) -> tuple[tuple[str, str], ...]:
        """Give the rows that have a name; with what is being typed, unless nothing is touched."""
        if commits:
            self.table.commit()
        return self.model.pairs

    def edit_text(self, text: str) -> None:
        """Put the caret into the first cell with a text; nowhere if there is none."""
        index = self.model.find(text)
        if index.isValid():
            self.table.edit_at(index)

    def add_field(self, label: str, field: QWidget) -> None:
        """Put a field with its label below the table."""
        row = QHBoxLayout()
        row.setSpacing(current().size("space.s"))
        name = Label(label)
        name.setMinimumWidth(_LABEL)
        name.setBuddy(field)
        row.addWidget(name)
        row.addWidget(field, 1)
        self.add_row(row, _ABOVE_FIELD)

    def add_row(self, row: QHBoxLayout, gap: int) -> None:
        """Put a row below the table and the rows before."""
        place = self._column.count() - 2
        self._column.insertSpacing(place, gap)
        self._column.insertLayout(place + 1, row)

    @Slot()
    def _add(self) -> None:
        """Add a row; where there are kinds of them, the one that is chosen from a menu."""
        if not self.model.fixed:
            self._add_one("")
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, name in {"": self._head, **self.model.fixed}.items():
            menu.addAction(name, partial(self._add_one, key))
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self.add_link.mapToGlobal(self.add_link.rect().bottomLeft()))

    def _add_one(self, key: str) -> None:
        self.table.edit_at(self.model.add(key))

    @Slot()
    def _remove_current(self) -> None:
        self.model.remove(self.table.currentIndex().row())

    @Slot()
    def _look(self) -> None:
        self.remove_link.setVisible(self.table.currentIndex().isValid())


class MqttForm:
    """The form for a message."""

    def __init__(self, model: PublishViewModel, owner: QWidget) -> None:
        """Make the parts; `owner` is the page."""
        self._model, tr = model, owner.tr
        self.connector = ConnectorBox(tr("MQTT connector"))
        self.topic = LineField(tr("Topic"), style="code", placeholder=tr("topic"))
        self.qos = ComboBox(tr("QoS"))
        for level in range(3):
            self.qos.addItem(tr("QoS {level}").format(level=level), level)
        self.retain = CheckBox(tr("Retain"))
        self.payload = self.text = TextBlock(tr("Payload"), tr("Format of the payload"))
        fixed = {
            "content_type": tr("Content type"),
            "correlation_data": tr("Correlation data"),
            "message_expiry": tr("Message expiry (s)"),
            "payload_format": tr("Payload format"),
        }
        self.properties = PairsBlock(tr("Properties"), tr("MQTT 5"), tr("User property"), fixed)
        self.waits = CheckBox(tr("Wait for an answer on"))
        set_face(self.waits, "small")
        self.response_topic = LineField(
            tr("Response topic"), style="small", small=True, placeholder=tr("response topic")
        )
        self.response_topic.textChanged.connect(self._look_at_answer)
        self.response_topic.setToolTip(
            tr("Goes along with the message, whether or not an answer is waited for here.")
        )
        row = QHBoxLayout()
        row.setSpacing(current().size("space.xs"))
        words = self.response_topic.fontMetrics().horizontalAdvance(tr("response topic"))
        self.response_topic.setMinimumWidth(words + 2 * current().size("space.m"))
        row.addWidget(self.waits)
        row.addWidget(self.response_topic, 1)
        self.properties.add_row(row, _ABOVE_ANSWER)
        self._words = (tr("MQTT 5"), tr("MQTT 3.1.1 has none"))
        self.topics = _complete(self.topic)
        self.head = _row(self.connector, self.topic, self.qos, self.retain)
        self.body = _body(self.payload, self.properties)

    def show(self, draft: MqttDraft) -> None:
        """Fill the form."""
        self.show_connectors()
        self.connector.choose(draft.connector)
        show_problem(self.connector, "")
        self.topic.setText(draft.topic)
        self.topic.set_problem("")
        self.qos.setCurrentIndex(draft.qos)
        self.retain.setChecked(draft.retain)
        self.payload.show_text(draft.payload, draft.format)
        values = {key: getattr(draft, key) for key in self.properties.model.fixed}
        self.properties.model.show(draft.user_properties, values)
        self.response_topic.setText(draft.response_topic)
        self.waits.setChecked(draft.waits)
        self.look_at_protocol()

    def draft(self, *, commits: bool = True) -> MqttDraft:
        """Read the form; a cell that is typed into is left for that if `commits`."""
        has_properties = self._model.has_properties(self.connector.name)
        return MqttDraft(
            self.connector.name,
            self.topic.text(),
            self.payload.text,
            self.qos.currentIndex(),
            self.retain.isChecked(),
            self.properties.pairs(commits=commits) if has_properties else (),
            response_topic=self.response_topic.text() if has_properties else "",
            waits=has_properties and self.waits.isChecked(),
            format=self.payload.format,
            **(self.properties.model.values if has_properties else {}),
        )

    def show_connectors(self) -> None:
        """List the workspace's connectors with their states; the chosen one stays."""
        self.connector.show_connectors(self._model.mqtt_connectors, self._model)

    def _look_at_answer(self, text: str) -> None:
        """Write topics as code, but not the words that stand there before."""
        set_face(self.response_topic, "code_small" if text else "small")

    def look_at_protocol(self) -> None:
        """Have properties where the protocol has them."""
        has_properties = self._model.has_properties(self.connector.name)
        self.properties.setEnabled(has_properties)
        self.properties.note.setText(self._words[0 if has_properties else 1])

    def fields(self) -> dict[str, LineField | ComboBox]:
        """Give the fields that can have a problem."""
        return {
            "connector": self.connector,
            "topic": self.topic,
            "response_topic": self.response_topic,
        }

    def parts(self) -> dict[str, QWidget]:
        """Give what one types the texts into."""
        return {
            "topic": self.topic,
            "payload": self.payload.edit,
            "properties": self.properties,
            "content_type": self.properties,
            "response_topic": self.response_topic,
        }

    def stops(self) -> list[QWidget]:
        """Give the widgets that Tab stops at, in order."""
        properties = self.properties
        return [
            *(self.connector, self.topic, self.qos, self.retain),
            *(self.payload.formats, self.payload.edit),
            *(self.payload.undo_link, self.payload.whole_link),
            *(properties.remove_link, properties.add_link, properties.table),
            *(self.waits, self.response_topic),
        ]

    def changes(self) -> list[SignalInstance]:
        """Give what tells that the form may hold something else."""
        return [
            *(self.connector.activated, self.topic.textChanged, self.qos.currentIndexChanged),
            *(self.retain.toggled, self.waits.toggled, self.response_topic.textChanged),
            *_changes_of(self.payload, self.properties),
        ]

    def send(self) -> bool:
        """Publish."""
        return self._model.send_message(self.draft())

    def first_field(self) -> QWidget:
        """Give the payload, or the topic while there is none."""
        return self.payload.edit if self.topic.text() else self.topic


class KafkaForm:
    """The form for a record."""

    def __init__(self, model: PublishViewModel, owner: QWidget) -> None:
        """Make the parts; `owner` is the page."""
        self._model, tr = model, owner.tr
        self.connector = ConnectorBox(tr("Kafka connector"))
        self.topic = LineField(tr("Kafka topic"), style="code", placeholder=tr("topic"))
        self.partition = LineField(tr("Partition"), placeholder=tr("any partition"))
        self.key = LineField(tr("Key"), style="code_small", small=True)
        self.value = self.text = TextBlock(tr("Value"), tr("Format of the value"))
        self.headers = PairsBlock(tr("Headers"), "", tr("Header"))
        self.headers.add_field(tr("Key"), self.key)
        self.tombstone = CheckBox(tr("Tombstone"))
        self.tombstone.setToolTip(tr("No value: the topic forgets the key when it is compacted."))
        self.compression = ComboBox(tr("Compression"), small=True)
        for name, word in compressions():
            self.compression.addItem(word, name)
        self.headers.add_field(tr("Compression"), self.compression)
        self.tombstone.toggled.connect(self.value.setDisabled)
        self.topics = _complete(self.topic)
        self.partition.setFixedWidth(_PARTITION)
        self.head = _row(self.connector, self.topic, self.partition, self.tombstone)
        self.body = _body(self.value, self.headers)

    def show(self, draft: KafkaDraft) -> None:
        """Fill the form."""
        self.show_connectors()
        self.connector.choose(draft.connector)
        show_problem(self.connector, "")
        self.topic.setText(draft.topic)
        self.topic.set_problem("")
        self.partition.setText(draft.partition)
        self.key.setText(draft.key)
        self.value.show_text(draft.value, draft.format)
        self.headers.model.show(draft.headers)
        self.tombstone.setChecked(draft.is_tombstone)
        self.compression.setCurrentIndex(self.compression.findData(draft.compression))

    def draft(self, *, commits: bool = True) -> KafkaDraft:
        """Read the form; a cell that is typed into is left for that if `commits`."""
        return KafkaDraft(
            self.connector.name,
            self.topic.text(),
            self.key.text(),
            self.value.text,
            self.partition.text().strip(),
            self.headers.pairs(commits=commits),
            self.tombstone.isChecked(),
            self.compression.currentData(),
            self.value.format,
        )

    def show_connectors(self) -> None:
        """List the workspace's connectors with their states; the chosen one stays."""
        self.connector.show_connectors(self._model.kafka_connectors, self._model)

    def fields(self) -> dict[str, LineField | ComboBox]:
        """Give the fields that can have a problem."""
        return {
            "kafka_connector": self.connector,
            "kafka_topic": self.topic,
            "partition": self.partition,
        }

    def parts(self) -> dict[str, QWidget]:
        """Give what one types the texts into."""
        return {
            "topic": self.topic,
            "key": self.key,
            "value": self.value.edit,
            "headers": self.headers,
        }

    def stops(self) -> list[QWidget]:
        """Give the widgets that Tab stops at, in order."""
        headers = self.headers
        return [
            *(self.connector, self.topic, self.partition, self.tombstone),
            *(self.value.formats, self.value.edit),
            *(self.value.undo_link, self.value.whole_link),
            *(headers.remove_link, headers.add_link, headers.table, self.key, self.compression),
        ]

    def changes(self) -> list[SignalInstance]:
        """Give what tells that the form may hold something else."""
        return [
            *(self.connector.activated, self.topic.textChanged, self.partition.textChanged),
            *(self.key.textChanged, self.tombstone.toggled, self.compression.currentIndexChanged),
            *_changes_of(self.value, self.headers),
        ]

    def send(self) -> bool:
        """Send the record."""
        return self._model.send_record(self.draft())

    def first_field(self) -> QWidget:
        """Give the value, or the topic while there is none."""
        return self.value.edit if self.topic.text() else self.topic


def _changes_of(text: TextBlock, pairs: PairsBlock) -> list[SignalInstance]:
    model = pairs.model
    rows = [model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset]
    return [text.edit.textChanged, text.formats.chosen, *rows]


def _row(connector: ComboBox, topic: LineField, *rest: QWidget) -> QWidget:
    """Lay out a form's first row; the topic grows."""
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().size("space.s"))
    connector.setMinimumWidth(_CONNECTOR)
    topic.setMinimumWidth(_NARROWEST_TOPIC)
    row.addWidget(connector)
    row.addWidget(topic, 1)
    for widget in rest:
        row.addWidget(widget)
    return head


def _body(text: TextBlock, pairs: PairsBlock) -> QWidget:
    """Lay out a form's text, which grows, beside its pairs."""
    body = QWidget()
    row = QHBoxLayout(body)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().size("space.l"))
    pairs.setFixedWidth(max(_SIDE, pairs.minimumSizeHint().width()))
    row.addWidget(text, 1)
    row.addWidget(pairs)
    return body


def _complete(field: QLineEdit) -> QStringListModel:
    """Give a field completion; returns the model of what it completes to."""
    model = QStringListModel(field)
    complete_from(field, model, style="code_small")
    return model
