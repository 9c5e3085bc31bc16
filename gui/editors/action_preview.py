"""The record or message that an edited action would send, in a band below its form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.bridge.preview import RecordPreview
from gui.theme import current
from gui.viewmodels.action_preview import ActionPreview
from gui.viewmodels.rule_cases import RuleCases
from gui.viewmodels.words import byte_size, tr
from gui.widgets.chips import Tag
from gui.widgets.code_label import CodeLabel
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Icon, Label, Paragraph, StateShape

if TYPE_CHECKING:
    from core.bridge.republishing import Publication

_NAMES: Final = 60
_LONG_NAMES: Final = 72
_RIGHT_NAMES: Final = 66
_RIGHT: Final = 162
_GAP: Final = 4
_TOP: Final = 9
_BOTTOM: Final = 10
_BELOW_HEAD: Final = 3
_MOST: Final = 400
_SHAPE: Final = 12


class _Band(Ground):
    """Says which message is looked at, and shows what comes of it, or why nothing does."""

    names_width = _NAMES

    def __init__(self, preview: ActionPreview, cases: RuleCases) -> None:
        super().__init__("accent_subtle")
        self._preview, self._cases = preview, cases
        self.message = Label(style="small", role="text2", elide="end")
        self.setAccessibleName(self.tr("Live preview"))
        self.reason = Paragraph("", role="text2")
        self._grid = QWidget()
        self._lay_out()
        preview.changed.connect(self._show)
        cases.changed.connect(self._show_message)

    def _lay_out(self) -> None:
        theme = current()
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Icon("eye", 16, "accent_text"))
        head.addWidget(Label(self.tr("Live preview"), style="strong"))
        head.addWidget(self.message, 1)
        page = theme.size("space.l")
        column = QVBoxLayout()
        column.setContentsMargins(page, _TOP, page, _BOTTOM)
        column.setSpacing(_GAP)
        column.addLayout(head)
        column.addSpacing(_BELOW_HEAD)
        column.addWidget(self.reason)
        column.addWidget(self._grid)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Line())
        outer.addLayout(column)
        outer.addWidget(Line())

    def _make_grid(self, names: Sequence[str], beside: Sequence[tuple[str, QWidget]]) -> None:
        """Lay out rows of names, the first of them with another name and value at the right."""
        grid = self._rows = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(_GAP)
        grid.setColumnMinimumWidth(0, self.names_width)
        grid.setColumnMinimumWidth(2, _RIGHT_NAMES)
        grid.setColumnMinimumWidth(3, _RIGHT - _RIGHT_NAMES)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(names):
            grid.addWidget(_name(name), row, 0)
        for row, (name, value) in enumerate(beside):
            grid.addWidget(_name(name), row, 2)
            grid.addWidget(value, row, 3)

    @Slot()
    def _show(self) -> None:
        self._show_message()
        reason = self._preview.reason
        said = reason or self._preview.note
        self.reason.setText(said)
        self.reason.setVisible(bool(said))
        self._grid.setVisible(not reason)
        if not reason:
            self._show_content()

    def _show_content(self) -> None:
        raise NotImplementedError

    @Slot()
    def _show_message(self) -> None:
        name = self._cases.message_name()
        text, shorter = self.tr("from the test message, {name}"), self.tr("from {name}")
        self.message.setText(text.format(name=name), shorter.format(name=name))


class PreviewBand(_Band):
    """Topic, key, value, headers, partition and size, and the headers that are left out."""

    def __init__(self, preview: ActionPreview, cases: RuleCases) -> None:
        """Show what comes of the test message, which `cases` has a name for."""
        super().__init__(preview, cases)
        self.topic, self.key = _code(), _code()
        self.value = CodeLabel(name=self.tr("value"))
        self.headers = _code()
        self.partition, self.bytes = _code(), _code()
        self.tombstone = Tag(self.tr("TOMBSTONE"))
        self.left_out = Label(style="small", role="bad", elide="end")
        self._cross = StateShape("failed", size=_SHAPE, ground="accent_subtle")
        self._fill_grid()
        self._show()

    def _fill_grid(self) -> None:
        names = (self.tr("topic"), self.tr("key"), self.tr("value"), self.tr("headers"))
        beside = ((self.tr("partition"), self.partition), (self.tr("size"), self.bytes))
        self._make_grid(names, beside)
        grid = self._rows
        grid.addWidget(self.topic, 0, 1)
        grid.addWidget(self.key, 1, 1)
        grid.addLayout(_row(self.value, self.tombstone), 2, 1, 1, 3)
        grid.addLayout(_row(self.headers, self._cross, self.left_out), 3, 1, 1, 3)

    def _show_content(self) -> None:
        self._show_record(self._preview.record)

    def _show_record(self, record: RecordPreview) -> None:
        self.topic.setText(record.topic)
        self.key.setText(_text(record.key) if record.key is not None else self.tr("null"))
        value = record.value
        self.value.show_code(_text(value) if value is not None else "", "json")
        self.value.setVisible(value is not None)
        self.tombstone.setVisible(value is None)
        self.tombstone.set_text(self.tr("not sent") if record.is_skipped else self.tr("TOMBSTONE"))
        self.headers.setText(_headers(record) or self.tr("none"))
        left_out = self._left_out(record)
        self.left_out.setText(left_out)
        self._tell_why(record)
        self.left_out.setVisible(bool(left_out))
        self._cross.setVisible(bool(left_out))
        self.partition.setText(self._partition(record))
        self.bytes.setText(byte_size(record.size))

    def _partition(self, record: RecordPreview) -> str:
        count = self._preview.partitions
        if record.partition >= 0 and count:
            text = self.tr("{number} of {count}")
            return text.format(number=record.partition, count=count)
        if record.partition >= 0:
            return str(record.partition)
        return self.tr("by the key") if self._preview.is_by_key else self.tr("any")

    def _left_out(self, record: RecordPreview) -> str:
        """Name the headers that are left out; why, where the form does not say so already."""
        no_value, no_text = self.tr("{name} left out"), self.tr("{name} left out: no text")
        parts = [no_value.format(name=name) for name, _ in record.missing]
        parts += [self._no_text(name) or no_text.format(name=name) for name in record.dropped]
        return "; ".join(parts)

    def _tell_why(self, record: RecordPreview) -> None:
        """Have the tooltip and screen readers tell why headers are left out, and what to do."""
        no_value = self.tr("{name} is left out: {placeholder} has no value.")
        no_text = self.tr("{name} is left out: it is no text. Have values encoded as JSON.")
        lines = [no_value.format(name=n, placeholder=p) for n, p in record.missing]
        lines += [no_text.format(name=name) for name in record.dropped]
        self.left_out.setToolTip("\n".join(lines))
        self.left_out.setAccessibleDescription(" ".join(lines))

    def _no_text(self, name: str) -> str:
        """Advise on the header that most people miss: the properties of the user."""
        if name != "User-Property":
            return ""
        return self.tr("{name} left out: use {placeholder}").format(
            name=name, placeholder="${pub_props.User-Property}"
        )


class MessageBand(_Band):
    """Topic, payload and properties of a message, its QoS, and whether it is retained."""

    names_width = _LONG_NAMES

    def __init__(self, preview: ActionPreview, cases: RuleCases) -> None:
        """Show what comes of the test message, which `cases` has a name for."""
        super().__init__(preview, cases)
        self.topic, self.bytes, self.qos, self.retain = _code(), _code(), _code(), _code()
        self.payload = CodeLabel(name=self.tr("payload"))
        self.properties = CodeLabel(name=self.tr("properties"))
        names = (self.tr("topic"), self.tr("size"), self.tr("payload"), self.tr("properties"))
        self._make_grid(names, ((self.tr("QoS"), self.qos), (self.tr("retain"), self.retain)))
        self._rows.addWidget(self.topic, 0, 1)
        self._rows.addWidget(self.bytes, 1, 1)
        self._rows.addWidget(self.payload, 2, 1, 1, 3)
        self._rows.addWidget(self.properties, 3, 1, 1, 3)
        self._show()

    def _show_content(self) -> None:
        made = self._preview.message
        if made is None:
            return
        self.topic.setText(made.topic)
        self.bytes.setText(byte_size(len(made.payload)))
        self.qos.setText(str(made.qos))
        self.retain.setText(self.tr("yes") if made.retain else self.tr("no"))
        text = _text(made.payload)
        self.payload.show_code(text, "json" if text[:1] in ("{", "[") else "text")
        self.properties.show_code(", ".join(_properties(made)) or self.tr("none"))


def _properties(made: Publication) -> Iterator[str]:
    """Write the MQTT 5 properties of a message, those of users as they are named."""
    given = made.properties
    expiry = given.message_expiry_s
    seconds = tr("{count} s").format(count=expiry) if expiry is not None else None
    standard = (
        (tr("content type"), given.content_type),
        (tr("response topic"), given.response_topic),
        (tr("correlation data"), _text(given.correlation_data) if given.correlation_data else None),
        (tr("expires after"), seconds),
        (tr("payload format"), given.payload_format),
    )
    yield from (f"{name}: {value}" for name, value in given.user_properties)
    yield from (f"{name}: {value}" for name, value in standard if value is not None)


def _code() -> Label:
    return Label(style="code_small", elide="end")


def _name(text: str) -> Label:
    label = Label(text, style="small", role="text3")
    label.setContentsMargins(0, 0, current().size("space.s"), 0)  # longer words keep off the value
    return label


def _row(first: QWidget, *others: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current().size("space.s"))
    for widget in (first, *others):
        row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addStretch(1)
    return row


def _text(content: bytes) -> str:
    """Write bytes as text on one line; what is no UTF-8 shows as replacement signs."""
    return " ".join(content[:_MOST].decode("utf-8", "replace").split("\n"))


def _headers(record: RecordPreview) -> str:
    pairs = (f"{name}: {_text(value or b'')}" for name, value in record.headers)
    return ", ".join(pairs)
