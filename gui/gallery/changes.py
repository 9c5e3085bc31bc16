"""The groups of the gallery that tell of changes: differences, choices, toasts."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.workspace.compare import DiffLine
from gui.gallery.parts import column
from gui.gallery.poses import posed
from gui.widgets.diff_view import DiffView
from gui.widgets.radio import Radio


def differences() -> QWidget:
    """Show lines of two versions, one of them too long."""
    text = DiffView("temp_hum")
    text.show_rows(
        [
            DiffLine("same", "WHERE payload.hum != 'n/a'", 6),
            DiffLine("removed", "  AND float(payload.temp) > 15", 7, (28, 30)),
            DiffLine("added", "  AND float(payload.temp) > 20", 7, (28, 30)),
            DiffLine("gap", "and 3 more lines"),
        ]
    )
    option = DiffView("to_emqx")
    option.show_rows(
        [
            DiffLine("removed", 'max_linger_time = "0ms"', None, (18, 23)),
            DiffLine("added", 'max_linger_time = "5ms"', None, (18, 23)),
        ]
    )
    return column(text, option)


def choices() -> QWidget:
    """Show one of several, with what each means; one has the keyboard, one cannot be chosen."""
    chosen = Radio("Drain first", "The 2 messages in flight finish with the old version.")
    chosen.setChecked(True)
    focused = posed(Radio, "focus", "Apply now", "No waiting; order may mix.")
    disabled = posed(Radio, "disabled", "Later")
    return column(chosen, focused, disabled, gap=8)
