"""The message that a republish action would publish, made by the code that makes real ones."""

from __future__ import annotations

from dataclasses import dataclass

from core.bridge.republishing import Publication, RepublishRenderer
from core.errors import TemplateError
from core.mqtt.message import InboundMessage
from core.sql.values import EvalError, Value
from core.workspace.model import RepublishAction


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """A message as a republish action would publish it.

    Attributes:
        action: The action's name.
        publication: The message; None where it cannot be made.
        error: Why not, and `hint` what to do; empty when there is one.
    """

    action: str
    publication: Publication | None = None
    error: str = ""
    hint: str = ""


def preview_message(
    name: str,
    action: RepublishAction,
    output: dict[str, Value],
    message: InboundMessage,
    rule: str,
    origin: str = "",
) -> MessagePreview:
    """Render one message; nothing is published.

    Args:
        name: The action's name.
        action: Its options.
        output: What the rule gave.
        message: What it was made of.
        rule: The rule's id.
        origin: The workspace's id, which the message names beside the rule.
    """
    try:
        renderer, mark = RepublishRenderer(action), f"{origin}/{rule}" if origin else rule
        return MessagePreview(name, renderer.render(output, message, rule, mark))
    except TemplateError as exc:
        return MessagePreview(name, error=exc.message, hint=exc.hint)
    except EvalError as exc:
        return MessagePreview(name, error=str(exc))
