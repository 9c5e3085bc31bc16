"""Takes the pictures of docs/screenshots: the demo, page by page, light and dark, at 1280x800.

Run it with `make screenshots`, which needs no display and touches nothing of the user's.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import qasync
from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from core.cli.window import window_options
from gui.app import App
from gui.main_window import MainWindow
from gui.widgets.buttons import LinkButton

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screenshots"
SIZE: Final = QSize(1280, 800)
_LIMIT_S: Final = 90.0
_RUN_S: Final = 40.0
_POLL_S: Final = 0.05


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition while the window goes on."""
    deadline = time.monotonic() + _LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(condition)
        await asyncio.sleep(_POLL_S)


class Tour:
    """Leads a window from page to page."""

    def __init__(self, app: App, window: MainWindow) -> None:
        self._app, self._window = app, window

    async def go(self) -> None:
        """Take every picture."""
        app, window = self._app, self._window
        await self._take("welcome")
        app.session.openDemo()
        session = app.session
        session.failed.connect(print)
        await until(lambda: session.snapshot and session.snapshot.uptime_s > _RUN_S)
        await self._take("overview")
        await self._take_monitor()
        await self._publish()
        await self._take("publish")
        await self._take_tail()
        for kind, name in (("rule", "temp_hum"), ("connector", "cluster")):
            window.open_document(f"{kind}:{name}")
            await self._take(kind)

    async def _take_monitor(self) -> None:
        """The monitor as it is drawn: without the tail, the bottom dock folded."""
        window = self._window
        window.open_document("monitor")
        window.tail.hide()
        window.bottom.fold(True)
        await self._take("monitor")
        window.bottom.fold(False)
        window.tail.show()
        window.open_document("overview")

    async def _publish(self) -> None:
        window = self._window
        window.commands["publish"].trigger()
        window.publish.mqtt.payload.edit.set_text('{\n  "temp": "27.5",\n  "hum": "41.8"\n}')
        window.publish.send_button.click()
        links = window.publish.result.findChildren
        await until(lambda: any(link.isVisible() for link in links(LinkButton)))
        next(link for link in links(LinkButton) if link.isVisible()).click()
        await until(lambda: window.tail.table.currentIndex().isValid())

    async def _take_tail(self) -> None:
        """The tail with the chosen record's detail, beside the feed."""
        self._window.bottom.show_page("feed")
        self._window.tail.focus()
        await self._take("tail")

    async def _take(self, name: str) -> None:
        for scheme in ("light", "dark"):
            self._app.theme.set_preference(scheme)
            await asyncio.sleep(0.5)  # the lists repaint ten times a second, charts four times
            picture = QPixmap(SIZE)
            picture.fill(Qt.GlobalColor.transparent)
            self._window.render(picture)
            picture.save(str(FOLDER / f"{name}-{scheme}.png"))
        self._app.theme.set_preference("light")


async def main(qapp: QApplication) -> None:
    """Open the window, take the pictures, close it."""
    app = App(qapp, window_options(["--theme", "light"]), str)
    window = app.window
    assert isinstance(window, MainWindow)
    window.resize(SIZE)
    closed = asyncio.ensure_future(app.until_closed())
    await asyncio.sleep(0)
    await Tour(app, window).go()
    window.close()
    await closed


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    QCoreApplication.setApplicationName("Sluicegate")
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    loop.set_default_executor(ThreadPoolExecutor(8))
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main(application))
