"""Well-known kinds of clusters as data: what is fixed there, and what a person has to fill in.

A preset only fills in a connector's ordinary options; nothing remembers afterwards which one it
was. Texts are English, to be translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

OptionPath: TypeAlias = tuple[str, ...]
"""Keys below a connector's table, such as `("authentication", "username")`."""


@dataclass(frozen=True, slots=True)
class PresetField:
    """An option that differs from one account to the next.

    Attributes:
        path: Where the value goes.
        label: What to call it.
        help: Where a person finds the value.
        example: What it looks like; for a secret, a reference.
        is_required: Whether the connector is of no use without it.
    """

    path: OptionPath
    label: str
    help: str
    example: str
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of cluster.

    Attributes:
        id: Stable short name.
        title: What to call it.
        help: One sentence on when to choose it.
        fields: To be filled in, in the order of a form.
        fixed: What is the same for everybody there.
        emqx_type: The type of this connector and its actions in EMQX.
        action_choices: Options of actions of which the service takes only some values.
    """

    id: str
    title: str
    help: str
    fields: tuple[PresetField, ...]
    fixed: Mapping[OptionPath, Any] = field(default_factory=dict[OptionPath, Any])
    emqx_type: str = "kafka_producer"
    action_choices: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )

    def connector(self, values: Mapping[OptionPath, str]) -> dict[str, Any]:
        """Make the table of a connector.

        Args:
            values: Of `fields`, by their paths; empty ones are left out.

        Returns:
            Nested tables as in the workspace file; not validated.
        """
        table: dict[str, Any] = {}
        filled = {each.path: values.get(each.path, "").strip() for each in self.fields}
        for path, value in (*filled.items(), *self.fixed.items()):
            if value == "":
                continue
            place = table
            for key in path[:-1]:
                place = place.setdefault(key, {})
            place[path[-1]] = value
        return table


def is_local(preset_field: PresetField) -> bool:
    """Tell whether the example of a field is an address on this computer, right as it is."""
    return preset_field.path == ("bootstrap_hosts",) and "127.0.0.1" in preset_field.example


def _hosts(help_text: str, example: str) -> PresetField:
    return PresetField(("bootstrap_hosts",), "Bootstrap hosts", help_text, example)


def _password(label: str, help_text: str, example: str) -> PresetField:
    return PresetField(("authentication", "password"), label, help_text, example)


def _sign_in(mechanism: str) -> dict[OptionPath, Any]:
    return {("authentication", "mechanism"): mechanism, **_TLS}


_TLS: Final[dict[OptionPath, Any]] = {("ssl", "enable"): True, ("ssl", "verify"): "verify_peer"}
_CONFLUENT_HOSTS: Final = _hosts(
    "Cluster overview, Cluster settings, Bootstrap server.",
    "pkc-00000.eu-central-1.aws.confluent.cloud:9092",
)
_USER: Final = PresetField(
    ("authentication", "username"), "User name", "A SASL user of the cluster.", "sluicegate"
)

PRESETS: Final = (
    Preset(
        id="embedded",
        title="Sluicegate's own Kafka",
        help="The embedded broker: nothing to install, and records are in memory alone.",
        fields=(),
        fixed={("bootstrap_hosts",): "sandbox"},
    ),
    Preset(
        id="docker",
        title="Kafka on this computer",
        help="Apache Kafka in a container or unpacked here, without sign-in and TLS.",
        fields=(
            _hosts(
                "The published port. The broker has to advertise the same address: "
                "advertised.listeners=PLAINTEXT://127.0.0.1:9092.",
                "127.0.0.1:9092",
            ),
        ),
        fixed={("ip_family",): "v4"},
    ),
    Preset(
        id="redpanda_docker",
        title="Redpanda on this computer",
        help="Redpanda in containers, as `rpk container start` or its compose file start it.",
        fields=(_hosts("The external listener; rpk prints it.", "127.0.0.1:19092"),),
        fixed={("ip_family",): "v4"},
    ),
    Preset(
        id="redpanda_cloud",
        title="Redpanda Cloud",
        help="A Redpanda cluster with TLS and SCRAM users.",
        fields=(
            _hosts(
                "Overview, How to connect, Kafka API: Bootstrap server URL.",
                "seed-00000.example.fmc.prd.cloud.redpanda.com:9092",
            ),
            _USER,
            _password("Password", "Of that user (Security, Users).", "secret:redpanda"),
        ),
        fixed=_sign_in("scram_sha_256"),
    ),
    Preset(
        id="confluent_cloud",
        title="Confluent Cloud",
        help="Confluent Cloud with an API key.",
        fields=(
            _CONFLUENT_HOSTS,
            PresetField(
                ("authentication", "username"),
                "API key",
                "Of the cluster (API keys), not your login.",
                "ABCDEFGHIJKLMNOP",
            ),
            _password("API secret", "Shown once, when the key is made.", "secret:confluent-cloud"),
        ),
        fixed=_sign_in("plain"),
        emqx_type="confluent_producer",
    ),
    Preset(
        id="confluent_cloud_oauth",
        title="Confluent Cloud with OAuth",
        help="Confluent Cloud with an identity provider of your own.",
        fields=(
            _CONFLUENT_HOSTS,
            PresetField(
                ("authentication", "endpoint_uri"),
                "Token endpoint",
                "Of your identity provider (token_endpoint of its OpenID configuration).",
                "https://login.example.com/oauth2/token",
            ),
            PresetField(
                ("authentication", "client_id"),
                "Client id",
                "Of the application at the identity provider.",
                "sluicegate",
            ),
            PresetField(
                ("authentication", "client_secret"),
                "Client secret",
                "Of the same application.",
                "secret:identity-provider",
            ),
            PresetField(
                ("authentication", "scope"),
                "Scope",
                "Only if the identity provider asks for one.",
                "kafka",
                is_required=False,
            ),
            PresetField(
                ("authentication", "extensions", "logicalCluster"),
                "Logical cluster",
                "Cluster settings, Cluster id.",
                "lkc-00000",
            ),
            PresetField(
                ("authentication", "extensions", "identityPoolId"),
                "Identity pool",
                "Accounts and access, Identity providers; without one it is chosen by its filter.",
                "pool-0000",
                is_required=False,
            ),
        ),
        fixed=_sign_in("oauth"),
        emqx_type="confluent_producer",
    ),
    Preset(
        id="azure_event_hubs",
        title="Azure Event Hubs",
        help="A namespace of the Standard tier or above; each event hub is a topic.",
        fields=(
            _hosts(
                "The name of the namespace before .servicebus.windows.net:9093.",
                "example.servicebus.windows.net:9093",
            ),
            _password(
                "Connection string",
                "Shared access policies, a policy with Send, primary connection string.",
                "secret:event-hubs",
            ),
        ),
        fixed={("authentication", "username"): "$ConnectionString", **_sign_in("plain")},
        emqx_type="azure_event_hub_producer",
        action_choices={
            "compression": ("no_compression",),
            "required_acks": ("all_isr", "leader_only"),
        },
    ),
    Preset(
        id="amazon_msk",
        title="Amazon MSK with SCRAM",
        help="Amazon MSK with users from AWS Secrets Manager.",
        fields=(
            _hosts(
                "View client information, SASL/SCRAM.",
                "b-1.example.abcdef.c1.kafka.eu-central-1.amazonaws.com:9096",
            ),
            _USER,
            _password("Password", "Of that user's secret.", "secret:msk"),
        ),
        fixed=_sign_in("scram_sha_512"),
    ),
    Preset(
        id="managed_scram",
        title="Another managed Kafka",
        help="Aiven, WarpStream and others with TLS and SCRAM-SHA-256 users.",
        fields=(
            _hosts("As the service shows it.", "kafka.example.com:9094"),
            _USER,
            _password("Password", "Of that user.", "secret:kafka"),
            PresetField(
                ("ssl", "cacertfile"),
                "CA certificate",
                "Only if the service has an authority of its own: its ca.pem.",
                "ca.pem",
                is_required=False,
            ),
        ),
        fixed=_sign_in("scram_sha_256"),
    ),
)
"""All presets, the plainest first."""
