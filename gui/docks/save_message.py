"""Asks under which name, and in which folder, a message is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import PrimaryButton
from gui.widgets.completion_list import complete_from
from gui.widgets.fields import Field, LineField
from gui.widgets.popover import Popover

_WIDTH: Final = 300


class SaveMessagePopover(Popover):
    """Enter saves, Esc leaves.

    Signals:
        answered: The name and the folder, which may be empty.
    """

    answered = Signal(str, str)

    def __init__(
        self,
        owner: QWidget,
        folders: Sequence[str],
        check: Callable[[str, str], str],
        name: str = "",
        folder: str = "",
    ) -> None:
        """Make it; `open` shows it.

        Args:
            owner: What it stands below.
            folders: What the folder completes to.
            check: Says what is wrong with a name in a folder; empty for nothing.
            name: What stands there at first.
            folder: The same of the folder.
        """
        super().__init__(owner, self.tr("Save message"), _WIDTH)
        self._check = check
        self.name, self.folder = LineField(self.tr("Name")), LineField(self.tr("Folder"))
        self.name.setText(name)
        self.name.selectAll()
        self.folder.setText(folder)
        self.button = PrimaryButton(self.tr("Save"), "save")
        self._box = Field(self.tr("Name"), self.name, required=True)
        self.column.setSpacing(current().size("space.m"))
        self.column.addWidget(self._box)
        self.column.addWidget(Field(self.tr("Folder"), self.folder, note=self.tr("may be empty")))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        self.column.addLayout(row)
        complete_from(self.folder, QStringListModel(list(folders), self))
        self.button.clicked.connect(self.answer)
        self.name.returnPressed.connect(self.answer)
        self.folder.returnPressed.connect(self.answer)

    @Slot()
    def answer(self) -> None:
        """Take name and folder, unless something is wrong with them, which is said then."""
        name, folder = self.name.text().strip(), self.folder.text().strip().strip("/")
        problem = self._check(name, folder)
        self._box.set_problem(problem)
        if problem:
            self.adjustSize()
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.close()
        self.answered.emit(name, folder)
