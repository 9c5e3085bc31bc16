"""A new workspace file, and what comes next in a workspace where something is missing yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final

from core.errors import StoreError
from gui.viewmodels.live import Live
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import tr

_ID_BYTES: Final = 4
_TEXT: Final = """\
# A Sluicegate workspace: connectors, rules and actions. Secrets are references, never in this file.
sluicegate = 1
id = "{id}"
title = "{title}"
"""


def write_starter(path: Path) -> None:
    """Write a workspace without anything in it.

    Raises:
        StoreError: The file exists or cannot be written.
    """
    title = path.name.split(".")[0].replace("\\", "").replace('"', "")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEXT.format(id=token_hex(_ID_BYTES), title=title))
    except FileExistsError as exc:
        raise StoreError(
            tr("{file} exists already and was left as it is.").format(file=path.name),
            path=str(path),
            hint=tr("Choose another name, or open it."),
        ) from exc
    except OSError as exc:
        raise StoreError(
            tr("{file} cannot be written: {reason}.").format(file=path, reason=exc.strerror or exc),
            path=str(path),
            hint=tr("Choose a folder that you may write to."),
        ) from exc


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a workspace lacks.

    Attributes:
        sentence: What is missing.
        command: The id of the command that makes it.
        label: What the button says.
        other: The id of another command that may be wanted instead; empty for none.
        other_label: What the link says.
        hint: More about the sentence; empty for nothing.
    """

    sentence: str
    command: str
    label: str
    other: str = ""
    other_label: str = ""
    hint: str = ""


def next_step(live: Live) -> NextStep | None:
    """Tell what a workspace lacks until messages can move; None when it has everything.

    A file that cannot be read lacks its correction.
    """
    if (found := unreadable(live)) is not None:
        hint = f"{found.cause} {found.way_out}"
        return NextStep(found.headline, "edit_file", tr("Edit the file"), hint=hint)
    workspace = live.workspace
    has_mqtt, has_kafka = bool(workspace.connectors.mqtt), bool(workspace.connectors.kafka)
    mqtt, kafka = tr("Add MQTT connector"), tr("Add Kafka connector")
    if live.session.loaded is None or live.has_errors:
        return None
    if not has_mqtt and not has_kafka:
        text = tr("No connectors yet. A connector is a saved connection to a broker.")
        return NextStep(text, "new_mqtt", mqtt, "new_kafka", kafka)
    if not has_mqtt:
        text = tr("No MQTT connector yet. Messages come from one.")
        return NextStep(text, "new_mqtt", mqtt)
    if not has_kafka:
        text = tr("No Kafka connector yet. Records are written to one.")
        return NextStep(text, "new_kafka", kafka, "new_rule", tr("New rule"))
    if not workspace.rules:
        text = tr("A rule picks messages with SQL and hands them to actions.")
        return NextStep(text, "new_rule", tr("New rule"))
    return None
