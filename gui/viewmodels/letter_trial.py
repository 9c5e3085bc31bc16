"""What takes time to find out about a dead letter: all of it, and what its rule makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.bridge.letterbox import LetterBox
from core.bridge.letters import Letter, Place, bytes_of
from core.bridge.preview import RecordPreview
from core.bridge.rerun import Rerun, publisher_of
from core.errors import AppError
from core.workspace.model import Workspace
from gui.viewmodels.folded import Folded, fold
from gui.viewmodels.letter_job import Where, why_nothing
from gui.viewmodels.letter_words import heavy_field
from gui.viewmodels.words import plural, sentences, tr

_MOST_SHOWN: Final = 32 << 10


@dataclass(frozen=True, slots=True)
class Whole:
    """A letter as it was read, with what takes time to find out.

    Attributes:
        folded: The payload as it is edited; None where it is no text.
        record: Name and value of what there is to say of the stored record.
        value: Its value, written out.
        client: Who published the message; empty where that is not known.
        heavy: The field that takes most of the payload; empty for none.
    """

    letter: Letter
    folded: Folded | None
    record: tuple[tuple[str, str], ...]
    value: str
    client: str
    heavy: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rule makes of the message as it is edited now.

    Attributes:
        status: The shape of a state: passed, no_result, failed; empty while nothing is known.
        text: In a few words, and `note` what stands behind them.
        reason: Why nothing would be sent.
        record: The first record that would be sent.
        more: How many others there are.
    """

    status: str = ""
    text: str = ""
    note: str = ""
    reason: str = ""
    record: RecordPreview | None = None
    more: int = 0


def load_whole(where: Where, place: Place) -> Whole | None:
    """Read a letter; None if it is not there any more. Blocks.

    Raises:
        StoreError: A file cannot be read.
    """
    letter = LetterBox(where.path).load(place)
    if letter is None:
        return None
    payload = letter.message.payload
    text = payload.text if payload is not None and payload.base64 is None else None
    folded = None if text is None else fold(text)
    value = _shown(bytes_of(letter.record.value)) if letter.record.topic else ""
    client = _client(letter, where.workspace)
    heavy = heavy_field(text) if text else ""
    return Whole(letter, folded, tuple(_record_facts(letter)), value, client, heavy)


def _client(letter: Letter, workspace: Workspace) -> str:
    rule = workspace.rules.get(letter.rule)
    source = workspace.source_of(rule) if rule is not None else None
    connector = workspace.connectors.mqtt.get(source or "")
    return publisher_of(letter.message.inbound(), connector.identity) if connector else ""


def try_out(where: Where, letter: Letter, payload: bytes | None) -> Trial:
    """Take a letter's message through its rule and send nothing. Blocks."""
    try:
        redelivery = where.redelivery()
    except AppError as exc:
        return Trial("failed", tr("Nothing can be sent"), reason=sentences(exc.message, exc.hint))
    try:
        rerun = redelivery.try_out(letter, payload)
    except AppError as exc:
        return Trial(
            "failed", tr("The rule cannot be run"), reason=sentences(exc.message, exc.hint)
        )
    finally:
        redelivery.close()
    return trial_of(letter.rule, rerun)


def trial_of(rule: str, rerun: Rerun) -> Trial:
    """Say what a rule made of a message."""
    if rerun.outcome in ("no_match", "other_topic"):
        text = tr("{rule} gives no result").format(rule=rule)
        return Trial("no_result", text, reason=why_nothing(rerun))
    if rerun.outcome == "failed":
        text = tr("{rule} fails").format(rule=rule)
        return Trial("failed", text, reason=why_nothing(rerun))
    text = tr("{rule} passes").format(rule=rule)
    wanted = [record for record in rerun.records if not record.is_skipped]
    if rerun.problem[0] or not wanted:
        return Trial("failed", text, tr("it sends nothing"), reason=why_nothing(rerun))
    note = tr("it would send")
    if len(wanted) > 1:
        note = plural("it would send %n record", "it would send %n records", len(wanted))
    return Trial("passed", text, note, record=wanted[0], more=len(wanted) - 1)


def _record_facts(letter: Letter) -> Iterator[tuple[str, str]]:
    record = letter.record
    if not record.topic:
        yield "", tr("No record was made of this message.")
        return
    yield tr("topic"), record.topic
    yield tr("key"), _shown(bytes_of(record.key))
    if record.partition >= 0:
        yield tr("partition"), str(record.partition)
    yield tr("timestamp"), str(record.timestamp or tr("the moment of sending"))
    for name, value in record.headers:
        yield tr("header"), f"{name}: {_shown(bytes_of(value))}"


def _shown(data: bytes | None) -> str:
    """Write bytes as text, with long texts folded, and cut where it is still too long."""
    if data is None:
        return tr("null")
    text = fold(data.decode("utf-8", "replace")).text
    rest = len(text) - _MOST_SHOWN
    if rest <= 0:
        return text
    more = plural("… and %n character more", "… and %n characters more", rest)
    return f"{text[:_MOST_SHOWN]}\n{more}"
