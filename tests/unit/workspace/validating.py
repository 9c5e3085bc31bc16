"""Parts of workspaces that are right, and the problems of a whole."""

from __future__ import annotations

from pathlib import Path

from core.bridge.validation import validate_workspace
from core.workspace.load import loads
from core.workspace.problems import Problem

KEY = 'message = { key = "${id}" }\n'


def rule(sql: str, more: str = "", name: str = "r") -> str:
    return f"[rules.{name}]\nactions = ['to_lab']\nsql = '''\n{sql}'''\n{more}"


def action(more: str = "", topic: str = "a") -> str:
    return f"[actions.kafka.to_lab]\nconnector = 'lab'\ntopic = '{topic}'\n" + (
        more if "message" in more else KEY + more
    )


def source(more: str = "", identity: str = "none") -> str:
    return (
        "[connectors.mqtt.plant]\nserver = 'mqtt://localhost'\n"
        f"{more}\n[connectors.mqtt.plant.identity]\nclientid = '{identity}'\n"
    )


CLUSTER = "[connectors.kafka.lab]\nbootstrap_hosts = 'localhost'\n"

SOURCE = source()

RULE = rule('SELECT id FROM "a"')

ACTION = action()


def validate(*parts: str, folder: Path = Path("/nowhere")) -> list[Problem]:
    text = "sluicegate = 1\n" + "".join(parts)
    return validate_workspace(loads(text, folder / "x.sluicegate.toml"))


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]
