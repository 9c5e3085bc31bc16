"""Which topic the tail reads: one that an action writes to, or any other by its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from gui.viewmodels.tail import TailTopic, topic_problem
from gui.widgets.fields import ComboBox, LineField


class NameField(LineField):
    """Takes a name; Esc leaves it, and so does the focus.

    Signals:
        left: The user wants no other topic after all.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave it by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave it when the keyboard goes elsewhere in the window."""
        super().focusOutEvent(event)
        if event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.MouseFocusReason,
        ):
            self.left.emit()


class TopicChoice(QStackedWidget):
    """A choice; its last entries, one for each cluster, turn it into a field.

    Signals:
        topicChosen: A `TailTopic`.
        problemFound: Why the name in the field is none; empty when it is one.
    """

    topicChosen = Signal(object)
    problemFound = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = -1
        self._connector = ""
        self.combo = ComboBox(self.tr("Topic"), small=True)
        self.field = NameField(
            self.tr("Name of another topic"), small=True, placeholder=self.tr("Name of a topic")
        )
        self.addWidget(self.combo)
        self.addWidget(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.combo)
        self.combo.activated.connect(self._take_choice)
        self.field.returnPressed.connect(self._take_name)
        self.field.textEdited.connect(self._forget_problem)
        self.field.left.connect(self._go_back)

    def show_topics(
        self, topics: Sequence[TailTopic], chosen: TailTopic | None, connectors: Sequence[str]
    ) -> None:
        """Offer these topics, and others of these clusters."""
        self.combo.clear()
        for topic in topics:
            where = f" ({topic.connector})" if len(connectors) > 1 else ""
            self.combo.addItem(f"{topic.topic}{where}", topic)
        for connector in connectors:
            text = self.tr("Another topic")
            if len(connectors) > 1:
                text = self.tr("Another topic of {connector}").format(connector=connector)
            self.combo.addItem(f"{text}…", connector)
        self._shown = topics.index(chosen) if chosen in topics else -1
        self.combo.setCurrentIndex(self._shown)
        self.combo.setEnabled(bool(connectors))

    @Slot(int)
    def _take_choice(self, place: int) -> None:
        found = self.combo.itemData(place)
        if isinstance(found, TailTopic):
            self.topicChosen.emit(found)
            return
        self._connector = found
        self.combo.setCurrentIndex(self._shown)
        self.field.clear()
        self.setCurrentWidget(self.field)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _take_name(self) -> None:
        name = self.field.text().strip()
        problem = topic_problem(name)
        self.field.set_problem(problem)
        self.problemFound.emit(problem)
        if not problem:
            self._go_back()
            self.topicChosen.emit(TailTopic(self._connector, name))

    @Slot()
    def _forget_problem(self) -> None:
        self.field.set_problem("")
        self.problemFound.emit("")

    @Slot()
    def _go_back(self) -> None:
        if self.currentWidget() is self.field:
            self._forget_problem()
            had_focus = self.field.hasFocus()
            self.setCurrentWidget(self.combo)
            if had_focus:
                self.combo.setFocus(Qt.FocusReason.OtherFocusReason)
