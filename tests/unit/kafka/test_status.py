from __future__ import annotations

import pytest

from core.kafka.status import BrokerState, ClusterStatus, LogLines, Statistics

REFUSED = "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused"
CLOSED = "127.0.0.1:9092/1: Disconnected: connection closed by peer (after 900ms in state UP)"
WRONG = "sasl_plaintext://127.0.0.1:9092/bootstrap: SASL authentication error: no"
AFTER = " (after {}ms in state CONNECT)"


class StillClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def now_ms(self) -> int:
        return 0

    def monotonic_s(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def cluster(clock: StillClock) -> ClusterStatus:
    return ClusterStatus("lab", ["127.0.0.1:9092"], clock, quiet=True)


def up(name: str = "127.0.0.1:9092", node: int = 1, state: str = "UP") -> BrokerState:
    return BrokerState(nodename=name, nodeid=node, state=state)


def test_begins_as_connecting(cluster: ClusterStatus):
    assert (cluster.status, cluster.reason) == ("connecting", "")


def test_a_broker_that_is_up_means_connected(cluster: ClusterStatus):
    cluster.take_brokers([up(state="INIT")])
    assert cluster.status == "connecting"
    cluster.take_brokers([up()])
    assert (cluster.status, cluster.reason) == ("connected", "")


def test_refused_connection_is_a_reason_until_the_broker_is_up(cluster: ClusterStatus):
    cluster.take_brokers([up()])
    cluster.take_failure(REFUSED, -195)
    assert cluster.status == "disconnected"
    assert cluster.reason == "Nothing answers on 127.0.0.1:9092 (connection refused)."
    cluster.take_brokers([up(state="TRY_CONNECT")])
    assert cluster.status == "disconnected"
    cluster.take_brokers([up()])
    assert (cluster.status, cluster.reason) == ("connected", "")


def test_all_brokers_down_never_hides_the_cause(cluster: ClusterStatus):
    cluster.take_failure(REFUSED, -195)
    cluster.take_failure("1/1 brokers are down", -187)
    assert "refused" in cluster.reason


def test_all_brokers_down_alone_is_disconnected(cluster: ClusterStatus):
    cluster.take_failure("1/1 brokers are down", -187)
    assert cluster.status == "disconnected"
    assert cluster.reason


def test_wrong_password_is_failed_and_can_recover(cluster: ClusterStatus):
    cluster.take_failure(WRONG, -169)
    cluster.take_failure(CLOSED.replace("/1", "/bootstrap"))
    assert cluster.status == "failed"
    assert "name or the password" in cluster.reason
    cluster.take_brokers([up()])
    assert cluster.status == "connected"


def test_one_of_several_brokers_down_leaves_it_connected_with_a_reason(cluster: ClusterStatus):
    cluster.take_brokers([up(), up("127.0.0.2:9092", 2)])
    cluster.take_failure("127.0.0.2:9092/2: Connect failed: Connection refused", -195)
    assert cluster.status == "connected"
    assert "127.0.0.2:9092" in cluster.reason


def test_address_that_only_the_cluster_named_is_explained(cluster: ClusterStatus):
    cluster.take_brokers([up(node=-1)])
    cluster.take_failure("kafka:9092/1: Failed to resolve 'kafka:9092': unknown", -193)
    cluster.take_brokers([up(state="INIT", node=-1), up("kafka:9092", 1, "INIT")])
    cluster.take_answer()
    assert cluster.status == "disconnected"
    assert "The cluster tells clients to use kafka:9092" in cluster.reason


def test_a_bootstrap_address_that_answers_again_does_not_hide_an_address_out_of_reach(
    cluster: ClusterStatus,
):
    cluster.take_brokers([up(node=-1), up("kafka:9092", 1, "INIT")])
    cluster.take_failure("kafka:9092/1: Failed to resolve 'kafka:9092': not known" + AFTER, -193)
    reason = cluster.reason
    cluster.take_brokers([up(node=-1)])  # librdkafka has forgotten the other one
    cluster.take_answer()
    assert (cluster.status, cluster.reason) == ("disconnected", reason)
    cluster.take_brokers([up(node=-1), up("kafka.example:9092", 1, "INIT")])
    assert (cluster.status, cluster.reason) == ("connected", "")


def test_broker_that_was_up_is_not_called_badly_advertised(cluster: ClusterStatus):
    cluster.take_brokers([up("10.0.0.2:9092", 2)])
    cluster.take_failure("10.0.0.2:9092/2: Connect failed: Connection refused", -195)
    assert cluster.reason == "Nothing answers on 10.0.0.2:9092 (connection refused)."


def test_idle_close_is_no_failure(cluster: ClusterStatus):
    cluster.take_brokers([up()])
    cluster.take_failure("127.0.0.1:9092/1: Disconnected (after 600000ms in state UP)")
    assert cluster.status == "connected"
    cluster.take_failure(CLOSED)
    assert cluster.status == "disconnected"


def test_log_lines_tell_what_events_do_not(cluster: ClusterStatus):
    lines = LogLines(cluster)
    lines.log(20, "%s [%s] %s", "GETPID", "client", f"[thrd:x]: {CLOSED}")
    lines.log(40, "%s [%s] %s", "FAIL", "client", f"[thrd:x]: {CLOSED}")
    assert cluster.status == "connecting"
    lines.log(20, "%s [%s] %s", "FAIL", "client", f"[thrd:x]: {CLOSED}")
    assert cluster.status == "disconnected"


@pytest.mark.expect_warnings("the one line that a repeated failure leaves")
def test_repeated_failures_are_logged_once_a_minute(
    clock: StillClock, caplog: pytest.LogCaptureFixture
):
    cluster = ClusterStatus("lab", ["127.0.0.1:9092"], clock)
    for number in range(50):
        cluster.take_failure(REFUSED + AFTER.format(number), -195)
        cluster.take_failure("1/1 brokers are down", -187)
    assert len(caplog.records) == 1
    clock.now_s += 61
    cluster.take_failure(REFUSED, -195)
    assert len(caplog.records) == 2


def test_statistics_tell_brokers_and_partition_counts():
    text = (
        '{"name": "x", "brokers": {"b:1/1": {"nodename": "b:1", "nodeid": 1, "state": "UP", '
        '"rtt": {}}}, "topics": {"t": {"partitions": {"0": {"partition": 0}, "1": {"partition": '
        '1}, "-1": {"partition": -1}}}, "new": {"partitions": {"-1": {"partition": -1}}}}}'
    )
    statistics = Statistics.parse(text)
    assert statistics.partition_counts() == {"t": 2}
    assert statistics.brokers["b:1/1"] == BrokerState("b:1", 1, "UP")
