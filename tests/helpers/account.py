"""What became of every message of a fault test, as a row of one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """Where the messages of one run went.

    Attributes:
        fault: What was done to the brokers or the engine.
        mode: How messages were to be delivered, such as `QoS 1`.
        injected: Messages that the MQTT broker took from the publisher.
        delivered: Different messages found in Kafka, or reported as delivered where the topic is
            gone.
        duplicates: Records beyond the first of their message.
        set_aside: Messages that went to dead letters.
        lost: Messages that are nowhere.
        note: What else is to be known.
    """

    fault: str
    mode: str
    injected: int
    delivered: int
    duplicates: int
    set_aside: int
    lost: int
    note: str = ""

    @classmethod
    def of(
        cls, fault: str, mode: str, injected: int, seen: list[int], set_aside: int = 0
    ) -> Account:
        """Count what was read back."""
        distinct = len(set(seen))
        return cls(
            fault,
            mode,
            injected,
            distinct,
            len(seen) - distinct,
            set_aside,
            injected - distinct - set_aside,
        )


ROWS: list[Account] = []
"""The accounts of this run, in the order of the tests."""


def table(rows: list[Account]) -> list[str]:
    """Lay the accounts out as lines of text."""
    head = f"{'fault':<34}{'mode':<15}{'injected':>9}{'delivered':>11}{'duplicates':>12}"
    lines = [f"{head}{'set aside':>11}{'lost':>7}"]
    for row in sorted(rows, key=lambda each: (each.fault, each.mode)):
        figures = f"{row.injected:>9,}{row.delivered:>11,}{row.duplicates:>12,}"
        line = f"{row.fault:<34}{row.mode:<15}{figures}{row.set_aside:>11,}{row.lost:>7,}"
        lines.append(f"{line}  {row.note}".rstrip())
    return lines
