"""What the gallery's parts believe to be the window's loop, which it has not."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from gui.tasks import Tasks


class Still(Tasks):
    """Starts nothing."""

    def __init__(self) -> None:
        super().__init__(lambda _name, _error: None)

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str, **_more: object) -> Any:
        """Leave it."""
        coroutine.close()
