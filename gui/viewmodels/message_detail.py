"""The whole of one sampled message as texts: payload, properties, outcomes, when and where."""

from __future__ import annotations

import base64
import contextlib

import msgspec

from gui.viewmodels.content import columns, dump, laid_out, moment_lines
from gui.viewmodels.feed_rows import FeedRow, cell
from gui.viewmodels.words import byte_size, plural, tr


def payload_text(row: FeedRow) -> str:
    """Lay a payload out; of a large one the beginning."""
    sample, payload = row.sample, row.payload
    if payload is None:
        rest = sample.payload_bytes - len(sample.payload.encode("utf-8", "replace"))
        more = plural("… and %n byte more", "… and %n bytes more", rest)
        return f"{sample.payload}\n{more}"
    if not payload:
        return tr("This message has no payload.")
    try:
        return laid_out(payload.decode())
    except UnicodeDecodeError:
        size = byte_size(len(payload))
        return tr("{size} that are no text; the page Hex shows them.").format(size=size)


def properties_text(row: FeedRow) -> str:
    """List the MQTT 5 properties: the user's, then those of the standard."""
    properties = row.sample.properties
    standard = [
        (tr("Content type"), properties.content_type),
        (tr("Response topic"), properties.response_topic),
        (tr("Correlation data"), _shown(properties.correlation_data)),
        (tr("Message expiry"), _number(properties.message_expiry_s, tr("{count} s"))),
        (tr("Payload format"), _number(properties.payload_format, "{count}")),
    ]
    found = [(name, value) for name, value in standard if value is not None]
    user = list(properties.user)
    if not found and not user:
        return tr("This message has no MQTT 5 properties.")
    parts = [columns(pairs) for pairs in (user, found) if pairs]
    return "\n\n".join(parts)


def count_properties(row: FeedRow) -> int:
    """Count them."""
    found = msgspec.structs.astuple(row.sample.properties)
    return len(row.sample.properties.user) + sum(value is not None for value in found[1:])


def outcome_text(row: FeedRow) -> str:
    """List what rules and actions made of it, a line each; what rules selected below."""
    outputs = [
        f"{outcome.rule}: {output}" for outcome in row.sample.outcomes for output in outcome.outputs
    ]
    details = [
        f"{outcome.rule}: {outcome.detail}"
        for outcome in row.sample.outcomes
        if outcome.detail.count("\n")
    ]
    return "\n\n".join(
        part for part in (cell(row, "outcome"), "\n".join(outputs), "\n".join(details)) if part
    )


def metadata_text(row: FeedRow) -> str:
    """List where it came from, and when."""
    sample = row.sample
    return columns(
        [
            (tr("Topic"), sample.topic),
            (tr("Client"), sample.client or tr("not known")),
            (tr("Connector"), sample.source),
            (tr("Received"), str(sample.time_ms)),
            *moment_lines(sample.time_ms),
            (tr("QoS"), str(sample.qos)),
            (tr("Retained"), tr("yes") if sample.retain else tr("no")),
            (tr("Payload"), byte_size(sample.payload_bytes)),
        ]
    )


def hex_text(row: FeedRow) -> str:
    """Dump the bytes of the payload, as far as they are known."""
    payload = row.payload
    if payload is None:
        payload = row.sample.payload.encode("utf-8", "replace")
    return dump(payload) or tr("No bytes.")


def as_json(row: FeedRow) -> str:
    """Write the message as one JSON object: topic, QoS, retain, payload and properties."""
    sample, payload = row.sample, row.payload
    content: object = sample.payload
    if sample.data:
        content = {"base64": base64.b64encode(sample.data).decode()}
        with contextlib.suppress(UnicodeDecodeError):
            content = sample.data.decode()
    found = {
        "topic": sample.topic,
        "connector": sample.source,
        "received": sample.time_ms,
        "client": sample.client,
        "qos": sample.qos,
        "retain": sample.retain,
        "payload": content,
        "properties": sample.properties,
    }
    if payload is None:
        found["payload_bytes"] = sample.payload_bytes
    return msgspec.json.format(msgspec.json.encode(found).decode(), indent=2)


def _shown(data: bytes | None) -> str | None:
    if data is None:
        return None
    text = data.decode("utf-8", "replace")
    return text if text.isprintable() and "\ufffd" not in text else data.hex(" ")


def _number(value: int | None, form: str) -> str | None:
    return None if value is None else form.format(count=value)
