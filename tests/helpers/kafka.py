"""A real Apache Kafka for tests: one KRaft node with a listener of every kind.

The jars come from Maven Central through `packaging/kafka/pom.xml`, once, into the user's cache.
`kafka` is one node for the whole run; `private_kafka` is for tests that stop it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import signal
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import platformdirs
import pytest
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType

from tests.helpers.certificates import Certificates, make_certificates
from tests.helpers.wait import PATIENCE_S, eventually

RECIPE = Path(__file__).parents[2] / "packaging" / "kafka" / "pom.xml"
USER, PASSWORD = "alice", "alice-secret"
LISTENERS = {
    "PLAIN": "PLAINTEXT",
    "SASL": "SASL_PLAINTEXT",
    "SSL": "SSL",
    "SASLSSL": "SASL_SSL",
    "OAUTH": "SASL_PLAINTEXT",
    "LOST": "PLAINTEXT",
    "LOSTSASL": "SASL_PLAINTEXT",
}
"""Listener name to protocol; OAUTH takes unsigned tokens, LOST... advertise an unknown name."""
LOST_NAME = "kafka.invalid"
START_TIMEOUT_S = 60.0
_JAVA = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
_CLUSTER_ID = "c2x1aWNlZ2F0ZS10ZXN0cw"


def kafka_version() -> str:
    """Tell the version that the recipe names."""
    found = re.search(r"<kafka\.version>(.+?)</kafka\.version>", RECIPE.read_text())
    return found[1] if found else "?"


def free_ports(count: int) -> list[int]:
    """Take free loopback ports from the system."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


@cache
def kafka_jars() -> Path:
    """Fetch the jars if they are not cached yet; skip the test where that is impossible."""
    if shutil.which("java") is None:
        pytest.skip("Apache Kafka needs a Java runtime (java) on the PATH")
    folder = platformdirs.user_cache_path("sluicegate") / f"apache-kafka-{kafka_version()}"
    done = folder / ".complete"
    if not done.exists():
        with _one_process_at_a_time(folder.with_name(f"{folder.name}.lock")):
            if not done.exists():
                _fetch_jars(folder)
                done.touch()
    return folder


def _fetch_jars(folder: Path) -> None:
    if shutil.which("mvn") is None:
        pytest.skip("fetching Apache Kafka needs Maven (mvn) on the PATH")
    result = subprocess.run(
        ["mvn", "-q", "-B", "-f", str(RECIPE), "dependency:copy-dependencies",
         f"-DoutputDirectory={folder}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        pytest.skip(f"Apache Kafka could not be fetched with Maven: {result.stdout[-400:]}")


@contextmanager
def _one_process_at_a_time(lock: Path) -> Iterator[None]:
    """Keep the workers of one test run from fetching the same twice."""
    import fcntl  # here: not on every system that imports this module

    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class _EndedError(AssertionError):
    """A node has ended while it was starting."""


class Kafka:
    """One Kafka node; `start` and `stop` keep its ports and data."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self.folder = folder
        self.certificates = certificates
        self._process: subprocess.Popen[bytes] | None = None
        self._admin: AdminClient | None = None
        self._has_started = False
        self._take_ports()
        self._format()

    def _take_ports(self) -> None:
        ports = free_ports(len(LISTENERS) + 1)
        self.ports = dict(zip(LISTENERS, ports, strict=False))
        self._controller_port = ports[-1]
        self._admin = None
        (self.folder / "server.properties").write_text(self._properties())

    @property
    def bootstrap(self) -> str:
        """The listener without sign-in and TLS, as HOST:PORT."""
        return self.address("PLAIN")

    def address(self, listener: str) -> str:
        """Tell the address of a listener of LISTENERS, as HOST:PORT."""
        return f"127.0.0.1:{self.ports[listener]}"

    @property
    def admin(self) -> AdminClient:
        """A client for whatever a test needs to arrange."""
        if self._admin is None:
            self._admin = AdminClient({**self._client(), "allow.auto.create.topics": False})
        return self._admin

    def _client(self) -> dict[str, object]:
        return {
            "bootstrap.servers": self.bootstrap,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 250,
            "log_level": 0,
            "error_cb": lambda _: None,
        }

    def start(self) -> None:
        """Start the node and wait until it answers.

        Somebody may take a port between its choice and the first start: then it takes others.
        """
        try:
            self._launch()
        except _EndedError:
            log = (self.folder / "server.log").read_text(errors="replace")
            if self._has_started or "BindException" not in log:
                raise
            self._take_ports()
            self._launch()
        self._has_started = True

    def _launch(self) -> None:
        log = (self.folder / "server.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [*_until_parent_dies(), *_JAVA, "-cp", f"{kafka_jars()}/*", "kafka.Kafka",
                 "server.properties"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        eventually(self._listens, START_TIMEOUT_S, self._log_end)
        eventually(self._answers, START_TIMEOUT_S, self._log_end)

    def stop(self) -> None:
        """Shut the node down in order, as an administrator would."""
        self._end(graceful=True)

    def kill(self) -> None:
        """End the node at once, as a power cut would."""
        self._end(graceful=False)

    def pause(self) -> None:
        """Have the node stand still with its connections open, as an overloaded machine does."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused node go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, *, graceful: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if graceful:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        else:
            process.kill()
        process.wait()

    def topic(self, partitions: int = 1, **config: str) -> str:
        """Create a topic with a fresh name; `max_message_bytes="2000"` sets its configuration."""
        name = f"t-{uuid.uuid4().hex[:12]}"
        settings = {key.replace("_", "."): value for key, value in config.items()}
        new = NewTopic(name, num_partitions=partitions, replication_factor=1, config=settings)
        self.admin.create_topics([new])[name].result(PATIENCE_S)
        eventually(lambda: self._has_leaders(name, partitions), PATIENCE_S, f"no leader of {name}")
        return name

    def configure(self, topic: str, **config: str) -> None:
        """Change settings of a topic: `max_message_bytes="2000"`."""
        entries = [
            ConfigEntry(key.replace("_", "."), value, incremental_operation=AlterConfigOpType.SET)
            for key, value in config.items()
        ]
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
        self.admin.incremental_alter_configs([resource])[resource].result(PATIENCE_S)

    def delete(self, topic: str) -> None:
        """Delete a topic, and wait until the node no longer knows it."""
        self.admin.delete_topics([topic])[topic].result(PATIENCE_S)
        eventually(lambda: topic not in self.admin.list_topics(timeout=PATIENCE_S).topics)

    def add_partitions(self, topic: str, count: int) -> None:
        """Give a topic more partitions, `count` in all."""
        self.admin.create_partitions([NewPartitions(topic, count)])[topic].result(PATIENCE_S)
        eventually(lambda: self._has_leaders(topic, count), PATIENCE_S, f"no leaders of {topic}")

    def read(self, topic: str, count: int, timeout: float = PATIENCE_S) -> list[Message]:
        """Read a topic from its beginning until `count` records came, in partition order."""
        settings = {"enable.auto.commit": False, "auto.offset.reset": "earliest"}
        consumer = Consumer({**self._client(), **settings, "group.id": uuid.uuid4().hex})
        found: list[Message] = []
        try:
            described = self.admin.list_topics(topic, timeout=PATIENCE_S).topics[topic]
            consumer.assign([TopicPartition(topic, each, 0) for each in described.partitions])

            def enough() -> bool:
                for message in consumer.consume(count - len(found), timeout=0.2):
                    if message.error() is None:
                        found.append(message)
                return len(found) >= count

            eventually(enough, timeout, lambda: f"{len(found)} of {count} records in {topic}")
        finally:
            consumer.close()
        return sorted(found, key=lambda m: (m.partition() or 0, m.offset() or 0))

    def _has_leaders(self, topic: str, partitions: int) -> bool:
        described = self.admin.list_topics(topic, timeout=PATIENCE_S).topics[topic]
        leaders = [part.leader for part in described.partitions.values() if part.leader >= 0]
        return len(leaders) == partitions

    def _listens(self) -> bool:
        self._check_alive()
        try:
            socket.create_connection(("127.0.0.1", self.ports["PLAIN"]), 0.5).close()
        except OSError:
            return False
        return True

    def _check_alive(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise _EndedError(f"Apache Kafka ended while starting\n{self._log_end()}")

    def _answers(self) -> bool:
        self._check_alive()  # else somebody else may listen on its port
        try:
            return bool(self.admin.list_topics(timeout=0.5).brokers)
        except KafkaException:
            return False

    def _log_end(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")[-3_000:]

    def _properties(self) -> str:
        listeners = ",".join(f"{name}://{self.address(name)}" for name in LISTENERS)
        advertised = listeners
        for name in ("LOST", "LOSTSASL"):
            advertised = advertised.replace(
                f"{name}://{self.address(name)}", f"{name}://{LOST_NAME}:9092"
            )
        protocols = ",".join(f"{name}:{protocol}" for name, protocol in LISTENERS.items())
        lines = f"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{self._controller_port}
            listeners={listeners},CONTROLLER://127.0.0.1:{self._controller_port}
            advertised.listeners={advertised}
            listener.security.protocol.map={protocols},CONTROLLER:PLAINTEXT
            controller.listener.names=CONTROLLER
            inter.broker.listener.name=PLAIN
            log.dirs={self.folder / "data"}
            auto.create.topics.enable=true
            broker.session.timeout.ms=2000
            broker.heartbeat.interval.ms=500
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=1
            group.initial.rebalance.delay.ms=0
            num.network.threads=2
            num.io.threads=4
            background.threads=2
            log.cleaner.enable=false
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            allow.everyone.if.no.acl.found=true
            super.users=User:ANONYMOUS
            sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
            ssl.keystore.type=PEM
            ssl.keystore.location={self.certificates.server_store}
            ssl.truststore.type=PEM
            ssl.truststore.location={self.certificates.ca}
            listener.name.ssl.ssl.client.auth=required
        """
        module = "org.apache.kafka.common.security"
        oauth = f"{module}.oauthbearer.OAuthBearerLoginModule"
        lines += f"""
            listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER
            listener.name.oauth.oauthbearer.sasl.jaas.config={oauth} required \
                unsecuredLoginStringClaim_sub="kafka";
        """
        for listener in ("sasl", "saslssl", "lostsasl"):
            prefix = f"listener.name.{listener}"
            lines += f"""
                {prefix}.plain.sasl.jaas.config={module}.plain.PlainLoginModule required \
                    user_{USER}="{PASSWORD}";
                {prefix}.scram-sha-256.sasl.jaas.config={module}.scram.ScramLoginModule required;
                {prefix}.scram-sha-512.sasl.jaas.config={module}.scram.ScramLoginModule required;
            """
        return "\n".join(line.strip() for line in lines.splitlines() if line.strip()) + "\n"

    def _format(self) -> None:
        """Lay the data folder out, from a formatted one in the cache if there is one."""
        users = [f"SCRAM-SHA-{bits}=[name={USER},password={PASSWORD}]" for bits in (256, 512)]
        digest = hashlib.sha256(f"{kafka_version()}{_CLUSTER_ID}{users}".encode()).hexdigest()[:12]
        stored = kafka_jars().parent / f"kafka-formatted-{digest}"
        if not stored.exists():
            scram = [word for user in users for word in ("--add-scram", user)]
            subprocess.run(
                [*_JAVA, "-cp", f"{kafka_jars()}/*", "kafka.tools.StorageTool", "format",
                 "-t", _CLUSTER_ID, "-c", "server.properties", *scram],
                cwd=self.folder, check=True, capture_output=True,
            )  # fmt: skip
            copying = stored.with_name(f"{stored.name}.{uuid.uuid4().hex[:8]}")
            shutil.copytree(self.folder / "data", copying)
            try:
                copying.rename(stored)
            except OSError:  # another test run was faster
                shutil.rmtree(copying)
            return
        shutil.copytree(stored, self.folder / "data")


def _until_parent_dies() -> list[str]:
    """Prefix a command so that it never outlives the test run, where the system can do that."""
    return ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority with a server's and a client's certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("the certificates of the tests need openssl on the PATH")
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[Kafka]:
    """One Kafka node for the whole run: use a fresh topic, never stop it."""
    node = Kafka(tmp_path_factory.mktemp("kafka"), certificates)
    try:
        node.start()
        yield node
    finally:
        node.kill()


@pytest.fixture
def private_kafka(tmp_path: Path, certificates: Certificates) -> Iterator[Kafka]:
    """A Kafka node of this test's own, started; for tests that stop, kill or restart it."""
    folder = tmp_path / "kafka-node"
    folder.mkdir()
    node = Kafka(folder, certificates)
    try:
        node.start()
        yield node
    finally:
        node.kill()
