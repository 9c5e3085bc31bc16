"""The composition root of the window: builds loop, theme, session and window, and runs them."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import qasync
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QWidget

from core.cli.app import app_version
from core.cli.window import WindowOptions
from gui.closing import Closing
from gui.engine_client import make_engine
from gui.faults import Faults
from gui.garbage import Garbage
from gui.lateness import LatenessProbe
from gui.main_window import MainWindow
from gui.signals import EndSignals
from gui.theme import Theme, install
from gui.translation import install_language
from gui.viewmodels.session import Session
from gui.warm_up import WarmUp

log = logging.getLogger("gui")

_PROBE_MS: Final = 100
THREADS: Final = 32
"""Most that wait for brokers and files beside the window; one is begun when it is needed. A file is
to be read also while a dozen clusters do not answer."""


class App:
    """The parts of a running window, put together.

    Belongs to the main thread; made inside the running loop.
    """

    def __init__(
        self,
        qapp: QApplication,
        options: WindowOptions,
        mask: Callable[[str], str],
        make_window: Callable[[Session, Theme], QWidget] = MainWindow,
    ) -> None:
        """Build everything and show the window.

        Args:
            qapp: Qt's application.
            options: How to open it.
            mask: Takes secrets out of a text.
            make_window: Builds the window on a session.
        """
        self.theme = install(qapp)
        self.theme.set_preference(options.theme)
        self.faults = Faults(mask, qapp)
        self.session = Session(make_engine(options.engine, qapp), parent=qapp)
        self.session.faulted.connect(self.faults.report)
        self.window = make_window(self.session, self.theme)
        self.faults.window = self.window
        window = self.window
        forget = window.drafts.unneeded.forget_at_end if isinstance(window, MainWindow) else None
        self.closing = Closing(self.window, self.session, self._closing_failed, forget)
        self.lateness = LatenessProbe(qapp, _PROBE_MS)
        self.lateness.start()
        self.window.show()
        WarmUp(self.session)
        if options.demo:
            self.session.openDemo()
        elif options.workspace is not None:
            self.session.open(options.workspace)
        elif self.session.settings.values.general.open_at_start == "last" and self.session.recent:
            self.session.open(self.session.recent[0])

    async def until_closed(self) -> None:
        """Wait until the window has been closed and what it started has ended."""
        closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closing.finished.connect(lambda: None if closed.done() else closed.set_result(None))
        signals = EndSignals(self.closing.begin)
        try:
            await closed
        finally:
            signals.close()
            log.debug("the window's loop was late: %s", self.lateness.stop())

    def _closing_failed(self, name: str, error: Exception) -> None:
        log.error("%s failed", name, exc_info=error)


def run_window(
    options: WindowOptions,
    mask: Callable[[str], str],
    make_window: Callable[[Session, Theme], QWidget] = MainWindow,
) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        options: How to open it.
        mask: Takes secrets out of a text.
        make_window: Builds the window on a session.
    """
    QCoreApplication.setApplicationName("Sluicegate")
    QCoreApplication.setApplicationVersion(app_version())
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    qapp = QApplication(sys.argv[:1])
    qapp.setDesktopFileName("sluicegate")
    install_language(qapp, os.environ)
    qapp.setQuitOnLastWindowClosed(False)  # closing takes its time; `until_closed` tells the end
    loop = qasync.QEventLoop(qapp)
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="gui")
    loop.set_default_executor(executor)
    asyncio.set_event_loop(loop)
    was_forced = loop.run_until_complete(_life(qapp, loop, options, mask, make_window))
    sys.stdout.flush()
    sys.stderr.flush()
    if was_forced:
        os._exit(0)  # threads and children that are still at work end by themselves
    loop.close()
    return 0


async def _life(
    qapp: QApplication,
    loop: asyncio.AbstractEventLoop,
    options: WindowOptions,
    mask: Callable[[str], str],
    make_window: Callable[[Session, Theme], QWidget],
) -> bool:
    """Run one window; returns whether its user did not wait for the end."""
    app = App(qapp, options, mask, make_window)
    garbage = Garbage(qapp)
    app.faults.install(loop)
    await app.until_closed()
    garbage.stop()
    return app.closing.was_forced
