"""Dead letters on their second way: through their rule again, or as they are; then taken out.

A letter is taken out only after Kafka has every record that was made of it: a kill in between
leaves it there, to be delivered once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.bridge.letters import bytes_of
from core.bridge.rerun import Rerun, RuleAgain
from core.clock import SystemClock
from core.errors import AppError, ConfigError, DeliveryFailed, SqlError
from core.jq_process import JqProcess
from core.kafka.single import Delivered, Record, RecordSender
from core.workspace.mqtt import Identity

if TYPE_CHECKING:
    from core.bridge.letterbox import LetterBox
    from core.bridge.letters import Letter, Place
    from core.bridge.preview import RecordPreview
    from core.workspace.environment import Environment
    from core.workspace.kafka import KafkaAction
    from core.workspace.model import Workspace

_RERUN: Final = "Take the message through the rule instead."


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one letter.

    Attributes:
        sent: Where its records came to lie; all of them are delivered if nothing else is said.
        failure: Why not every record is.
        rerun: What the rule made of its message, where that is why nothing was sent.
        is_gone: Somebody else has delivered or deleted it, or its age was over.
    """

    place: Place
    sent: tuple[Delivered, ...] = ()
    failure: AppError | None = None
    rerun: Rerun | None = None
    is_gone: bool = False

    @property
    def is_delivered(self) -> bool:
        """Whether the letter is settled by this."""
        return not (self.is_gone or self.failure or self.rerun)


class Redelivery:
    """Redelivers letters of one action, with what the workspace says now. Blocks; one thread.

    The connection is made with the first record.
    """

    def __init__(
        self, box: LetterBox, workspace: Workspace, environment: Environment, action: str
    ) -> None:
        """Prepare.

        Args:
            box: The letters.
            workspace: Its rules, and the action's connector and options.
            environment: Secrets, certificates, embedded broker.
            action: Its name.

        Raises:
            ConfigError: The workspace has no such action any more.
        """
        self._box = box
        self._workspace = workspace
        self._environment = environment
        self._action = _action(workspace, action)
        self._rules: dict[str, RuleAgain] = {}
        self._jq = JqProcess()
        self._sender: RecordSender | None = None

    def try_out(self, letter: Letter, payload: bytes | None) -> Rerun:
        """Take a letter's message through its rule and send nothing.

        Args:
            letter: A letter.
            payload: Another payload; None for its own.

        Raises:
            ConfigError: The rule is gone or does not compile.
        """
        return self._rule(letter.rule).run(letter.message.inbound(payload), explain=True)

    def rerun(self, edits: Mapping[Place, bytes | None]) -> list[Fate]:
        """Send what the rule makes of messages, each with another payload if one is given.

        Raises:
            AppError: The connector cannot be used at all, or a file cannot be read or written.
        """
        made: dict[Place, list[Record] | Fate] = {}
        for place, payload in edits.items():
            letter = self._box.load(place)
            if letter is None:
                made[place] = Fate(place, is_gone=True)
                continue
            try:
                made[place] = self._records(place, self.try_out(letter, payload))
            except ConfigError as exc:
                made[place] = Fate(place, failure=exc)
        return self._send(made)

    def send_again(self, places: Sequence[Place]) -> list[Fate]:
        """Send stored records as they are.

        Raises:
            AppError: As `rerun`.
        """
        made: dict[Place, list[Record] | Fate] = {}
        for place in places:
            letter = self._box.load(place)
            if letter is None:
                made[place] = Fate(place, is_gone=True)
            elif not letter.record.topic:
                nothing = ConfigError("No record was made of this message.", hint=_RERUN)
                made[place] = Fate(place, failure=nothing)
            else:
                made[place] = [stored_record(letter)]
        return self._send(made)

    def close(self) -> None:
        """Let the cluster go."""
        self._jq.close()
        if self._sender is not None:
            self._sender.close()

    def _send(self, made: Mapping[Place, list[Record] | Fate]) -> list[Fate]:
        """Send all records together and settle the letters of which every record arrived."""
        waiting = [record for each in made.values() if isinstance(each, list) for record in each]
        if waiting and self._sender is None:
            connector = self._workspace.connectors.kafka[self._action.connector]
            self._sender = RecordSender(connector, self._environment, self._action)
        outcomes = iter(self._sender.send(waiting) if self._sender is not None else ())
        fates: list[Fate] = []
        for place, each in made.items():
            if isinstance(each, Fate):
                fates.append(each)
                continue
            found = [next(outcomes) for _ in each]
            failure = next((one for one in found if isinstance(one, DeliveryFailed)), None)
            sent = tuple(one for one in found if isinstance(one, Delivered))
            fates.append(Fate(place, sent, failure))
        delivered = [fate.place for fate in fates if fate.is_delivered]
        if delivered:
            self._box.wipe(self._box.settle(delivered))
        return fates

    def _rule(self, name: str) -> RuleAgain:
        if name not in self._rules:
            rule = self._workspace.rules.get(name)
            if rule is None:
                raise ConfigError(
                    f"There is no rule {name} any more.",
                    path=f"rules.{name}",
                    hint="Send the stored record again, or give a rule this name.",
                )
            source = self._workspace.connectors.mqtt.get(self._workspace.source_of(rule) or "")
            identity = Identity() if source is None else source.identity
            try:
                self._rules[name] = RuleAgain(rule, identity, self._action, self._jq, SystemClock())
            except SqlError as exc:
                raise ConfigError(
                    f"Rule {name} does not compile: {exc.message}.",
                    path=f"rules.{name}.sql",
                    hint=exc.hint,
                ) from exc
        return self._rules[name]

    @staticmethod
    def _records(place: Place, rerun: Rerun) -> list[Record] | Fate:
        """Give what is to be sent; a fate where the rule gave nothing, or nothing whole."""
        wanted = [record for record in rerun.records if not record.is_skipped]
        if not wanted or rerun.problem[0]:
            return Fate(place, rerun=rerun)
        return [_record(record) for record in wanted]


def stored_record(letter: Letter) -> Record:
    """Give the record of a letter as it was."""
    record = letter.record
    return Record(
        record.topic,
        bytes_of(record.value),
        bytes_of(record.key),
        tuple((name, bytes_of(value)) for name, value in record.headers),
        record.partition,
        record.timestamp or 0,
    )


def _record(preview: RecordPreview) -> Record:
    return Record(
        preview.topic,
        preview.value,
        preview.key,
        preview.headers,
        preview.partition,
        preview.timestamp_ms,
    )


def _action(workspace: Workspace, name: str) -> KafkaAction:
    action = workspace.actions.kafka.get(name)
    if action is None or action.connector not in workspace.connectors.kafka:
        raise ConfigError(
            f"There is no action {name} with a connector any more.",
            path=f"actions.kafka.{name}",
            hint="Undo its deletion, or give an action this name.",
        )
    return action
