"""Widgets held in a state that otherwise needs a pointer or the keyboard on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOption,
    QStyleOptionViewItem,
    QWidget,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView as _View

    _Delegate = QStyledItemDelegate
else:
    _View = _Delegate = object

Pose: TypeAlias = Literal["normal", "hover", "pressed", "focus", "disabled"]
POSES: tuple[Pose, ...] = ("normal", "hover", "pressed", "focus", "disabled")

Index: TypeAlias = QModelIndex | QPersistentModelIndex
RowPose: TypeAlias = Literal["normal", "hover", "selected", "idle", "focus"]

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


class PosedRows(_View):
    """To be inherited before a view: acts as if it had the keyboard for the row being painted."""

    acts_focused = False
    row_below = -1

    def hasFocus(self) -> bool:
        """Tell it for the row."""
        return self.acts_focused


class RowPoses(_Delegate):
    """To be inherited before a delegate of such a view: each row stays in its pose."""

    def show_poses(self, view: PosedRows, poses: Sequence[RowPose]) -> None:
        """Tell the view, and the pose of each row."""
        self._posed_view, self._poses = view, list(poses)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell in the pose of its row."""
        pose, view, flags = self._poses[index.row()], self._posed_view, QStyle.StateFlag
        view.acts_focused = pose in ("selected", "focus")
        view.by_keyboard = True  # pyright: ignore[reportAttributeAccessIssue] - the view's
        view.row_below = index.row() if pose == "hover" else -1
        was: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        own = flags.State_Selected | flags.State_MouseOver | flags.State_HasFocus
        shown = {
            "hover": flags.State_MouseOver,
            "selected": flags.State_Selected,
            "idle": flags.State_Selected,
            "focus": flags.State_HasFocus,
        }
        option.state = was & ~own | shown.get(pose, flags.State_None)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        super().paint(painter, option, index)
