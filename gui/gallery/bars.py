"""The gallery's parts of settings and dead letters: keys that are taken, and bars below lists."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.gallery.parts import column
from gui.gallery.poses import Pose, posed
from gui.pages.dead_letters import BulkBar
from gui.pages.shortcut_rows import CollisionStrip
from gui.viewmodels.shortcut_table import Collision
from gui.widgets.key_recorder import KeyRecorder


def keys() -> QWidget:
    """Show fields that take keys, and who has those that were pressed."""
    made: list[QWidget] = []
    poses: tuple[tuple[Pose, str], ...] = (("normal", "Ctrl+K"), ("focus", ""))
    for pose, pressed in poses:
        recorder = posed(KeyRecorder, pose, f"Keys, {pose}", lambda keys: keys.split("+"))
        recorder.show_keys(pressed)
        made.append(recorder)
    collision = Collision("Go to has Ctrl+K.", "It would have none.", ("other", "keep"))
    return column(*made, CollisionStrip(collision, "Esc keeps it"))


def checked() -> QWidget:
    """Show the bar of a list with checked rows."""
    bar = BulkBar()
    bar.count.setText("3 selected")
    for widget in (bar.amount, bar.stop_button):  # there is room for words in wide lists alone
        widget.hide()
    return bar
