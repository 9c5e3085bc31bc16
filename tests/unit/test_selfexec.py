from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.selfexec import own_command


def test_a_checkout_starts_its_entry_point_with_the_same_interpreter() -> None:
    interpreter, entry_point, *args = own_command("sandbox", "--mqtt-port", "1883")

    assert interpreter == sys.executable
    assert Path(entry_point).name == "main.py"
    assert Path(entry_point).is_file()
    assert args == ["sandbox", "--mqtt-port", "1883"]


def test_a_frozen_build_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/sluicegate/sluicegate")

    assert own_command("sandbox") == ["/opt/sluicegate/sluicegate", "sandbox"]
