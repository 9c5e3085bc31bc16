"""Takes the pictures: python -m tests.gui.tour [--into FOLDER] [--drawings FOLDER] [--scale 2].

Ends with 1 if a scene could not be played, and with 2 if none of that name exists.
Needs no display and touches nothing of the user's: it runs in a home folder of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tests.gui.tour.greenhouse import Greenhouse
    from tests.gui.tour.stage import Stage

ROOT: Final = Path(__file__).parents[3]
DOCS: Final = ROOT / "docs" / "screenshots"
_SCREEN: Final = {
    "name": "wide",
    "x": 0,
    "y": 0,
    "width": 1_920,
    "height": 1_200,
    "logicalDpi": 96,
    "logicalBaseDpi": 96,
    "dpr": 1,
}
_PICTURE: Final = re.compile(r"screenshots/([a-z-]+)\.png")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gui.tour", description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "tour")
    parser.add_argument("--drawings", type=Path, help="a folder of drawings, for pairs with them")
    parser.add_argument("--scale", type=int, default=1, help="pixels of the screen for each pixel")
    parser.add_argument("--only", type=_names, default=[], help="scenes, with commas between")
    parser.add_argument("--run-s", type=float, default=64, help="how long the bridge runs first")
    parser.add_argument("--docs", action="store_true", help="write the user guide's pictures, too")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _live_elsewhere(home: Path, scale: int) -> None:
    """Keep to a home folder of our own, and to a screen that nobody sees.

    It is larger than the window: what pops up stays on the screen, and belongs below what asked.
    """
    cache = platformdirs.user_cache_path()
    screens = home / "screens.json"
    screens.write_text(json.dumps({"screens": [_SCREEN]}), "utf-8")
    os.environ.update(
        HOME=str(home),
        XDG_CACHE_HOME=str(cache),
        XDG_CONFIG_HOME=str(home / "config"),
        XDG_STATE_HOME=str(home / "state"),
        QT_QPA_PLATFORM=f"offscreen:configfile={screens}",
        TZ="UTC",
    )
    if scale != 1:
        os.environ["QT_SCALE_FACTOR"] = str(scale)
    time.tzset()


async def _take_all(options: argparse.Namespace, house: Greenhouse, qapp: QApplication) -> Stage:
    from core.cli.window import window_options
    from gui.app import App
    from gui.recent import RecentFiles
    from tests.gui.tour import scenes
    from tests.gui.tour.greenhouse import write_others
    from tests.gui.tour.stage import SIZE, Stage

    recent = RecentFiles()
    for path in (*reversed(write_others(house.folder, time.time())), house.workspace):
        recent.add(path)
    app = App(qapp, window_options(["--theme", "light"]), str)
    suffix = f"@{options.scale}x" if options.scale != 1 else ""
    stage = Stage(app, house, options.into, suffix)
    closed = asyncio.ensure_future(app.until_closed())
    app.session.failed.connect(print)
    stage.window.resize(SIZE)
    stage.window.activateWindow()
    await asyncio.sleep(0)
    try:
        await scenes.play(stage, options.only, run_s=options.run_s)
    finally:
        await house.devices.stop()
        stage.window.close()
        await closed
    for name, why in stage.missing.items():
        print(f"{name}: not taken: {why}")
    return stage


def _write_docs(taken: Mapping[str, Path]) -> None:
    """Copy the pictures that README and guide show, and no others."""
    texts = [ROOT / "README.md", *DOCS.parent.glob("*.md")]
    shown = {name for text in texts for name in _PICTURE.findall(text.read_text())}
    DOCS.mkdir(parents=True, exist_ok=True)
    for old in DOCS.glob("*.png"):
        if old.stem not in shown:
            old.unlink()
    for name in sorted(shown & set(taken)):
        shutil.copy(taken[name], DOCS / f"{name}.png")
    if missing := shown - set(taken):
        print("not taken, though the documentation shows them:", ", ".join(sorted(missing)))


def main() -> int:
    """Take the pictures; returns what the program exits with."""
    options = _options()
    options.into = options.into.absolute()
    options.into.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="tour-"))
    _live_elsewhere(home, options.scale)
    import qasync
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    from gui.app import THREADS
    from tests.gui.tour.greenhouse import greenhouse
    from tests.gui.tour.pairs import write_pairs
    from tests.gui.tour.scenes import NAMES

    QCoreApplication.setApplicationName("Sluicegate")
    qapp = QApplication(sys.argv[:1])
    qapp.setQuitOnLastWindowClosed(False)
    qapp.setCursorFlashTime(0)
    loop = qasync.QEventLoop(qapp)
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    asyncio.set_event_loop(loop)
    try:
        if unknown := set(options.only) - set(NAMES):
            print("no such scene:", ", ".join(sorted(unknown)))
            return 2
        with greenhouse(home) as house:
            stage = loop.run_until_complete(_take_all(options, house, qapp))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    taken = stage.taken
    if options.docs:
        _write_docs(taken)
    if options.drawings is not None and options.scale == 1:
        for name, share in write_pairs(options.drawings, taken, options.into / "pairs").items():
            print(f"{name:24} {share:6.1%} of the pixels differ")
    print(f"{len(taken)} pictures in {options.into}")
    return 1 if stage.missing else 0


if __name__ == "__main__":
    sys.exit(main())
