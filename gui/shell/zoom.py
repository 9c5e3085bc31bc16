"""The zoom of editors, in steps as browsers have them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gui.theme import current

STEPS: Final = (50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)
"""Per cent."""


def zoom(step: int) -> None:
    """Make the text of editors larger (1), smaller (-1), or of its usual size (0)."""
    theme = current()
    theme.set_look(replace(theme.look, zoom_percent=zoomed(theme.look.zoom_percent, step)))


def zoomed(percent: int, step: int) -> int:
    """Tell the next step of the zoom, or the usual one for 0."""
    if step == 0:
        return 100
    beyond = [each for each in STEPS if (each - percent) * step > 0]
    return percent if not beyond else beyond[0] if step > 0 else beyond[-1]
