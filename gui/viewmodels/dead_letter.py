"""One dead letter: why it is there, its message to be edited, and what the rule makes of that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.bridge.letters import Letter, LetterHead, Place, bytes_of
from core.bridge.redelivery import Fate
from core.errors import AppError
from core.workspace.compare import DiffLine, compare_texts
from gui.viewmodels.cluster_topics import ClusterTopics
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.folded import Folded
from gui.viewmodels.letter_job import Where, places_text, why_not
from gui.viewmodels.letter_trial import Trial, Whole, load_whole, try_out
from gui.viewmodels.letter_words import advice, explanation, tries
from gui.viewmodels.live import Live
from gui.viewmodels.loss_words import title
from gui.viewmodels.words import byte_size, sentence, sentences, tr

_PAUSE_MS: Final = 300
_AROUND: Final = 2
_UNKNOWN_TOPIC: Final = "unknown_topic"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a letter."""

    time_ms: int
    status: str
    text: str


class LetterDetail(QObject):
    """Follows the letter that is looked at; edits stay with their letters.

    Belongs to the loop's thread.

    Signals:
        letterChanged: Another letter, or the rest of this one.
        editChanged: The payload is another, or again its own.
        trialChanged: `trial` is new.
        historyChanged: Something has happened to the letter.
    """

    letterChanged = Signal()
    editChanged = Signal()
    trialChanged = Signal()
    historyChanged = Signal()

    def __init__(
        self, live: Live, where: Callable[[], Where | None], parent: QObject | None = None
    ) -> None:
        """Begin with no letter; `where` tells where letters are, and what counts for them."""
        super().__init__(parent)
        self._live, self._where = live, where
        self.head: LetterHead | None = None
        self.whole: Whole | None = None
        self.trouble = ""
        self.trial = Trial()
        self._edits: dict[Place, tuple[str, Folded]] = {}
        self._steps: dict[Place, list[Step]] = {}
        self._is_trying = self._must_repeat = False
        self._clusters = ClusterTopics(live, self)
        self._clusters.changed.connect(lambda _connector: self.letterChanged.emit())
        live.limits.changed.connect(self.letterChanged)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.try_out)
        live.workspaceChanged.connect(self.try_out)

    # What there is

    @property
    def place(self) -> Place | None:
        """Where the letter is; None when there is none."""
        return self.head.place if self.head is not None else None

    @property
    def letter(self) -> Letter | None:
        """The letter; None before it is read."""
        return self.whole.letter if self.whole is not None else None

    @property
    def title(self) -> str:
        """Name the reason."""
        return title(self.head.kind) if self.head is not None else ""

    @property
    def tries(self) -> str:
        """Say how often the record was sent."""
        return tries(self.letter) if self.letter is not None else ""

    @property
    def explanation(self) -> str:
        """Say why it is here."""
        if self.letter is not None:
            return explanation(self.letter, self._limit(self.letter))
        return sentence(self.head.reason) if self.head is not None else ""

    @property
    def advice(self) -> str:
        """Say what to do."""
        if self.whole is None:
            return ""
        letter = self.whole.letter
        known = self._clusters.of(self._connector)
        if letter.kind == _UNKNOWN_TOPIC and letter.record.topic in known.topics:
            return tr("The topic is there now; send the record again.")
        return known.problem or advice(letter, self.whole.heavy)

    @property
    def missing_topic(self) -> str:
        """The topic that the cluster does not have, for `create_topic`; empty for none."""
        letter = self.letter
        if letter is None or letter.kind != _UNKNOWN_TOPIC or not self._connector:
            return ""
        topic = letter.record.topic
        return "" if topic in self._clusters.of(self._connector).topics else topic

    @property
    def facts(self) -> dict[str, str]:
        """Topic, QoS, client and time of the message."""
        if self.whole is None or self.head is None:
            return {}
        message = self.whole.letter.message
        return {
            "topic": message.topic,
            "qos": f"{message.qos}" + (f", {tr('retained')}" if message.retain else ""),
            "client": self.whole.client,
            "time": clock_time(message.received_ms or self.head.time_ms),
        }

    @property
    def properties(self) -> list[tuple[str, str]]:
        """The MQTT 5 properties of the message."""
        if self.letter is None:
            return []
        found: list[tuple[str, str]] = []
        for name, value in self.letter.message.properties.items():
            if name == "User-Property-Pairs" and isinstance(value, list):
                found += [(str(pair["key"]), str(pair["value"])) for pair in value]
            elif name != "User-Property":
                found.append((name, str(value)))
        return found

    @property
    def record_facts(self) -> tuple[tuple[str, str], ...]:
        """Name and value of what there is to say of the stored record."""
        return self.whole.record if self.whole is not None else ()

    @property
    def record_value(self) -> str:
        """The value of the stored record, written out."""
        return self.whole.value if self.whole is not None else ""

    @property
    def steps(self) -> list[Step]:
        """What has happened to it, the latest first."""
        if self.letter is None or self.head is None:
            return []
        received_ms = self.letter.message.received_ms
        found = [Step(received_ms, "connected", tr("Received from MQTT."))] if received_ms else []
        aside = tr("Put aside: {reason}").format(reason=sentence(self.letter.reason))
        found.append(Step(self.head.time_ms, "failed", aside))
        found += self._steps.get(self.head.place, [])
        return found[::-1]

    @property
    def is_editable(self) -> bool:
        """Whether the payload is text that an editor can hold."""
        folded = self.whole.folded if self.whole is not None else None
        return folded is not None and not folded.is_cut

    @property
    def payload(self) -> str:
        """The payload as it is shown: edited, or its own, or why it cannot be."""
        if self.whole is None or self.head is None:
            return ""
        if self.head.place in self._edits:
            return self._edits[self.head.place][0]
        return self.own_payload

    @property
    def own_payload(self) -> str:
        """The payload as it came, as it is shown."""
        if self.whole is None:
            return ""
        if self.whole.folded is None:
            size = byte_size(len(bytes_of(self.whole.letter.message.payload) or b""))
            return tr("{size} that are no text.").format(size=size)
        if self.whole.folded.is_cut:
            return f"{self.whole.folded.text}\n{tr('… too long to be edited here.')}"
        return self.whole.folded.text

    @property
    def is_edited(self) -> bool:
        """Whether the payload is another than it was."""
        return self.head is not None and self.head.place in self._edits

    @property
    def size_text(self) -> str:
        """Say how large the payload is, and was."""
        if self.letter is None or self.head is None:
            return ""
        now = self.short_size_text
        if self._edited(self.head.place) is None:
            return now
        was = byte_size(len(bytes_of(self.letter.message.payload) or b""))
        return tr("{size}, was {was}").format(size=now, was=was)

    @property
    def short_size_text(self) -> str:
        """Say how large the payload is now."""
        if self.letter is None or self.head is None:
            return ""
        payload = self._edited(self.head.place)
        if payload is None:
            payload = bytes_of(self.letter.message.payload) or b""
        return byte_size(len(payload))

    @property
    def send_again_text(self) -> str:
        """Say what is sent without the rule."""
        if self.letter is None:
            return ""
        if not self.letter.record.topic:
            return tr("No record was made of this message: there is none to send again.")
        size = byte_size(self.letter.record.size)
        return tr("Send again skips the rule: it sends the stored record, {size}.").format(
            size=size
        )

    @property
    def shorter_send_again_text(self) -> tuple[str, ...]:
        """Say it in fewer words, where there is a record."""
        if self.letter is None or not self.letter.record.topic:
            return ()
        size = byte_size(self.letter.record.size)
        return (tr("Send again sends the record, {size}.").format(size=size),)

    @property
    def can_send_again(self) -> bool:
        """Whether there is a record."""
        return self.letter is not None and bool(self.letter.record.topic)

    def edits_of(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """Give the payloads of those letters that are edited."""
        found = ((place, self._edited(place)) for place in places)
        return {place: payload for place, payload in found if payload is not None}

    def comparison(self) -> tuple[DiffLine, ...]:
        """Give the lines that were taken out and put in, with those around them."""
        return compare_texts(self.own_payload, self.payload, lead=_AROUND, tail=_AROUND)

    def json_text(self) -> str:
        """Give the letter as JSON, laid out; empty before it is read."""
        if self.letter is None:
            return ""
        return msgspec.json.format(msgspec.json.encode(self.letter), indent=2).decode()

    # What the user does

    def show(self, head: LetterHead | None) -> None:
        """Look at another letter; its rest is read a moment later."""
        self.head, self.whole, self.trouble = head, None, ""
        self.trial = Trial()
        self.letterChanged.emit()
        self.editChanged.emit()
        self.trialChanged.emit()
        if head is not None:
            self._live.session.tasks.start(self._load(head), "read a dead letter")

    def set_payload(self, text: str) -> None:
        """Edit the payload."""
        if self.head is None or self.whole is None or self.whole.folded is None:
            return
        if text == self.payload:
            return
        if text == self.own_payload:
            self._edits.pop(self.head.place, None)
        else:
            self._edits[self.head.place] = (text, self.whole.folded)
        self.editChanged.emit()
        self._pause.start()

    def undo_edit(self) -> None:
        """Have the payload as it came."""
        self.set_payload(self.own_payload)

    def take_fates(self, fates: Iterable[Fate]) -> None:
        """Note what became of letters."""
        now_ms = time.time_ns() // 1_000_000
        for fate in fates:
            if fate.is_delivered:
                self._edits.pop(fate.place, None)
                text = tr("Delivered to {places}.").format(places=places_text(fate.sent))
            else:
                text = tr("Tried again: {reason}").format(reason=why_not(fate))
            step = Step(now_ms, "passed" if fate.is_delivered else "failed", text)
            self._steps.setdefault(fate.place, []).append(step)
        self.historyChanged.emit()

    def create_topic(self, topic: str, partitions: int, replication: int) -> None:
        """Make a topic that is missing; `advice` tells what came of it."""
        self._clusters.create(self._connector, topic, partitions, replication)

    @Slot()
    def try_out(self) -> None:
        """Take the message through the rule and send nothing."""
        self._pause.stop()
        if self.letter is None or self._live.session.tasks.is_over:
            return
        if self._is_trying:
            self._must_repeat = True
            return
        self._is_trying = True
        self._live.session.tasks.start(self._try(), "try a dead letter out")

    # How it is done

    def _limit(self, letter: Letter) -> int:
        """Tell how large a record its topic takes, where that is what was wrong."""
        if not self._connector or letter.kind != "too_large":
            return 0
        return self._live.limits.of(self._connector, letter.record.topic)

    @property
    def _connector(self) -> str:
        """The cluster that the action writes to; empty where there is none."""
        where = self._where()
        action = where.workspace.actions.kafka.get(where.action) if where is not None else None
        return action.connector if action is not None else ""

    def _edited(self, place: Place) -> bytes | None:
        if place not in self._edits:
            return None
        text, folded = self._edits[place]
        return folded.unfold(text).encode("utf-8", "replace")

    async def _load(self, head: LetterHead) -> None:
        where = self._where()
        if where is None:
            return
        try:
            whole = await asyncio.to_thread(load_whole, where, head.place)
        except AppError as exc:
            whole, trouble = None, sentences(exc.message, exc.hint)
        else:
            trouble = "" if whole else tr("It is not there any more.")
        if not isValid(self) or head is not self.head:
            return
        self.whole, self.trouble = whole, trouble
        self.letterChanged.emit()
        self.editChanged.emit()
        self.try_out()

    async def _try(self) -> None:
        where, letter, head = self._where(), self.letter, self.head
        try:
            if where is None or letter is None or head is None:
                return
            payload = self._edited(head.place)
            trial = await asyncio.to_thread(try_out, where, letter, payload)
        finally:
            self._is_trying = False
        if not isValid(self):
            return
        if head is self.head:
            self.trial = trial
            self.trialChanged.emit()
        if self._must_repeat:
            self._must_repeat = False
            self.try_out()
