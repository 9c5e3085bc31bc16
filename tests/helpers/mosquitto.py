"""A real Mosquitto for tests: started on a free port, stopped in order, restartable."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.helpers.certificates import Certificates
from tests.helpers.wait import PATIENCE_S, eventually


def _program(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
    if found is None:
        msg = f"{name} is needed: install the packages of packaging/debian-packages.txt"
        raise RuntimeError(msg)
    return found


def mosquitto_version() -> str:
    """Name the installed version, for the report's header."""
    answer = subprocess.run([_program("mosquitto"), "-h"], capture_output=True, text=True)
    found = re.search(r"version (\S+)", answer.stdout)
    return found[1] if found else "unknown"


def free_port() -> int:
    """Ask the system for a port that nothing listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Mosquitto:
    """One broker process; its data stays in `folder` over restarts.

    Attributes:
        users: Name to password; empty lets everybody in.
        certificates: Speak TLS with this server certificate.
        certfile: Show this certificate in place of that one; it has the same key.
        needs_client_certificate: Let only clients in whose certificate the authority signed.
        acl: Lines of an access list.
        extra: More configuration lines.
    """

    folder: Path
    users: dict[str, str] = field(default_factory=dict)
    certificates: Certificates | None = None
    certfile: Path | None = None
    needs_client_certificate: bool = False
    acl: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{'mqtts' if self.certificates else 'mqtt'}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(self._config()) + "\n")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("mosquitto"), "-c", str(config)], stdout=log, stderr=log
            )
        eventually(self._accepts, PATIENCE_S, self.log)

    def stop(self) -> None:
        """Stop in order: sessions and queues are saved."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same port with the same data."""
        self.stop()
        self.start()

    def log(self) -> str:
        """Give what the broker has said so far."""
        return (self.folder / "mosquitto.log").read_text(errors="replace")

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(PATIENCE_S)
        self._process = None

    def _accepts(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"Mosquitto did not start:\n{self.log()}")
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _config(self) -> list[str]:
        lines = [
            "per_listener_settings false",
            "max_queued_messages 0",
            "persistence true",
            f"persistence_location {self.folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "log_type all",
            f"listener {self.port} 127.0.0.1",
        ]
        if os.name == "posix" and os.geteuid() == 0:
            lines.append("user root")
        lines.append(f"allow_anonymous {'false' if self.users else 'true'}")
        if self.users:
            lines.append(f"password_file {self._password_file()}")
        if self.acl:
            path = self.folder / "acl"
            path.write_text("\n".join(self.acl) + "\n")
            path.chmod(0o600)
            lines.append(f"acl_file {path}")
        if self.certificates is not None:
            lines += [
                f"cafile {self.certificates.ca}",
                f"certfile {self.certfile or self.certificates.server}",
                f"keyfile {self.certificates.server_key}",
                f"require_certificate {'true' if self.needs_client_certificate else 'false'}",
            ]
        return [*lines, *self.extra]

    def _password_file(self) -> Path:
        path = self.folder / "passwords"
        path.write_text("".join(f"{name}:{word}\n" for name, word in self.users.items()))
        path.chmod(0o600)
        subprocess.run(
            [_program("mosquitto_passwd"), "-U", str(path)], check=True, capture_output=True
        )
        return path


@pytest.fixture(scope="session")
def shared_mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One broker for the whole run: use topics and client ids of your own, never stop it."""
    broker = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of the test's own, to stop, kill and restart."""
    broker = Mosquitto(tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def make_mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Make brokers with options of the test's choice; all are stopped at its end."""
    made: list[Mosquitto] = []

    def make(**options: object) -> Mosquitto:
        broker = Mosquitto(tmp_path / f"mosquitto-{len(made)}", **options)  # type: ignore[arg-type]
        made.append(broker)
        broker.start()
        return broker

    yield make
    for broker in made:
        broker.stop()
