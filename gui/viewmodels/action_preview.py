"""What an edited action would send for the message of the rule's test: a record or a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.preview import RecordPreview, preview
from core.errors import CodecError
from core.workspace.kafka import KafkaAction
from core.workspace.model import RepublishAction
from gui.viewmodels.action_options import COMPRESSION, NOT_COMPRESSED, STRATEGY
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.whole_rule import inbound_of
from gui.viewmodels.words import byte_size, sentence, sentences, tr

if TYPE_CHECKING:
    from core.bridge.republishing import Publication

_NO_RECORD: Final = RecordPreview("")
_SURELY_TAKEN: Final = 1 << 16
"""Bytes; no topic of use takes less."""


class ActionPreview(QObject):
    """Renders by the code that the engine uses, whenever the action or the test's output changes.

    How many partitions the topic has is asked of the cluster while the bridge is connected to it.

    Signals:
        changed: `record` or `message`, and `reason` or `note`, are new.
    """

    changed = Signal()

    def __init__(
        self,
        drafts: Drafts,
        key: str,
        test: RuleTest,
        parent: QObject | None = None,
        *,
        rule: str = "",
    ) -> None:
        """Begin with what the test has given.

        Args:
            drafts: What is edited.
            key: The action's.
            test: Of the rule that the action belongs to.
            parent: Qt's owner.
            rule: Its name, which a republished message carries as that of its publisher.
        """
        super().__init__(parent)
        self._rule = rule
        self._drafts, self._key, self._test = drafts, key, test
        self._counts = drafts.live.partitions
        self._limits = drafts.live.limits
        self._count = 0
        self._record = _NO_RECORD
        self._message: Publication | None = None
        self._reason = ""
        drafts.changed.connect(self._take_draft)
        test.resultChanged.connect(self.refresh)
        drafts.live.changed.connect(self._look)
        self._counts.changed.connect(self.refresh)
        self._limits.changed.connect(self.refresh)
        self.refresh()

    @property
    def record(self) -> RecordPreview:
        """What would be sent; of no meaning while there is a `reason`."""
        return self._record

    @property
    def message(self) -> Publication | None:
        """What a republish action would publish; None for other actions and with a `reason`."""
        return self._message

    @property
    def reason(self) -> str:
        """Why there is no record; empty when there is one."""
        return self._reason

    @property
    def note(self) -> str:
        """Say that the topic does not take so large a record; empty where it does, as far as known.

        The topic is asked for its limit only about a record that may be above it. The limit is of
        what is sent, which compression may make small enough.
        """
        size, topic = self._record.size, self._record.topic
        limit = self._limits.of(self._place[0], topic) if size > _SURELY_TAKEN else 0
        if not 0 < limit < size:
            return ""
        if self._drafts.value(self._key, COMPRESSION, NOT_COMPRESSED) == NOT_COMPRESSED:
            text = tr("{topic} takes records up to {limit}, so this one would not be delivered.")
        else:
            text = tr("{topic} takes up to {limit}, compressed, so this one may not be delivered.")
        advice = tr("Select less, or raise max.message.bytes of the topic.")
        return f"{text.format(topic=topic, limit=byte_size(limit))} {advice}"

    @property
    def partitions(self) -> int:
        """How many partitions the topic has; 0 when that is not known."""
        return self._count

    @property
    def is_by_key(self) -> bool:
        """Whether the key decides the partition: it does not where it is null."""
        strategy = self._drafts.value(self._key, STRATEGY, "random")
        return strategy == "key_dispatch" and self._record.key is not None

    @Slot()
    def refresh(self) -> None:
        """Render anew."""
        self._record, self._message = _NO_RECORD, None
        if self._drafts.kind(self._key) == "kafka":
            self._count = self._counts.count(*self._place)
            self._record, self._reason = self._render()
        else:
            self._message, self._reason = self._publication()
        self.changed.emit()

    @Slot(str)
    def take_key(self, key: str) -> None:
        """Follow an action that was saved under another name."""
        self._key = key
        self.refresh()

    @property
    def _place(self) -> tuple[str, str]:
        read = self._drafts.value
        return str(read(self._key, ("connector",), "")), str(read(self._key, ("topic",), ""))

    def _render(self) -> tuple[RecordPreview, str]:
        output = self._output()
        if output is None:
            return _NO_RECORD, self._why_no_output()
        try:
            action = KafkaAction.model_validate(self._drafts.values(self._key))
        except ValidationError:
            return _NO_RECORD, tr("The record is shown once the problems above are solved.")
        name = self._drafts.name(self._key)
        record = preview(name, action, output, partitions=self.partitions)
        return record, sentences(record.error, record.hint)

    def _publication(self) -> tuple[Publication | None, str]:
        from core.bridge.message_preview import preview_message  # has the client libraries

        output = self._output()
        if output is None:
            return None, self._why_no_output()
        try:
            action = RepublishAction.model_validate(
                {**self._drafts.values(self._key), "name": self._drafts.name(self._key)}
            )
            message = inbound_of(self._test.trial_input())
        except ValidationError:
            return None, tr("The message is shown once the problems above are solved.")
        except CodecError as exc:
            return None, sentence(exc.message)
        origin = self._drafts.live.workspace.id
        made = preview_message(action.name, action, output, message, self._rule, origin)
        return made.publication, f"{sentence(made.error)} {sentence(made.hint)}".strip()

    def _output(self) -> dict[str, Any] | None:
        """Give the first output of the test."""
        output = self._test.result.output
        if isinstance(output, list):
            output = output[0] if output else None
        return dict(output) if isinstance(output, Mapping) else None

    def _why_no_output(self) -> str:
        match self._test.result.outcome:
            case "no_match":
                return tr("The test message does not pass the rule, so nothing is sent.")
            case "failed":
                return tr("The rule fails on the test message, so nothing is sent.")
            case "passed":
                return tr("The rule yields nothing for the test message, so nothing is sent.")
            case _:
                return tr("Test the rule to see the record.")

    @Slot()
    def _look(self) -> None:
        """Render anew once the cluster is in reach and has told how many partitions there are."""
        if not self._count and self._drafts.kind(self._key) == "kafka":
            self._counts.count(*self._place)

    @Slot(str)
    def _take_draft(self, key: str) -> None:
        if key == self._key:
            self.refresh()
