"""The page of the documentation that lists what brokers can say, made from the catalogues.

python -m tests.helpers.errors_page      writes docs/errors.md anew
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from core.kafka.catalogue import _ADVERTISED, _CONNECTION, _RECORD, _THROTTLING
from core.mqtt.catalogue import DISCONNECTS, FILTER_HINTS, REASONS, REFUSALS, TROUBLES, Entry

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_HEAD = """# What brokers refuse, and what to do

Every sentence that Sluicegate says when an MQTT broker or a Kafka cluster does not do what it
should, with the way out. Words in *italics* stand for what is found at that moment.

What can pass by itself is tried again, first after `reconnect_min` and ever more slowly up to
`reconnect_max`; each time the status says when. Where somebody has to change something, the last
column says so: a refused sign-in is still tried at the pace of `reconnect_max`, while a session
that another client has taken over is left to it.

An option that cannot be used at all (a secret that is not there, a certificate file that cannot be
read) is said with its path in the workspace, and nothing is tried until it is corrected.
"""


def page() -> str:
    """Give the whole page."""
    return "\n".join(
        (
            _HEAD,
            "## MQTT\n",
            "### Reaching the broker, signing in, staying connected\n",
            _table(("What it says", "What to do", "Needs a change"), map(_row, TROUBLES.values())),
            "### Refused sign-in\n",
            "By the reason code of CONNACK; those of MQTT 3.1.1 are read as their likes of 5.\n",
            _table(("Code", "What it says", "What to do", "Needs a change"), _coded(REFUSALS)),
            "### Connection ended by the broker\n",
            "By the reason code of DISCONNECT (MQTT 5).\n",
            _table(("Code", "What it says", "What to do", "Needs a change"), _coded(DISCONNECTS)),
            "### Refused topic filters and messages\n",
            "By the reason code of SUBACK, PUBACK, PUBREC and PUBCOMP. Where nothing else is said, "
            "check what the\nbroker allows this client to read or to publish.\n",
            _table(
                ("Code", "What it says", "What to do about a filter"),
                (
                    (f"`0x{code:02X}`", words, FILTER_HINTS.get(code, ""))
                    for code, words in sorted(REASONS.items())
                ),
            ),
            "## Kafka\n",
            "### Reaching the cluster\n",
            _table(
                ("What it says", "What to do", "Needs a change"),
                (
                    (
                        _filled(row.summary, tls_hint=""),
                        _filled(row.hint, tls_hint=""),
                        _mark(row.permanent),
                    )
                    for row in (*_ADVERTISED, *_CONNECTION, _THROTTLING)
                ),
            ),
            "### Refused records\n",
            _table(
                ("What it says", "What to do", "Needs a change"),
                (
                    (
                        _filled(row.summary, tls_hint=""),
                        _filled(row.hint, tls_hint=""),
                        _mark(row.permanent),
                    )
                    for row in _RECORD
                ),
            ),
        )
    )


def _row(entry: Entry) -> tuple[str, ...]:
    # A user's name only adds to the sentence, where there is one.
    return _filled(entry.message, user=""), _filled(entry.hint, user=""), _mark(entry.fatal)


def _coded(entries: dict[int, Entry]) -> Iterable[tuple[str, ...]]:
    for code, entry in sorted(entries.items()):
        yield (f"`0x{code:02X}`", *_row(entry))


def _filled(text: str, **shown: str) -> str:
    """Write placeholders in italics, or as `shown`."""
    return _PLACEHOLDER.sub(
        lambda found: shown.get(found[1], f"*{found[1].replace('_', ' ')}*"), text
    )


def _mark(needs_change: bool) -> str:
    return "yes" if needs_change else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    text = "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines
    )
    return text + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
