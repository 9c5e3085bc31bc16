"""Picking the Kafka topic of an action from those of its cluster, or making the one that lacks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.viewmodels.action_options import TOPIC
from gui.viewmodels.action_sheet import ActionSheet
from gui.viewmodels.tail_topics import topic_problem
from gui.viewmodels.words import plural
from gui.widgets.choice_list import ChoiceList
from gui.widgets.choice_template import ChoiceTemplate
from gui.widgets.topic_popup import TopicPopup


class TopicPicker(QObject):
    """Opens the list below the field; it fills while it is open, since a cluster takes its time."""

    def __init__(self, sheet: ActionSheet, field: ChoiceTemplate) -> None:
        super().__init__(field)
        self._sheet, self._field = sheet, field
        self._list: ChoiceList | None = None
        field.listAsked.connect(self.open)
        sheet.topics.changed.connect(self._show)

    @property
    def list(self) -> ChoiceList | None:
        """What is open now."""
        return self._list

    @Slot()
    def open(self) -> None:
        """Show what is known, and ask anew."""
        if self._list is not None:
            return
        self._list = ChoiceList(self._field, self.tr("Topics"))
        self._list.chosen.connect(self._choose)
        self._list.newAsked.connect(self._ask_here)
        self._list.destroyed.connect(self._forget)
        self._sheet.topics.look(self._sheet.place[0])
        self._show()
        self._list.open()

    def ask(self, anchor: QWidget) -> None:
        """Ask how the topic in the field is to be made, below some widget."""
        popup = TopicPopup(self._sheet.place[1], anchor)
        popup.taken.connect(self._create)
        popup.ask()

    @Slot()
    def _show(self) -> None:
        if self._list is None:
            return
        connector, topic = self._sheet.place
        known = self._sheet.topics.of(connector)
        rows = [
            (name, plural("%n partition", "%n partitions", count))
            for name, count in known.topics.items()
        ]
        note = known.problem
        if known.phase == "asking" and not rows:
            note = self.tr("Asking {name}…").format(name=connector)
        elif known.phase == "known" and not rows:
            note = self.tr("{name} has no topics yet.").format(name=connector)
        is_new = known.phase == "known" and topic not in known.topics and not topic_problem(topic)
        new = self.tr("Create {topic}").format(topic=topic) if is_new else ""
        self._list.show_rows(rows, topic, note, new)

    @Slot(str)
    def _choose(self, topic: str) -> None:
        option = next(each for each in self._sheet.options if each.path == TOPIC)
        self._sheet.set(option, topic)

    @Slot()
    def _ask_here(self) -> None:
        self.ask(self._field)

    @Slot(int, int)
    def _create(self, partitions: int, replication: int) -> None:
        connector, topic = self._sheet.place
        self._sheet.topics.create(connector, topic, partitions, replication)

    @Slot()
    def _forget(self) -> None:
        self._list = None
