"""What a source remembers from run to run: its subscriptions and their identifiers.

One small JSON file per connector in the workspace's state folder. A persistent session at the
broker remembers subscriptions too, and its queued messages carry their identifiers, so an
identifier must never get a second meaning.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import msgspec

from core.errors import StoreError
from core.files import write_file

_MAX_ID: Final = 268_435_455


class Remembered(msgspec.Struct, frozen=True):
    """The contents of the file.

    Attributes:
        client_id: The session this belongs to.
        ids: Filters as subscribed (with their shared group) and their identifiers.
        held: Those of them that the broker has granted.
        stale: Filters that the session may still hold and that are to be unsubscribed.
        next_id: The first identifier that was never used.
    """

    client_id: str
    ids: dict[str, int] = {}
    held: list[str] = []
    stale: list[str] = []
    next_id: int = 1


class SubscriptionStore:
    """Reads and writes the file of one connector."""

    def __init__(self, folder: Path, connector: str) -> None:
        self.path = folder / f"mqtt-{connector}.json"

    def load(self, client_id: str) -> Remembered:
        """Read what the last run left behind.

        Without a readable file, identifiers start at a random place, since a session may hold
        messages with identifiers of a run whose file is lost.

        Raises:
            StoreError: The file is there but cannot be opened.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as exc:
            raise StoreError(
                f"The state file {self.path} cannot be read ({exc.strerror}).",
                path=str(self.path),
                hint="Make it readable, or remove it.",
            ) from exc
        try:
            found = msgspec.json.decode(data, type=Remembered)
        except msgspec.DecodeError:
            return Remembered(client_id, next_id=id_never_used())
        if found.client_id != client_id:
            return Remembered(client_id, next_id=found.next_id)
        return found

    def save(self, remembered: Remembered) -> None:
        """Write the file: whole or not at all, and on the disk when this returns.

        Raises:
            StoreError: It cannot be written.
        """
        data = msgspec.json.encode(remembered) + b"\n"
        try:
            write_file(self.path, data, makes_folder=True)
        except OSError as exc:
            raise StoreError(
                f"The state file {self.path} cannot be written ({exc.strerror}).",
                path=str(self.path),
                hint="Make room, or make the folder writable.",
            ) from exc


def id_never_used() -> int:
    """Choose an identifier where it is not known which ones a session may still hold."""
    return random.randint(1, _MAX_ID // 2)  # noqa: S311 - chance, no secret


def plan_ids(last: Remembered, wires: list[str]) -> Remembered:
    """Give identifiers to a set of filters, and note which old ones are stale.

    The same set keeps its identifiers. Any other set gets fresh ones for all of its filters, since
    a filter's place among the others decides which copy of a message counts.

    Args:
        last: What was remembered.
        wires: Filters as subscribed, in order of subscription.
    """
    stale = sorted((set(last.ids) | set(last.stale)) - set(wires))
    held = sorted(set(last.held) & set(wires))
    if set(last.ids) == set(wires):
        return msgspec.structs.replace(last, held=held, stale=stale)
    first = last.next_id if last.next_id + len(wires) <= _MAX_ID else 1
    ids = {wire: first + index for index, wire in enumerate(wires)}
    return Remembered(last.client_id, ids, held, stale, first + len(wires))
