"""The child process that runs jq programs: requests on its standard input, answers on its output.

A message is four bytes of length, big-endian, and that many bytes of JSON. A request is
`[program, text]`, an answer `{"ok": [output as JSON text, ...]}` or `{"error": words}`. The child
ends with its input. It is the only place where jq is loaded: the library holds the interpreter
while a program runs, and only a process can be stopped then. The one who asked does that; if it has
been killed itself, the system's alarm clock does, where there is one.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import struct
import sys
from collections.abc import Callable, Generator
from typing import Any, BinaryIO, Final

import msgspec

PREFIX: Final = struct.Struct(">I")

_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_MOST_OUTPUTS: Final = 100_000
_MOST_OUTPUT_CHARS: Final = 8 * 1024 * 1024
_PROGRAMS_KEPT: Final = 64
_LONGEST_S: Final = 15.0
"""More than anybody who asks waits for an answer."""

_VARIABLE_KEPT: Final = "TZ"
"""What jq's functions of local time read."""


class JqAnswer(msgspec.Struct, omit_defaults=True):
    """What became of a request: the outputs as JSON texts, or what went wrong."""

    ok: list[str] = []
    error: str = ""


def main(argv: list[str] | None = None) -> int:
    """Serve requests until the input ends; the argument is the most seconds a program may take."""
    _limit_memory()
    _forget_variables()
    longest_s = float(argv[0]) if argv else _LONGEST_S
    serve(sys.stdin.buffer, sys.stdout.buffer, longest_s)
    return 0


def serve(requests: BinaryIO, answers: BinaryIO, longest_s: float = _LONGEST_S) -> None:
    """Say that the child is ready by an empty answer, then answer every request of a stream."""
    compile_program = _compiler()
    _send(answers, JqAnswer())
    while True:
        prefix = requests.read(PREFIX.size)
        if len(prefix) < PREFIX.size:
            return
        data = requests.read(PREFIX.unpack(prefix)[0])
        program, text = msgspec.json.decode(data, type=tuple[str, str])
        with _alarm_after(longest_s):
            answer = _run(compile_program, program, text)
        _send(answers, answer)


@contextlib.contextmanager
def _alarm_after(seconds: float) -> Generator[None]:
    """End the process if it is still here after this time, whatever holds the interpreter."""
    if sys.platform == "win32":
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _send(answers: BinaryIO, answer: JqAnswer) -> None:
    data = msgspec.json.encode(answer)
    answers.write(PREFIX.pack(len(data)) + data)
    answers.flush()


def _compiler() -> Callable[[str], Any] | None:
    """Return jq's compiler, which keeps some programs; None where jq is not installed."""
    try:
        import jq
    except ImportError:
        return None
    module: Any = jq  # the package ships no types
    return functools.lru_cache(_PROGRAMS_KEPT)(module.compile)


def _run(compile_program: Callable[[str], Any] | None, program: str, text: str) -> JqAnswer:
    if compile_program is None:
        return JqAnswer(error="jq is not installed in this build")
    try:
        compiled = compile_program(program)
    except ValueError as exc:
        return JqAnswer(error=f"the program does not compile: {_first_line(exc)}")
    outputs: list[str] = []
    chars = 0
    try:
        for output in compiled.input_text(text):
            encoded = msgspec.json.encode(output).decode()
            chars += len(encoded)
            if len(outputs) == _MOST_OUTPUTS or chars > _MOST_OUTPUT_CHARS:
                return JqAnswer(error="the program gives too many outputs")
            outputs.append(encoded)
    except ValueError as exc:
        return JqAnswer(error=_first_line(exc))
    except MemoryError:
        return JqAnswer(error="the program needs too much memory")
    return JqAnswer(ok=outputs)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "unknown error"


def _forget_variables() -> None:
    """Remove the environment: jq's `env` and `$ENV` would give a rule the passwords in it."""
    zone = os.environ.get(_VARIABLE_KEPT)
    os.environ.clear()
    if zone is not None:
        os.environ[_VARIABLE_KEPT] = zone


def _limit_memory() -> None:
    """Let the system refuse memory beyond a gibibyte, where it can."""
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
        # Not every system knows this limit.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
