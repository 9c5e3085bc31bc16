"""How a process that runs simulators is driven: JSON, one object a line, orders in, reports out.

The parent ends it by closing its standard input.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import BinaryIO, Final, TypeAlias

import msgspec

from core.errors import AppError
from core.lab.host import SimulatorHost
from core.lab.messages import REPORT_EVERY_S, Halt, HaltAll, Order, Report, Run, encode
from core.workspace.environment import Environment
from core.workspace.model import Workspace

OpenWorkspace: TypeAlias = Callable[[str, str], tuple[Workspace, Environment]]
"""Reads a workspace file, given the embedded brokers; raises AppError."""

_orders: Final = msgspec.json.Decoder(Order)


class OrderServer:
    """Carries out orders, and reports twice a second and after each of them."""

    def __init__(
        self, host: SimulatorHost, reports: BinaryIO, open_workspace: OpenWorkspace
    ) -> None:
        """Take a host that nobody else uses."""
        self._host = host
        self._reports = reports
        self._open = open_workspace
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._done = 0

    def serve(self, orders: BinaryIO) -> None:
        """Obey until the other side closes; then stop everything."""
        ticker = threading.Thread(target=self._tick, name="reports", daemon=True)
        ticker.start()
        for line in orders:
            self._obey(_orders.decode(line))
            self._done += 1
            self._report()
        self._is_over.set()
        ticker.join()
        self._host.stop_all()

    def _obey(self, order: Order) -> None:
        match order:
            case Run(name=name, path=path, sandbox=sandbox):
                self._run(name, path, sandbox)
            case Halt(name=name):
                self._host.stop(name)
            case HaltAll():
                self._host.stop_all()
                with self._lock:
                    self._host.forget()

    def _run(self, name: str, path: str, sandbox: str) -> None:
        try:
            workspace, environment = self._open(path, sandbox)
        except AppError as exc:
            with self._lock:
                self._host.refuse(name, exc)
            return
        with self._lock:
            self._host.start(name, workspace, environment)

    def _tick(self) -> None:
        while not self._is_over.wait(REPORT_EVERY_S):
            if self._host.progress:
                self._report()

    def _report(self) -> None:
        """Write a report; a parent that has gone is noticed by the end of its orders."""
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._reports.write(encode(self._made()))
            self._reports.flush()

    def _made(self) -> Report:
        return Report(time.monotonic(), self._done, self._host.progress)
