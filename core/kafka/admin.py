"""Topics of a cluster: what there is, and creating one."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, cast

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (
    AclOperation,  # pyright: ignore[reportPrivateImportUsage] - documented there
    AdminClient,
    ConfigResource,  # pyright: ignore[reportPrivateImportUsage] - documented there
)
from confluent_kafka.cimpl import NewTopic

from core.clock import SystemClock
from core.errors import AuthFailed, ConfigError, ConnectFailed, ConnectorError
from core.kafka.metadata import Cluster, Topic, describe_cluster, unreachable
from core.kafka.options import bootstrap_servers, client_properties, refused_property, user_name
from core.kafka.status import ClusterStatus, LogLines
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from core.workspace.mqtt import SANDBOX

if TYPE_CHECKING:
    from confluent_kafka.admin._config import ConfigEntry
    from confluent_kafka.admin._topic import TopicDescription

SANDBOX_PARTITIONS: Final = 4
"""The embedded Kafka gives every topic this many, whatever is asked for."""

_SETTINGS_S: Final = 2.0
_RECONNECT_MS: Final = 50
_RECONNECT_MAX_MS: Final = 500
_REFUSED: Final = {
    KafkaError.TOPIC_ALREADY_EXISTS: ("exists already.", "Use it, or choose another name."),
    KafkaError.TOPIC_EXCEPTION: (
        "has a name that Kafka does not allow.",
        "Use letters, digits, dot, underscore and hyphen, at most 249.",
    ),
    KafkaError.INVALID_PARTITIONS: (
        "cannot have that number of partitions.",
        "Ask for 1 or more with --partitions.",
    ),
    KafkaError.INVALID_REPLICATION_FACTOR: (
        "cannot have more replicas than the cluster has brokers.",
        "Write --replication 1 for a cluster of one broker.",
    ),
    KafkaError.POLICY_VIOLATION: (
        "was refused by a policy of the cluster.",
        "Ask the administrator of the cluster.",
    ),
}
_NOT_ALLOWED: Final = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
)


class Admin:
    """Metadata and topics of one cluster. Blocks; not for a pipeline thread.

    Asking about a topic never creates it.
    """

    def __init__(self, connector: KafkaConnector, environment: Environment) -> None:
        """Start connecting.

        Raises:
            ConfigError: An option is refused, a file or a secret is missing.
            NotConnected: The connector stands on the sandbox, and none is running.
        """
        self._connector = connector
        self._environment = environment
        self.status = ClusterStatus(
            connector.name,
            bootstrap_servers(connector, environment),
            SystemClock(),
            user=user_name(connector),
            quiet=True,
        )
        self._client = self._make(creates=False)

    def _make(self, *, creates: bool) -> AdminClient:
        properties = client_properties(self._connector, self._environment)
        properties |= {
            "allow.auto.create.topics": creates,
            "reconnect.backoff.ms": _RECONNECT_MS,
            "reconnect.backoff.max.ms": _RECONNECT_MAX_MS,
        }
        callbacks: dict[str, Any] = {
            "error_cb": self.status.take_event,
            "logger": LogLines(self.status),
        }
        try:
            return AdminClient({**properties, **callbacks})
        except KafkaException as exc:
            raise refused_property(str(exc.args[0].str()), self._connector.name) from exc

    def describe(self, topic: str = "") -> Cluster:
        """Ask for brokers and topics, or one topic; an unknown one is not in the answer.

        Raises:
            ConnectFailed: The cluster was not reached; AuthFailed if it refused the sign-in.
        """
        return self._ask(self._client, topic)

    def topic_settings(self, name: str) -> dict[str, str]:
        """Ask for the configuration of a topic; empty where the cluster does not tell this user."""
        wanted = ConfigResource(ConfigResource.Type.TOPIC, name)
        asked = cast(
            "dict[ConfigResource, Future[dict[str, ConfigEntry]]]",
            self._client.describe_configs(  # pyright: ignore[reportUnknownMemberType] - bare Future
                [wanted], request_timeout=_SETTINGS_S
            ),
        )
        [answer] = asked.values()
        try:
            entries = answer.result(_SETTINGS_S + 1)
        except (KafkaException, TimeoutError):
            return {}
        return {key: str(entry.value) for key, entry in entries.items()}

    def may_write(self, topic: str) -> bool | None:
        """Ask whether this user may write to a topic; None where the cluster does not tell."""
        asked = cast(
            "dict[str, Future[TopicDescription]]",
            self._client.describe_topics(  # pyright: ignore[reportUnknownMemberType] - bare Future
                TopicCollection([topic]),
                include_authorized_operations=True,
                request_timeout=_SETTINGS_S,
            ),
        )
        try:
            described = asked[topic].result(_SETTINGS_S + 1)
        except (KafkaException, TimeoutError):
            return None
        rights = cast("list[AclOperation] | None", described.authorized_operations)  # pyright: ignore[reportUnknownMemberType] - bare list
        return None if rights is None else AclOperation.WRITE in rights

    def create_topic(self, name: str, *, partitions: int = 1, replication: int = 1) -> Topic:
        """Create a topic and tell what it became.

        The embedded Kafka creates by being asked, always with `SANDBOX_PARTITIONS` partitions.

        Raises:
            ConfigError: It exists, or the cluster does not accept its name or numbers.
            ConnectFailed: The cluster was not reached; AuthFailed if it refused us.
        """
        existing = self.describe(name).topics.get(name)
        if existing is not None and existing.partitions:
            raise _refusal(name, KafkaError.TOPIC_ALREADY_EXISTS, "")
        if self._connector.bootstrap_hosts == SANDBOX:
            return self._ask(self._make(creates=True), name).topics[name]
        wanted = NewTopic(name, num_partitions=partitions, replication_factor=replication)
        timeout_s = self._connector.metadata_request_timeout.s
        created = cast(
            "dict[str, Future[None]]",
            self._client.create_topics(  # pyright: ignore[reportUnknownMemberType] - bare Future
                [wanted], operation_timeout=timeout_s
            ),
        )
        try:
            created[name].result(timeout_s + 1)
        except KafkaException as exc:
            error: KafkaError = exc.args[0]
            raise self._failure(name, error) from exc
        except TimeoutError as exc:
            raise unreachable(self.status.cause, self._connector.name, timeout_s) from exc
        return Topic(name, partitions, replication, partitions)

    def _ask(self, client: AdminClient, topic: str) -> Cluster:
        return describe_cluster(
            client,
            self.status,
            topic=topic,
            timeout_s=self._connector.metadata_request_timeout.s,
            serve=lambda: client.poll(0),
            connector=self._connector.name,
        )

    def _failure(self, topic: str, error: KafkaError) -> ConfigError | ConnectorError:
        code = error.code()
        if code in _REFUSED:
            return _refusal(topic, code, error.str())
        if code in _NOT_ALLOWED:
            return AuthFailed(
                f"This user may not create topic {topic}.",
                connector=self._connector.name,
                cause=error.str(),
                hint="Grant CREATE on the topic or the cluster.",
            )
        return ConnectFailed(
            f"Topic {topic} was not created: {error.str()}",
            connector=self._connector.name,
            cause=error.str(),
            hint="`sluicegate check` shows how far the connection comes.",
        )


def _refusal(topic: str, code: int, text: str) -> ConfigError:
    what, hint = _REFUSED[code]
    return ConfigError(f"Topic {topic} {what}", path="TOPIC", value=text or topic, hint=hint)
