"""What the forms start with."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.viewmodels.payload_check import check_payload
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import open_file


def test_the_form_starts_with_what_a_rule_takes(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a/b"
    )
    open_file(session, qtbot, path)
    qtbot.waitUntil(lambda: publish.mqtt_draft.topic == "a/b")

    assert publish.mqtt_draft.connector == "plant"
    assert publish.mqtt_draft.user_properties == (("clientid", "c_emqx"),)
    assert check_payload(publish.mqtt_draft.payload).status == "passed"
    assert (publish.kafka_draft.connector, publish.kafka_draft.topic) == ("laptop", "t")
    assert publish.topics == ["a/b"]
    assert publish.kafka_topics == ["t"]


def test_a_message_that_the_workspace_keeps_comes_first(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a/b"
    )
    with path.open("a") as file:
        file.write(
            '[[messages]]\nname = "hex"\ntopic = "x"\nformat = "hex"\npayload = "6869"\nqos = 2\n'
            'properties = { clientid = "c" }\n'
            '[[messages]]\nname = "bytes"\ntopic = "x"\nformat = "base64"\npayload = "/w=="\n'
            '[[messages]]\nname = "r"\nkind = "kafka"\ntopic = "k"\nkey = "1"\nvalue = "v"\n'
            "partition = 0\n"
        )
    open_file(session, qtbot, path)

    first = MqttDraft("plant", "x", "6869", 2, False, (("clientid", "c"),), format="hex")
    assert publish.mqtt_draft == first
    assert first.message().payload == b"hi"

    chosen: list[object] = []
    publish.draftChosen.connect(chosen.append)
    for saved in publish.saved:
        publish.choose(saved)
    raw = MqttDraft("plant", "x", "/w==", 0, format="base64")
    assert chosen == [first, raw, KafkaDraft("laptop", "k", "1", "v", "0")]
    assert raw.message().payload == b"\xff"


def test_a_new_version_of_the_file_leaves_the_form_alone(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a/#"
    )
    open_file(session, qtbot, path)
    qtbot.waitUntil(lambda: bool(publish.live.facts))
    replaced: list[None] = []
    publish.draftsReplaced.connect(lambda: replaced.append(None))

    path.write_text(path.read_text().replace("a/#", "a/b"))
    session.reload()
    qtbot.waitUntil(lambda: publish.topics == ["a/b"])

    assert replaced == []
