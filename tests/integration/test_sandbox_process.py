"""The sandbox as a process: how it starts, and that nothing of it stays behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ConnectFailed
from core.sandbox.process import SandboxProcess
from core.selfexec import own_command
from tests.helpers.wait import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def children(pid: int) -> list[int]:
    """Process ids of the children of a process."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def is_refused(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as connection:
        return connection.connect_ex((host, int(port))) != 0


def test_both_brokers_listen_on_loopback(private_sandbox: SandboxProcess) -> None:
    addresses = private_sandbox.addresses

    assert addresses.mqtt.startswith("127.0.0.1:")
    assert addresses.kafka.startswith("127.0.0.1:")
    assert not is_refused(addresses.mqtt)
    assert not is_refused(addresses.kafka)


def test_closing_ends_the_brokers_and_their_processes(private_sandbox: SandboxProcess) -> None:
    family = [private_sandbox.pid, *children(private_sandbox.pid)]
    assert len(family) == 2

    private_sandbox.close()

    assert not private_sandbox.is_running
    assert all(is_gone(pid) for pid in family)
    assert is_refused(private_sandbox.addresses.mqtt)
    assert is_refused(private_sandbox.addresses.kafka)
    private_sandbox.close()  # a second time changes nothing


def test_a_killed_sandbox_leaves_no_child(private_sandbox: SandboxProcess) -> None:
    (child,) = children(private_sandbox.pid)

    os.kill(private_sandbox.pid, signal.SIGKILL)

    eventually(lambda: is_gone(child))


def test_the_sandbox_ends_when_its_starter_is_killed() -> None:
    script = (
        "import sys; from core.sandbox.process import SandboxProcess;"
        "process = SandboxProcess.start(); print(process.pid, flush=True); sys.stdin.read()"
    )
    root = Path(__file__).resolve().parents[2]
    starter = subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        family = [pid, *children(pid)]
        assert len(family) == 2

        starter.kill()

    eventually(lambda: all(is_gone(pid) for pid in family))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_exit_code_0(number: signal.Signals) -> None:
    with subprocess.Popen(
        own_command("sandbox"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert set(json.loads(process.stdout.readline())) == {"mqtt", "kafka"}
        family = children(process.pid)

        process.send_signal(number)

        assert process.wait(PATIENCE_S) == 0
        assert all(is_gone(pid) for pid in family)


def test_it_goes_on_when_stdin_is_the_null_device() -> None:
    with subprocess.Popen(
        own_command("sandbox"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["mqtt"]

        assert not is_refused(address)
        assert process.poll() is None
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_the_end_of_the_mqtt_broker_ends_the_sandbox_with_a_reason() -> None:
    with subprocess.Popen(
        own_command("sandbox"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        (child,) = children(process.pid)

        os.kill(child, signal.SIGKILL)

        assert process.wait(PATIENCE_S) == 3
        assert b"embedded MQTT broker ended by itself" in process.stderr.read()


def test_a_chosen_mqtt_port_is_used() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with SandboxProcess.start(own_command("sandbox", "--mqtt-port", str(port))) as process:
        assert process.addresses.mqtt == f"127.0.0.1:{port}"


def test_a_taken_mqtt_port_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            own_command("sandbox", "--mqtt-port", str(port)),
            stdin=subprocess.PIPE,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    assert done.returncode == 2
    assert done.stdout == ""
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--mqtt-port" in done.stderr


def test_a_start_that_fails_says_what_the_child_said() -> None:
    with pytest.raises(ConnectFailed) as caught:
        SandboxProcess.start(own_command("sandbox", "--mqtt-port", "many"))

    assert "'many' is no port" in caught.value.cause
