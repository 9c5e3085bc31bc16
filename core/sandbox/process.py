"""Starts the sandbox as a child process; whoever starts it owns it."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Final

import msgspec

from core.errors import ConnectFailed
from core.selfexec import child_options, own_command
from core.workspace.environment import SandboxAddresses

_READY_TIMEOUT_S: Final = 20.0
_CLOSE_TIMEOUT_S: Final = 5.0
_SHOWN_ERROR_BYTES: Final = 2_000


class _Announcement(msgspec.Struct):
    mqtt: str
    kafka: str


class SandboxProcess:
    """A running `sluicegate sandbox`.

    It ends with `close`, and by itself when this process ends, however that happens: its stdin is
    a pipe from here. Ctrl+C in the terminal does not reach it. All methods block; a loop calls
    them through its executor.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        addresses: SandboxAddresses,
        errors: IO[bytes],
    ) -> None:
        """Use `start`."""
        self._process = process
        self._errors = errors
        self.addresses = addresses

    @classmethod
    def start(
        cls, command: Sequence[str] | None = None, *, timeout_s: float = _READY_TIMEOUT_S
    ) -> SandboxProcess:
        """Start the brokers and wait until both answer, which takes about half a second.

        Args:
            command: What to start in place of this program's own `sandbox` command.
            timeout_s: How long to wait.

        Raises:
            ConnectFailed: They did not start; the text has what the child said.
        """
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - belongs to the child from here on
        process = subprocess.Popen(  # noqa: S603 - our own program
            list(command) if command is not None else own_command("sandbox"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            **child_options(),
        )
        line = _first_line(process, timeout_s)
        try:
            found = msgspec.json.decode(line, type=_Announcement)
        except msgspec.DecodeError as exc:
            _end(process)
            said = _said(errors)
            errors.close()
            raise ConnectFailed(
                "The embedded brokers did not start.",
                connector="sandbox",
                cause=said or f"exit code {process.returncode}, no answer in {timeout_s:g} s",
                hint=f"{said}\nRun `sluicegate self-check` to see what is missing.".strip(),
            ) from exc
        return cls(process, SandboxAddresses(mqtt=found.mqtt, kafka=found.kafka), errors)

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the brokers are still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the brokers; what they held is gone. Safe to call twice."""
        _end(self._process)
        self._errors.close()

    def __enter__(self) -> SandboxProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _first_line(process: subprocess.Popen[bytes], timeout_s: float) -> bytes:
    """Read the first line of the child's output; what there is when time is up or it ended."""
    lines: list[bytes] = []

    def read() -> None:
        lines.append(process.stdout.readline() if process.stdout else b"")

    # A thread, since a pipe cannot be read with a timeout on every system.
    reader = threading.Thread(target=read, name="sandbox addresses", daemon=True)
    reader.start()
    reader.join(timeout_s)
    if not lines:
        process.kill()  # ends the reader, too
        reader.join()
    return lines[0]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the child's stdin, which ends it; kill it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_CLOSE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _said(errors: IO[bytes]) -> str:
    """Read the end of what the child wrote to stderr."""
    size = errors.seek(0, 2)
    errors.seek(max(0, size - _SHOWN_ERROR_BYTES))
    return errors.read().decode("utf-8", errors="replace").strip()
