from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import StoreError
from core.workspace.diff import changes, data_changes
from core.workspace.edit import edit
from core.workspace.kafka import Fallback, KafkaAction
from core.workspace.lab import RuleTest, SavedMessage
from core.workspace.load import loads
from core.workspace.model import Actions, Connectors, Rule, Workspace
from core.workspace.mqtt import Identity, MqttConnector
from core.workspace.save import changed_text, save, save_text
from core.workspace.units import Duration

TEXT = (Path(__file__).parents[2] / "data" / "reference.sluicegate.toml").read_text("utf-8")
PATH = Path("x.toml")


def workspace_of(text: str) -> Workspace:
    workspace = loads(text, PATH).workspace
    assert workspace is not None
    return workspace


def with_action(workspace: Workspace, **update: object) -> Workspace:
    action = workspace.actions.kafka["to_emqx"].model_copy(update=update)
    actions = workspace.actions.model_copy(update={"kafka": {"to_emqx": action}})
    return workspace.model_copy(update={"actions": actions})


def changed_lines(workspace: Workspace, text: str = TEXT) -> tuple[list[str], list[str]]:
    """Return the lines that are gone and those that are new, and check the round trip."""
    new = changed_text(PATH, text, workspace)
    assert changes(workspace_of(new), workspace) == {}
    before, after = text.splitlines(), new.splitlines()
    gone = [line for line in before if line and line not in after]
    return gone, [line for line in after if line and line not in before]


def test_nothing_changed_writes_the_same_text():
    assert changed_text(PATH, TEXT, workspace_of(TEXT)) == TEXT


def test_another_spelling_of_the_same_value_is_no_change():
    text = TEXT.replace('keepalive = "60s"', "keepalive = 60")

    assert changed_text(PATH, text, workspace_of(TEXT)) == text


def test_only_the_changed_line_is_written_and_its_comment_stays():
    text = TEXT.replace('compression = "no_compression"', "compression = 'snappy'  # small")

    gone, new = changed_lines(with_action(workspace_of(text), compression="zstd"), text)

    assert gone == ["compression = 'snappy'  # small"]
    assert new == ["compression = 'zstd'  # small"]


def test_changes_inside_an_inline_table_leave_the_rest_of_it():
    workspace = workspace_of(TEXT)
    message = workspace.actions.kafka["to_emqx"].message.model_copy(update={"key": "${id}"})

    gone, new = changed_lines(with_action(workspace, message=message))

    assert len(gone) == len(new) == 1
    assert new[0] == gone[0].replace("${clientid}", "${id}")


def test_new_options_are_added_and_options_at_their_default_are_not():
    gone, new = changed_lines(
        with_action(workspace_of(TEXT), max_batch_age=Duration(5_000), max_inflight=5)
    )

    assert (gone, new) == ([], ['max_batch_age = "5s"'])


def test_removed_options_go():
    workspace = workspace_of(TEXT)
    plant = workspace.connectors.mqtt["plant"].model_copy(update={"username": None})
    connectors = workspace.connectors.model_copy(update={"mqtt": {"plant": plant}})
    changed = workspace.model_copy(update={"connectors": connectors})

    text = changed_text(PATH, TEXT, changed)

    assert 'username = "bridge"' not in text
    assert len(text.splitlines()) == len(TEXT.splitlines()) - 1


def test_statements_keep_their_quotes():
    workspace = workspace_of(TEXT)
    sql = "SELECT payload.x as x\nFROM \"a/#\"\nWHERE x = 'y'\n"
    rule = workspace.rules["temp_hum"].model_copy(update={"sql": sql})

    text = changed_text(PATH, TEXT, workspace.model_copy(update={"rules": {"temp_hum": rule}}))

    assert f"sql = '''\n{sql}'''\n" in text


@pytest.mark.parametrize(
    "value",
    ["it's", 'say "x"', "both ' and \"", "''' and \"\"\"", "tab\tand\nline", "back\\slash\n",
     "\x01", "ends with '", "\n", "", "é\u2028", "'''\n'"],
)  # fmt: skip
def test_any_text_can_stand_in_any_quotes(value: str):
    for spelled in ("''", '""', "''''''", '""""""'):
        text = f"sluicegate = 1\ntitle = {spelled}\n"
        changed = workspace_of(text).model_copy(update={"title": value})
        assert workspace_of(changed_text(PATH, text, changed)).title == value


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"), max_size=30))
def test_any_title_survives(value: str):
    text = "sluicegate = 1\ntitle = '''\nx'''\n"
    changed = workspace_of(text).model_copy(update={"title": value})
    assert workspace_of(changed_text(PATH, text, changed)).title == value


def test_unknown_keys_and_comments_are_kept():
    text = TEXT.replace("qos = 1\nreceive", "colour = 'red'  # mine\nqos = 1\nreceive")
    workspace = workspace_of(text).model_copy(update={"title": "New"})

    gone, new = changed_lines(workspace, text)

    assert (gone, new) == (['title = "Plant to Kafka"'], ['title = "New"'])


def test_new_tables_get_headers_of_their_own():
    workspace = workspace_of(TEXT)
    added = KafkaAction(name="to_b", connector="laptop", topic="b", fallback_actions=())
    source = MqttConnector(name="two", server="sandbox", identity=Identity(clientid="none"))
    gone, new = changed_lines(
        workspace.model_copy(
            update={
                "actions": workspace.actions.model_copy(
                    update={"kafka": {**workspace.actions.kafka, "to_b": added}}
                ),
                "connectors": workspace.connectors.model_copy(
                    update={"mqtt": {**workspace.connectors.mqtt, "two": source}}
                ),
            }
        )
    )

    assert gone == []
    assert "[connectors.mqtt.two]" in new
    assert "[actions.kafka.to_b]" in new
    assert "fallback_actions = []" in new


def test_messages_and_tests_are_added_changed_and_removed_one_by_one():
    workspace = workspace_of(TEXT)
    (message,) = workspace.messages
    other = SavedMessage(name="b", topic="t")
    rule = workspace.rules["temp_hum"]
    tested = rule.model_copy(update={"tests": (*rule.tests, RuleTest(name="two"))})

    gone, new = changed_lines(
        workspace.model_copy(update={"messages": (other, message), "rules": {"temp_hum": tested}})
    )
    assert gone == []
    assert new == ['name = "two"', 'name = "b"', 'topic = "t"']

    gone, new = changed_lines(
        workspace.model_copy(update={"messages": (message.model_copy(update={"qos": 0}),)})
    )
    assert (len(gone), new) == (0, [])  # the line `qos = 0` stands elsewhere too

    text = changed_text(PATH, TEXT, workspace.model_copy(update={"messages": ()}))
    assert "messages" not in text


def test_a_list_in_one_line_changes_in_its_line():
    workspace = workspace_of(TEXT)
    rule = workspace.rules["temp_hum"].model_copy(update={"actions": ("console", "to_emqx")})

    gone, new = changed_lines(workspace.model_copy(update={"rules": {"temp_hum": rule}}))

    assert (gone, new) == (['actions = ["to_emqx"]'], ['actions = ["console", "to_emqx"]'])


def test_arrays_of_tables_can_become_empty():
    text = TEXT.replace(
        'fallback_actions = [{ kind = "file" }]',
        '[[actions.kafka.to_emqx.fallback_actions]]\nkind = "file"',
    )

    new = changed_text(PATH, text, with_action(workspace_of(text), fallback_actions=()))

    assert workspace_of(new).actions.kafka["to_emqx"].fallback_actions == ()


def test_removed_tables_leave_the_others_alone():
    workspace = workspace_of(TEXT)
    text = changed_text(
        PATH, TEXT, workspace.model_copy(update={"actions": Actions(), "rules": {}})
    )

    assert "# devices that publish test traffic" in text
    assert "to_emqx]" not in text


def test_a_whole_workspace_can_be_written_into_an_empty_file():
    full = workspace_of(TEXT)

    text = changed_text(PATH, "sluicegate = 1\n", full)

    assert workspace_of(text) == full


def test_windows_line_ends_stay():
    text = TEXT.replace("\n", "\r\n")
    workspace = workspace_of(text)
    source = MqttConnector(name="two", server="sandbox")
    connectors = Connectors(mqtt={"two": source})

    new = changed_text(PATH, text, workspace.model_copy(update={"connectors": connectors}))

    assert "\n" not in new.replace("\r\n", "")


def test_text_that_cannot_be_read_is_not_changed():
    with pytest.raises(StoreError, match="cannot be read"):
        changed_text(PATH, "sluicegate = 2\n", Workspace())


# ---------------------------------------------------------------------------------- the file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plant.sluicegate.toml"
    path.write_text(TEXT, "utf-8")
    return path


def test_saving_keeps_the_mode_and_leaves_the_previous_version(file: Path):
    file.chmod(0o640)

    new = save(file, TEXT, workspace_of(TEXT).model_copy(update={"title": "New"}))

    assert file.read_text("utf-8") == new
    assert file.stat().st_mode & 0o777 == 0o640
    backup = file.with_name(file.name + ".bak")
    assert backup.read_text("utf-8") == TEXT
    assert backup.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in file.parent.iterdir()) == [file.name, backup.name]


def test_a_file_changed_by_somebody_else_is_not_overwritten_unless_asked(file: Path):
    theirs = TEXT + "# theirs\n"
    file.write_text(theirs, "utf-8")
    mine = workspace_of(TEXT).model_copy(update={"title": "Mine"})

    with pytest.raises(StoreError, match="changed by somebody else"):
        save(file, TEXT, mine)
    assert file.read_text("utf-8") == theirs

    save(file, TEXT, mine, overwrite=True)
    assert 'title = "Mine"' in file.read_text("utf-8")
    assert file.with_name(file.name + ".bak").read_text("utf-8") == theirs


def test_a_removed_file_is_told(file: Path):
    file.unlink()

    with pytest.raises(StoreError, match="removed by somebody else"):
        save(file, TEXT, workspace_of(TEXT))


def test_a_new_file_is_made_readable(tmp_path: Path):
    path = tmp_path / "new.toml"

    save_text(path, "sluicegate = 1\n", expected=None)

    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    assert not (tmp_path / "new.toml.bak").exists()


def test_a_symbolic_link_stays_one(file: Path, tmp_path: Path):
    link = tmp_path / "link.toml"
    link.symlink_to(file)

    save(link, TEXT, workspace_of(TEXT).model_copy(update={"title": "New"}))

    assert link.is_symlink()
    assert 'title = "New"' in file.read_text("utf-8")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_failed_write_loses_nothing_and_says_what_to_do(
    file: Path, monkeypatch: pytest.MonkeyPatch, code: int
):
    def refuse(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)

    with pytest.raises(StoreError) as caught:
        save(file, TEXT, workspace_of(TEXT).model_copy(update={"title": "New"}))

    assert os.strerror(code) in caught.value.message
    assert caught.value.hint
    assert file.read_text("utf-8") == TEXT
    assert list(file.parent.iterdir()) == [file]


def test_a_missing_folder_is_told(tmp_path: Path):
    with pytest.raises(StoreError) as caught:
        save_text(tmp_path / "no" / "x.toml", "", expected=None)
    assert "folder" in caught.value.hint


def test_fallbacks_need_their_target():
    with pytest.raises(ValueError, match="has no topic"):
        Fallback(kind="topic")
    with pytest.raises(ValueError, match="has no name"):
        Fallback(kind="reference")


def test_a_new_rule_is_written_with_its_statement_over_several_lines():
    rule = Rule(id="r", sql='SELECT *\nFROM "a"', source="plant")
    workspace = workspace_of(TEXT)

    text = changed_text(
        PATH, TEXT, workspace.model_copy(update={"rules": {**workspace.rules, "r": rule}})
    )

    assert "[rules.r]\n" in text
    assert "sql = '''\nSELECT *\nFROM \"a\"'''" in text


def test_a_workspace_with_mistakes_can_be_saved_and_its_other_mistakes_stay():
    text = TEXT.replace('"zstd"', '"zst"').replace('"murmur2"', '"murmur9"')
    partial = loads(text, PATH).partial.model_copy(update={"title": "New", "actions": Actions()})
    kept = loads(text, PATH).partial.model_copy(update={"title": "New"})

    assert 'partitioner = "murmur9"' in changed_text(PATH, text, kept)
    assert "murmur9" not in changed_text(PATH, text, partial)


DEVICES = """sluicegate = 1

[simulators.sensors]
connector = "plant"
topic = "t"
fields.temp = { kind = "walk", from = 20, to = 45 }   # degrees
fields.hum = { kind = "sine", from = 35, to = 60, period = "2min" }
qos = 1

[[messages]]
name = "a"
topic = "t"

[[messages]]
name = "b"
topic = "t"   # the second
"""


def edited(change: Callable[[dict[str, Any]], object]) -> str:
    """Change the plain data of the devices' file, and give the document that then has it."""
    before = tomllib.loads(DEVICES)
    after = deepcopy(before)
    change(after)
    text = edit(DEVICES, data_changes(before, after))
    assert tomllib.loads(text) == after
    return text


def test_fields_of_a_simulator_keep_a_line_each():
    def change(data: dict[str, Any]) -> None:
        fields = data["simulators"]["sensors"]["fields"]
        fields["temp"]["from"] = 10
        fields["id"] = {"kind": "uuid"}
        del fields["hum"]

    lines = edited(change).splitlines()

    assert 'fields.temp = { kind = "walk", from = 10, to = 45 }   # degrees' in lines
    assert 'fields.id = {kind = "uuid"}' in lines
    assert not any("hum" in line for line in lines)


def test_all_fields_of_a_simulator_can_be_replaced():
    def change(data: dict[str, Any]) -> None:
        data["simulators"]["sensors"]["fields"] = {"id": {"kind": "uuid"}}

    assert edited(change).count("fields.") == 1


def test_a_new_simulator_stands_before_the_messages_between_empty_lines():
    new = {"connector": "plant", "topic": "t", "fields": {"id": {"kind": "uuid"}}}

    text = edited(lambda data: data["simulators"].update(more=new))

    assert '\n\n[simulators.more]\nconnector = "plant"\ntopic = "t"\nfields.id = {' in text
    assert '{kind = "uuid"}\n\n[[messages]]' in text


def test_new_messages_stand_between_empty_lines():
    def change(data: dict[str, Any]) -> None:
        data["messages"].insert(1, {"name": "middle", "topic": "t"})
        data["messages"].append({"name": "last", "topic": "t"})

    text = edited(change)

    assert text.count("\n\n[[messages]]\n") == 4
    assert text.endswith('\n\n[[messages]]\nname = "last"\ntopic = "t"\n')
    assert "\n\n\n" not in text


@pytest.mark.parametrize("more", ["", '\n[rules.other]\nsql = ""\n'])
def test_the_first_test_of_a_rule_stands_between_empty_lines(more: str):
    text = f'[rules.first]\nsql = ""\n{more}'
    before = tomllib.loads(text)
    after = deepcopy(before)
    after["rules"]["first"]["tests"] = [{"name": "one"}]

    written = edit(text, data_changes(before, after))

    assert written == f'[rules.first]\nsql = ""\n\n[[rules.first.tests]]\nname = "one"\n{more}'


def test_a_group_whose_tables_lie_apart_takes_a_new_one():
    text = '[simulators.a]\ntopic = "t"\n\n[rules.r]\nsql = ""\n\n[simulators.b]\ntopic = "t"\n'
    before = tomllib.loads(text)
    after = deepcopy(before)
    after["simulators"]["c"] = {"topic": "t"}

    assert tomllib.loads(edit(text, data_changes(before, after))) == after
