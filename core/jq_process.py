"""Runs jq programs in a child process that is stopped when a program's time is over."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from collections.abc import Sequence
from typing import IO, Final, cast

import msgspec

from core.jq_worker import PREFIX, JqAnswer
from core.selfexec import child_options, own_command
from core.sql.json_text import decode_json
from core.sql.values import EvalError, Value

# Starting an interpreter and loading jq does not count against a program's own limit.
_START_LIMIT_S: Final = 20.0
_END_LIMIT_S: Final = 5.0


class JqProcess:
    """A jq runner with one child, which runs one program at a time. Any thread; close it at last.

    The child starts with the first program, and anew after one that had to be stopped.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """Prepare a runner; nothing is started yet.

        Args:
            command: Command line of the child; the program's own mode `jq-worker` by default.
        """
        self._command = list(command) if command is not None else own_command("jq-worker")
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def run(self, program: str, json_text: str, timeout_ms: int) -> list[Value]:
        """Run a program on one JSON text and return its outputs.

        Raises:
            EvalError: The program does not compile or fails, the text is not JSON, the limit has
                passed, or the child cannot be started.
        """
        decode_json(json_text)
        try:
            request = msgspec.json.encode((program, json_text))
        except UnicodeEncodeError as exc:
            raise EvalError("jq: the program holds bytes that are no UTF-8") from exc
        with self._lock:
            answer = self._ask(request, timeout_ms)
        if answer.error:
            raise EvalError(f"jq: {answer.error}")
        return [decode_json(output) for output in answer.ok]

    def close(self) -> None:
        """End the child, if there is one; a later program starts a new one."""
        with self._lock:
            self._end_child()

    def _ask(self, request: bytes, timeout_ms: int) -> JqAnswer:
        try:
            if self._child is None:
                self._child = _Child(self._command)
            return self._child.ask(request, timeout_ms)
        except EvalError:
            self._end_child()
            raise

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """One child process and the thread that reads its answers."""

    def __init__(self, command: list[str]) -> None:
        try:
            # The command is this program itself or what a test names; no shell is involved.
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                **child_options(),
            )
        except OSError as exc:
            raise EvalError(f"jq: its process cannot be started: {exc}") from exc
        self._answers: queue.SimpleQueue[JqAnswer | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="jq answers", daemon=True)
        self._reader.start()
        self._ready = False

    def ask(self, request: bytes, timeout_ms: int) -> JqAnswer:
        """Send a request and wait for its answer.

        Raises:
            EvalError: The limit has passed or the child has ended; it is of no use any more.
        """
        if not self._ready:
            self._next_answer(_START_LIMIT_S, "its process does not start")
            self._ready = True
        stdin = cast("IO[bytes]", self._process.stdin)
        try:
            stdin.write(PREFIX.pack(len(request)) + request)
            stdin.flush()
        except OSError as exc:
            raise EvalError("jq: its process has ended") from exc
        return self._next_answer(
            timeout_ms / 1000, f"the program took longer than its limit of {timeout_ms} ms"
        )

    def end(self) -> None:
        """Kill the process and wait until it and its reader are gone."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_LIMIT_S)
        self._reader.join(_END_LIMIT_S)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                cast("IO[bytes]", pipe).close()

    def _next_answer(self, limit_s: float, too_late: str) -> JqAnswer:
        try:
            answer = self._answers.get(timeout=limit_s)
        except queue.Empty:
            raise EvalError(f"jq: {too_late}") from None
        if answer is None:
            raise EvalError("jq: its process has ended; the program may need too much memory")
        return answer

    def _read(self) -> None:
        stdout = cast("IO[bytes]", self._process.stdout)
        while True:
            prefix = stdout.read(PREFIX.size)
            data = stdout.read(PREFIX.unpack(prefix)[0]) if len(prefix) == PREFIX.size else b""
            if not data:
                self._answers.put(None)
                return
            self._answers.put(msgspec.json.decode(data, type=JqAnswer))
