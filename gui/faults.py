"""Errors of our own: said in one sentence, with a report to copy; the bridge goes on."""

from __future__ import annotations

import asyncio
import logging
import platform
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from core.cli.app import app_version

log = logging.getLogger("gui")

_MOST_REPORTS: Final = 20


class Faults(QObject):
    """Takes exceptions that nobody expected, from slots, callbacks and tasks.

    Each is logged; the first opens a sheet, later ones are added to its report while it is open.
    """

    def __init__(self, mask: Callable[[str], str], parent: QObject | None = None) -> None:
        """Prepare.

        Args:
            mask: Takes secrets out of a text.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._mask = mask
        self._reports: list[str] = []
        self._sheet: QMessageBox | None = None
        self.window: QWidget | None = None

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take what slots and the loop's callbacks raise from now on."""
        sys.excepthook = self._hook
        loop.set_exception_handler(self._from_loop)

    def report(self, error: BaseException) -> None:
        """Show an error that has been logged."""
        self._reports = [*self._reports, _places(error)][-_MOST_REPORTS:]
        if self._sheet is None:
            self._open()
        else:
            self._sheet.setInformativeText(self._what(error))

    def text(self) -> str:
        """Write the report: versions, and what was raised where; no secrets, no payloads."""
        head = (
            f"sluicegate {app_version()}, Python {platform.python_version()}, "
            f"{platform.platform()}\n"
        )
        return self._mask(head + "\n".join(self._reports))

    def _open(self) -> None:
        sheet = QMessageBox(self.window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.setModal(False)
        sheet.setWindowTitle(self.tr("Sluicegate"))
        sheet.setText(
            self.tr("Something in the window went wrong; this is a bug. The bridge goes on.")
        )
        sheet.setInformativeText(
            self.tr("Copy the report and send it to the developers; it holds no payloads.")
        )
        keep = sheet.addButton(self.tr("Keep working"), QMessageBox.ButtonRole.AcceptRole)
        copy = sheet.addButton(self.tr("Copy report"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # a message box closes on every button, and this one stays
        copy.clicked.connect(self._copy)
        sheet.setDefaultButton(keep)
        sheet.setEscapeButton(keep)
        sheet.finished.connect(self._closed)
        self._sheet = sheet
        sheet.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _closed(self) -> None:
        self._sheet = None
        self._reports = []

    def _what(self, error: BaseException) -> str:
        return self._mask(
            self.tr("Once more: {error}").format(error=f"{type(error).__name__}: {error}")
        )

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.error("an error nobody expected", exc_info=(kind, error, trace))
        if not isinstance(error, KeyboardInterrupt | SystemExit):
            self.report(error)

    def _from_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        log.error("%s", context.get("message", "an error nobody expected"), exc_info=error)
        if isinstance(error, Exception):
            self.report(error)


def _places(error: BaseException) -> str:
    """Write a traceback without the errors' messages, which may quote what was received.

    What an error came of stands before it, and the errors of a group behind it.
    """
    parts: list[str] = []
    told: set[int] = set()

    def tell(each: BaseException) -> None:
        told.add(id(each))
        before = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        if before is not None and id(before) not in told:
            tell(before)
            parts.append("which led to:\n")
        kind = type(each)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        parts.extend(("Traceback:\n", *traceback.format_tb(each.__traceback__), f"{name}\n"))
        if isinstance(each, BaseExceptionGroup):
            members: tuple[BaseException, ...] = each.exceptions
            for member in members:
                parts.append("a member of the group:\n")
                tell(member)

    tell(error)
    return "".join(parts)
