"""The actions of a rule as they are edited: what each card says, and what a test would send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from core.workspace.kafka import KafkaAction
from core.workspace.model import CONSOLE, RepublishAction
from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import DISABLED, STOPPED, State
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.rule_actions import actions_of
from gui.viewmodels.words import tr

Kind: TypeAlias = Literal["kafka", "republish", "console", ""]


@dataclass(frozen=True, slots=True)
class EditedAction:
    """One action as it is written now.

    Attributes:
        name: What the rule calls it.
        key: Its document; empty for the console, which has no options.
        kind: Empty when there is none of this name.
        is_enabled: Whether it takes what the rule yields.
        is_new: Whether the file has it not yet.
        model: Its options; None for the console, and while they are not right.
        lines: What its card tells, by name of the setting; the values are templates.
    """

    name: str
    key: str
    kind: Kind
    is_enabled: bool = True
    is_new: bool = False
    model: KafkaAction | RepublishAction | None = None
    lines: tuple[tuple[str, str], ...] = field(default=())

    @property
    def bare_kind(self) -> str:
        """What kind it is, in a word."""
        words = {"kafka": tr("Kafka"), "republish": tr("MQTT"), "console": tr("Console")}
        return words.get(self.kind, tr("missing"))

    @property
    def kind_word(self) -> str:
        """What kind it is, and whether it is off."""
        word = self.bare_kind
        return word if self.is_enabled else tr("{kind}, disabled").format(kind=word)


def edited_actions(drafts: Drafts, rule: str) -> list[EditedAction]:
    """List the actions of a rule in their order, by its key; a console that is off comes last."""
    names = actions_of(drafts, rule)
    found = [_action(drafts, name) for name in names]
    if names and CONSOLE not in names:
        found.append(EditedAction(CONSOLE, "", "console", is_enabled=False))
    return found


def state_of(drafts: Drafts, action: EditedAction) -> State:
    """Tell how an action is: of a new one, that it does not run."""
    live = drafts.live
    if not action.is_enabled:
        return DISABLED
    facts = action_facts(live.workspace, action.name)
    return live.action_state(facts) if facts.kind else STOPPED


def kafka_of(actions: list[EditedAction]) -> dict[str, KafkaAction]:
    """Give the Kafka actions that would send, by name."""
    return {
        action.name: action.model
        for action in actions
        if action.is_enabled and isinstance(action.model, KafkaAction)
    }


def _action(drafts: Drafts, name: str) -> EditedAction:
    key = _key(drafts, name)
    if name == CONSOLE:
        return EditedAction(CONSOLE, "", "console")
    if not key:
        return EditedAction(name, "", "")
    values, kind = drafts.values(key), drafts.kind(key)
    is_enabled = bool(values.get("enable", True))
    model = _model(kind, name, values)
    lines = _kafka_lines(values) if kind == "kafka" else _republish_lines(values)
    return EditedAction(
        name,
        key,
        "kafka" if kind == "kafka" else "republish",
        is_enabled,
        drafts.is_new(key),
        model,
        lines,
    )


def _key(drafts: Drafts, name: str) -> str:
    """Find an action by its name: a new one may have another name than its key."""
    key = f"action:{name}"
    if drafts.exists(key) and drafts.name(key) == name:
        return key
    return next((k for k in drafts.dirty if k[:7] == "action:" and drafts.name(k) == name), "")


def _model(kind: str, name: str, values: Mapping[str, Any]) -> KafkaAction | RepublishAction | None:
    try:
        if kind == "kafka":
            return KafkaAction.model_validate({**values, "name": name})
        return RepublishAction.model_validate({**values, "name": name})
    except ValidationError:
        return None


def _kafka_lines(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    message = values.get("message")
    given = message if isinstance(message, Mapping) else {}
    return (
        (tr("topic"), str(values.get("topic", ""))),
        (tr("key"), str(given.get("key", "${.clientid}"))),
        (tr("value"), str(given.get("value", "${.}"))),
    )


def _republish_lines(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return (
        (tr("topic"), str(values.get("topic", ""))),
        (tr("payload"), str(values.get("payload", "${payload}"))),
    )
