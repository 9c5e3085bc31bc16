"""The messages that the workspace keeps for sending again: saved, placed, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QObject

from core.lab.simulate import SimulatedMessage
from core.workspace.lab import SavedMessage, Simulator
from gui.viewmodels.drafts import KafkaDraft, MqttDraft, key_of, message_key
from gui.viewmodels.file_changes import FileChanges
from gui.viewmodels.live import Live
from gui.viewmodels.names import taken
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import plural, tr

Draft: TypeAlias = MqttDraft | KafkaDraft
Tables: TypeAlias = list[dict[str, Any]]

_DEFAULTS: Final = ("", 0, False, None, {})
_FORMAT: Final = "json"


class SavedMessages(QObject):
    """Changes them in the file at once; each change can be undone. Belongs to the loop's thread.

    A message is named by `message:FOLDER/NAME`, or `message:NAME` where it is in no folder.
    """

    def __init__(self, live: Live, changes: FileChanges, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live, self._changes = live, changes

    @property
    def all(self) -> tuple[SavedMessage, ...]:
        """Those of the open workspace, in the order of its file."""
        return self._live.workspace.messages

    @property
    def folders(self) -> list[str]:
        """The folders that there are."""
        return list(dict.fromkeys(saved.folder for saved in self.all if saved.folder))

    def find(self, key: str) -> SavedMessage | None:
        """Find a message by its key."""
        return next((saved for saved in self.all if key_of(saved) == key), None)

    def save(self, draft: Draft, name: str, folder: str = "") -> None:
        """Keep a draft; one of that name in that folder is replaced.

        Args:
            draft: One that `problem_of` has nothing against, and `refusal` neither.
            name: Of the message.
            folder: Empty for none.
        """
        table = {"name": name} | ({"folder": folder} if folder else {}) | _table(draft)
        text = tr("Saved message {name}").format(name=name)
        self._change(text, lambda tables: _with(tables, [table]))

    def refusal(self, draft: Draft) -> tuple[str, str]:
        """Say why the file cannot hold a draft, and what to do; empty texts if it can."""
        if (found := unreadable(self._live)) is not None:
            return found.headline, found.way_out
        connectors = self._live.workspace.connectors
        known = connectors.kafka if isinstance(draft, KafkaDraft) else connectors.mqtt
        if draft.connector and draft.connector not in known:
            text = tr("There is no connector {name}.").format(name=draft.connector)
            return text, tr("Edit the message and choose another one.")
        return _unsaid(draft)

    def save_made(self, simulator: Simulator, messages: Sequence[SimulatedMessage]) -> None:
        """Keep messages of a simulator, in a folder of its name."""
        tables = [_made(simulator, number, each) for number, each in enumerate(messages, 1)]
        text = plural("Saved %n message", "Saved %n messages", len(tables))
        self._change(text, lambda found: _with(found, tables))

    def place(self, key: str, name: str, folder: str) -> None:
        """Give a message another name, or put it into another folder."""
        saved = self.find(key)
        if saved is not None and name and (name, folder) != (saved.name, saved.folder):
            text = tr("Renamed message {old} to {name}").format(old=saved.name, name=name)
            if name == saved.name:
                text = tr("Moved message {name}").format(name=name)
            self._change(
                text, lambda tables: _changed(tables, key, {"name": name, "folder": folder})
            )

    def remove(self, key: str) -> None:
        """Delete a message."""
        saved = self.find(key)
        if saved is not None:
            text = tr("Deleted saved message {name}").format(name=saved.name)
            self._change(text, lambda tables: [each for each in tables if _key(each) != key])

    def name_problem(self, name: str, folder: str) -> str:
        """Say what keeps a message from having a name in a folder; empty for nothing."""
        if not name:
            return tr("It needs a name.")
        if self.find(message_key(folder, name)) is not None:
            return taken("messages", name)
        return ""

    def _change(self, text: str, change: Callable[[Tables], Tables]) -> None:
        self._changes.change_list("messages", text, change)


def _unsaid(draft: Draft) -> tuple[str, str]:
    """Say what of a draft the file has no word for, and what to do; empty texts for nothing."""
    if isinstance(draft, KafkaDraft):
        if draft.is_tombstone:
            text = tr("This record has no value, which saved messages cannot say.")
            return text, tr("Send it as it is, or give it a value.")
        if draft.compression != "no_compression":
            text = tr("This record is compressed, which saved messages cannot say.")
            return text, tr("Send it as it is, or choose no compression.")
        if name := _repeated(draft.headers):
            text = tr("This record has several headers {name}; a saved message has one of a name.")
            return text.format(name=name), tr("Send it as it is, or keep one of them.")
        return "", ""
    if draft.waits:
        text = tr("This message waits for an answer, which saved messages cannot say.")
        return text, tr("Send it as it is, or do not wait for an answer.")
    if name := _repeated(draft.user_properties):
        text = tr("This message has several user properties {name}; a saved one has one of a name.")
        return text.format(name=name), tr("Send it as it is, or keep one of them.")
    return "", ""


def _repeated(pairs: Iterable[tuple[str, str]]) -> str:
    """Give the first name that comes twice; empty for none."""
    met: set[str] = set()
    for name, _ in pairs:
        if name in met:
            return name
        met.add(name)
    return ""


def _key(table: dict[str, Any]) -> str:
    return message_key(str(table.get("folder", "")), str(table.get("name", "")))


def _with(tables: Tables, new: Tables) -> Tables:
    """Put messages in: over those of the same key, or behind the last."""
    by_key = {_key(each): each for each in new}
    kept = [by_key.pop(_key(each), each) for each in tables]
    return [*kept, *by_key.values()]


def _changed(tables: Tables, key: str, values: dict[str, str]) -> Tables:
    def one(table: dict[str, Any]) -> dict[str, Any]:
        changed = {**table, **values}
        return {option: value for option, value in changed.items() if value != ""}

    return [one(each) if _key(each) == key else each for each in tables]


def _table(draft: Draft) -> dict[str, Any]:
    """Write a draft as the file has it; what is at its default is left out."""
    if isinstance(draft, KafkaDraft):
        table: dict[str, Any] = {
            "kind": "kafka",
            "connector": draft.connector,
            "topic": draft.topic,
            "key": draft.key,
            "value": draft.value,
            "headers": dict(draft.headers),
        }
        numbers = {"partition": draft.partition}
    else:
        table = {
            "connector": draft.connector,
            "topic": draft.topic,
            "payload": draft.payload,
            "qos": draft.qos,
            "retain": draft.retain,
            "properties": dict(draft.user_properties),
            "content_type": draft.content_type,
            "response_topic": draft.response_topic,
            "correlation_data": draft.correlation_data,
        }
        numbers = {
            "message_expiry_interval": draft.message_expiry,
            "payload_format_indicator": draft.payload_format,
        }
    written = {option: value for option, value in table.items() if value not in _DEFAULTS}
    if draft.format != _FORMAT:
        written["format"] = draft.format
    for option, text in numbers.items():
        if text.isdecimal():  # 0 is no default
            written[option] = int(text)
    return written


def _made(simulator: Simulator, number: int, message: SimulatedMessage) -> dict[str, Any]:
    table: dict[str, Any] = {
        "name": tr("{number} from device {device}").format(number=number, device=message.device),
        "folder": simulator.label or simulator.name,
        "connector": simulator.connector,
        "topic": message.topic,
    }
    try:
        table["payload"] = message.payload.decode()
        if simulator.format == "text":
            table["format"] = "text"
    except UnicodeDecodeError:
        table["payload"], table["format"] = message.payload.hex(), "hex"
    if simulator.qos:
        table["qos"] = simulator.qos
    if simulator.retain:
        table["retain"] = True
    if message.properties:
        table["properties"] = dict(message.properties)
    return table
