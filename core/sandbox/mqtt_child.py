"""Child mode `sandbox-mqtt V4_PORT V5_PORT`: rumqttd, which has no way to stop but to be killed.

Ends with the process that started it: its standard input is a pipe from there.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

from iotcore import IotCoreBroker

from core.sandbox.rumqttd import PORT_TAKEN, config

_PR_SET_PDEATHSIG: Final = 1


def main(args: list[str]) -> int:
    """Serve MQTT 3.1.1 on the first port and MQTT 5 on the second until killed."""
    v4_port, v5_port = (int(arg) for arg in args)
    _end_with_parent()
    # rumqttd reports each packet's routing as an error; nothing of it is meant for people.
    logging.disable(logging.CRITICAL)
    broker = _broker(v4_port, v5_port)
    try:
        broker.run_forever()
    except OSError:  # listening is all that fails this way, and its error carries no number
        return PORT_TAKEN
    return 0


def _broker(v4_port: int, v5_port: int) -> IotCoreBroker:
    with tempfile.TemporaryDirectory(prefix="sluicegate-") as folder:
        path = Path(folder) / "rumqttd.toml"
        path.write_text(config(v4_port, v5_port), encoding="utf-8")
        return IotCoreBroker(config_path=str(path))  # reads the file here, and only here


def _end_with_parent() -> None:
    if sys.platform == "linux":
        # Holds even if rumqttd keeps this interpreter from running the watch below.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_stdin, name="parent watch", daemon=True).start()


def _watch_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)
