"""A rule's output as an MQTT message: the templates of a republish action, and its loop guard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from core.errors import TemplateError
from core.mqtt.publisher import PublishProperties
from core.sql.text import to_text
from core.sql.values import UNDEFINED, Atom, EvalError, Value, str_to_bytes
from core.template import Template, compile_template

if TYPE_CHECKING:
    from core.bridge.record import Output
    from core.mqtt.message import InboundMessage
    from core.workspace.model import RepublishAction

MARKER: Final = "sluicegate-rules"
"""User property that names the rules a message was republished by, separated by commas."""

ORIGINAL: Final = frozenset({"${pub_props.'User-Property'}", "${.pub_props.'User-Property'}"})
"""The spelling of `user_properties` that copies those of the message, selected or not."""

MQTT_PROPERTIES: Final = (
    "Payload-Format-Indicator",
    "Message-Expiry-Interval",
    "Content-Type",
    "Response-Topic",
    "Correlation-Data",
)
_CLIENT_ID: Final = "clientid"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Publication:
    """A message to publish."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: PublishProperties


def rules_passed(message: InboundMessage) -> list[str]:
    """Name the rules that a message was republished by, as the marker tells."""
    marker = message.user_property(MARKER)
    return marker.split(",") if marker else []


class RepublishRenderer:
    """The compiled templates of one republish action. Pure."""

    def __init__(self, action: RepublishAction) -> None:
        self._topic = compile_template(action.topic, engine="republish")
        self._payload = compile_template(action.payload or "${.}", engine="republish")
        self._qos = _template_or_value(action.qos)
        self._retain = _template_or_value(action.retain)
        self._copies = action.user_properties in ORIGINAL
        self._user_properties = compile_template(action.user_properties)
        self._properties = {
            name: compile_template(str(text), engine="republish")
            for name, text in action.mqtt_properties.items()
        }

    def render(self, output: Output, message: InboundMessage, rule: str, mark: str) -> Publication:
        """Make the message.

        Args:
            output: What the rule selected.
            message: What it was made of.
            rule: Id; the new message's client id.
            mark: How the rule is named in the marker.

        Raises:
            TemplateError: A value has no text, or `qos` is none.
        """
        pairs = self._pairs(output, message)
        if all(name != _CLIENT_ID for name, _ in pairs):
            pairs.append((_CLIENT_ID, rule))
        pairs.append((MARKER, ",".join([*rules_passed(message), mark])))
        return Publication(
            topic=self._topic.render(output),
            payload=str_to_bytes(self._payload.render(output)),
            qos=self._render_qos(output),
            retain=self._render_retain(output),
            properties=self._render_properties(output, tuple(pairs)),
        )

    def _render_qos(self, output: Output) -> int:
        value = _value_of(self._qos, output)
        if value is UNDEFINED:
            return 0
        if isinstance(value, str) and value in ("0", "1", "2"):
            return int(value)
        if value in (0, 1, 2) and not isinstance(value, bool):
            return cast("int", value)
        raise TemplateError(
            f"qos renders to {value!r}, which is no QoS.", hint="Select 0, 1 or 2 for it."
        )

    def _render_retain(self, output: Output) -> bool:
        return _value_of(self._retain, output) in (True, "true", 1, "1")

    def _pairs(self, output: Output, message: InboundMessage) -> Pairs:
        """Give the user properties; what is neither map nor list of pairs gives none."""
        if self._copies:
            found = message.properties().get("User-Property-Pairs", [])
            originals = cast("list[dict[str, str]]", found)
            pairs = [(each["key"], each["value"]) for each in originals]
        elif self._user_properties.single_placeholder:
            pairs = _pairs_of(self._user_properties.render_value(output))
        else:
            pairs = []
        return [(name, value) for name, value in pairs if name != MARKER]

    def _render_properties(
        self, output: Output, pairs: tuple[tuple[str, str], ...]
    ) -> PublishProperties:
        texts = {name: template.render(output) for name, template in self._properties.items()}
        data = texts.get("Correlation-Data")
        return PublishProperties(
            user_properties=pairs,
            content_type=texts.get("Content-Type"),
            response_topic=texts.get("Response-Topic"),
            correlation_data=None if data is None else str_to_bytes(data),
            message_expiry_s=_integer(texts.get("Message-Expiry-Interval"), 0xFFFF_FFFF),
            payload_format=_integer(texts.get("Payload-Format-Indicator"), 1),
        )


def _template_or_value(option: str | int | bool) -> Template | int | bool:
    return compile_template(option, engine="republish") if isinstance(option, str) else option


def _value_of(option: Template | int | bool, output: Output) -> Value:
    if isinstance(option, Template):
        return option.render_value(output)
    return option


def _integer(text: str | None, most: int) -> int | None:
    """Read a number; what is none leaves the property out, as EMQX does."""
    if text is None or not text.isdecimal():
        return None
    return number if (number := int(text)) <= most else None


def _pairs_of(value: Value) -> Pairs:
    if isinstance(value, dict):
        return [(name, _text(item)) for name, item in value.items()]
    pairs: Pairs = []
    if isinstance(value, list):
        for item in value:
            match item:
                case {"key": str() as name, "value": text}:
                    pairs.append((name, _text(text)))
                case [str() | Atom() as name, text]:
                    pairs.append((name if isinstance(name, str) else name.name, _text(text)))
                case _:
                    continue
    return pairs


def _text(value: Value) -> str:
    try:
        return to_text(value)
    except EvalError as exc:
        raise TemplateError(
            f"A user property cannot be written: {exc}.", hint="Select text for it."
        ) from exc
