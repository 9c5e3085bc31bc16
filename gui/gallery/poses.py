"""Widgets held in a state that otherwise needs a pointer or the keyboard on them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypeVar

from PySide6.QtWidgets import QPushButton, QStyle, QStyleOption, QWidget

Pose: TypeAlias = Literal["normal", "hover", "pressed", "focus", "disabled"]
POSES: tuple[Pose, ...] = ("normal", "hover", "pressed", "focus", "disabled")

W = TypeVar("W", bound=QWidget)


class _Focused:
    """Looks as if it had the keyboard, which only one widget of a window has at a time."""

    def hasFocus(self) -> bool:
        return True

    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)  # pyright: ignore[reportAttributeAccessIssue] - the widget's
        option.state |= QStyle.StateFlag.State_HasFocus  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct


class _Hovered:
    """Looks as if the pointer were on it."""

    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)  # pyright: ignore[reportAttributeAccessIssue] - the widget's
        option.state |= QStyle.StateFlag.State_MouseOver  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct


def posed(kind: type[W], pose: Pose, *args: Any, **named: Any) -> W:
    """Make a widget that stays in a pose.

    Args:
        kind: Its class.
        pose: The state.
        args: What its class takes.
        named: What its class takes by name.
    """
    poses: dict[str, type] = {"focus": _Focused, "hover": _Hovered}
    if pose in poses:
        kind = type(f"Posed{kind.__name__}", (poses[pose], kind), {})  # pyright: ignore[reportAssignmentType] - both
    widget = kind(*args, **named)
    if pose == "disabled":
        widget.setEnabled(False)
    elif pose == "pressed" and isinstance(widget, QPushButton):
        widget.setDown(True)
    return widget
