"""The Publish page of the bottom dock: a message or a record, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.workspace.lab import SavedMessage
from gui.docks.publish_forms import Form, KafkaForm, MqttForm, PairsBlock
from gui.theme import current, set_height
from gui.viewmodels.drafts import KafkaDraft, MqttDraft, harmless, key_of
from gui.viewmodels.form_texts import Values, read_as
from gui.viewmodels.journey import Step
from gui.viewmodels.message_sequence import MessageSequence
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.publish_checks import kafka_topic_problem, topic_problem
from gui.widgets.buttons import FlatButton, IconButton, LinkButton, PrimaryButton, SecondaryButton
from gui.widgets.chips import KeyCap
from gui.widgets.fields import LineField, show_problem
from gui.widgets.labels import Label, StateShape
from gui.widgets.menu import Menu
from gui.widgets.segmented import Segmented
from gui.widgets.topic_popup import TopicPopup

_BUSY_AFTER_MS: Final = 300
_BELOW_HEAD: Final = 7
_MQTT: Final = "mqtt"
_KAFKA: Final = "kafka"


class ResultLine(QWidget):
    """What became of what was sent last: steps with arrows between them, or one error.

    Signals:
        recordAsked: Connector, topic, partition and offset of a record that was clicked.
        answerAsked: A `FeedRow` that was clicked: the answer.
        topicAsked: A topic to be made: connector, name, partitions, replication.
    """

    recordAsked = Signal(str, str, int, int)
    answerAsked = Signal(object)
    topicAsked = Signal(str, str, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(current().size("space.s"))
        self.text = ""
        self.show_steps([])

    def show_steps(self, steps: list[Step]) -> None:
        """Show other steps; none for nothing."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.text = ", ".join(step.whole for step in steps)
        self.setAccessibleName(self.text)
        for number, step in enumerate(steps):
            if number == 0 or step.status == "failed":
                self._row.addWidget(StateShape(step.status))
            elif number:
                self._row.addWidget(Label("→", role="text3"))
            self._row.addWidget(self._words(step, is_first=number == 0), _stretch(step))
            if step.missing is not None:
                self._row.addWidget(self._create_link(*step.missing))
            if step.note:
                self._row.addWidget(Label(step.note, style="code_small", elide="end"))
        if not steps or _stretch(steps[-1]) == 0:
            self._row.addStretch(1)

    def _create_link(self, connector: str, topic: str) -> LinkButton:
        link = LinkButton(self.tr("Create topic"))

        def ask() -> None:
            popup = TopicPopup(topic, link)
            popup.taken.connect(partial(self.topicAsked.emit, connector, topic))
            popup.ask()

        link.clicked.connect(ask)
        return link

    def _words(self, step: Step, *, is_first: bool) -> QWidget:
        if step.place is not None:
            link = LinkButton(step.text)
            place = step.place
            link.clicked.connect(lambda _checked=False: self.recordAsked.emit(*place))
            return link
        if step.answer is not None:
            link, answer = LinkButton(step.text), step.answer
            link.clicked.connect(lambda _checked=False: self.answerAsked.emit(answer))
            return link
        if step.status == "failed":
            label = Label(step.text, style="small", role="bad" if is_first else "text1")
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            return label
        if is_first:
            return Label(step.text, weight=500)
        return Label(step.text, elide="end")


def _stretch(step: Step) -> int:
    return 1 if step.status == "failed" else 0


class PublishPage(QWidget):
    """One form at a time; Ctrl+Enter sends it from wherever the keyboard is in it.

    Attributes:
        tools: What stands in the dock's tab row while this page is shown.

    Signals:
        recordAsked: Connector, topic, partition and offset of a record to look at.
        answerAsked: A `FeedRow` to look at: the answer to what was published.
        saveAsked: What the form holds shall be saved.
        openAsked: The key of a saved message that the form shall be filled with.
        typedChanged: `to_keep` may give something else.
    """

    recordAsked = Signal(str, str, int, int)
    answerAsked = Signal(object)
    saveAsked = Signal()
    openAsked = Signal(str)
    typedChanged = Signal()

    def __init__(self, model: PublishViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        kinds = {_MQTT: self.tr("MQTT message"), _KAFKA: self.tr("Kafka record")}
        self.kind = Segmented(self.tr("What to send"), kinds)
        self.mqtt, self.kafka = MqttForm(model, self), KafkaForm(model, self)
        self._forms: dict[str, Form] = {_MQTT: self.mqtt, _KAFKA: self.kafka}
        self._heads, self._bodies = QStackedWidget(), QStackedWidget()
        self.send_action = self._make_action()
        self.send_button = PrimaryButton(self.tr("Send"), "send")
        self.send_button.follow(self.send_action)
        self.result = ResultLine()
        self.save_button = FlatButton(self.tr("Save message"), "bookmark")
        self.sequence = MessageSequence(model, self)
        self.progress = Label(role="text2", elide="end")
        self.stop_button = SecondaryButton(self.tr("Stop"), "square")
        self.saved_button = FlatButton(self.tr("Saved messages"), "bookmark")
        self.tear_button = IconButton("external-link", self.tr("Open in a window of its own"))
        self.tools = QWidget()
        self._busy = QTimer(self)
        self._busy.setSingleShot(True)
        self._busy.setInterval(_BUSY_AFTER_MS)
        self._first = (MqttDraft(), KafkaDraft())  # what the forms have begun with
        self._lay_out()
        self.order_stops()
        self._connect_signals()
        self._start_over()

    def focus_form(self) -> None:
        """Put the keyboard where one types first."""
        self._form.first_field().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_text(self, name: str, text: str) -> None:
        """Put the keyboard where a part of the message has a text; else where one types first.

        Args:
            name: The part's, such as `topic` or `headers`.
            text: A whole value of that part.
        """
        self.focus_form()
        part = self._form.parts().get(name)
        if isinstance(part, PairsBlock):
            part.edit_text(text)
        elif part is not None:
            part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_torn(self, *, is_torn: bool) -> None:
        """Offer the way back from a window of its own, or the way there."""
        name = self.tr("Put back into the dock")
        if not is_torn:
            name = self.tr("Open in a window of its own")
        self.tear_button.set_icon("panel-bottom" if is_torn else "external-link")
        self.tear_button.setAccessibleName(name)
        self.tear_button.setToolTip(name)

    @property
    def draft(self) -> MqttDraft | KafkaDraft:
        """What the form that is shown holds."""
        return self.mqtt.draft() if self.kind.current_key == _MQTT else self.kafka.draft()

    def to_keep(self) -> Values | None:
        """Give what both forms hold, for `take_kept`; None for what they have begun with.

        Values of rows whose name tells of a secret are left out.
        """
        now = (self.mqtt.draft(commits=False), self.kafka.draft(commits=False))
        if now == self._first:
            return None
        mqtt = replace(now[0], user_properties=harmless(now[0].user_properties))
        kafka = replace(now[1], headers=harmless(now[1].headers))
        return msgspec.to_builtins({"kind": self.kind.current_key, "mqtt": mqtt, "kafka": kafka})

    def take_kept(self, values: Values) -> None:
        """Show what both forms held in an earlier start."""
        read_as(values, "mqtt", MqttDraft, self.mqtt.show)
        read_as(values, "kafka", KafkaDraft, self.kafka.show)
        if values.get("kind") in self._forms:
            self.kind.choose(values["kind"])

    @property
    def saved(self) -> tuple[SavedMessage, ...]:
        """The saved messages that can be sent from here."""
        return self._model.saved

    def choose(self, saved: SavedMessage) -> None:
        """Fill the form with a saved message."""
        self._model.choose(saved)

    @property
    def _form(self) -> Form:
        return self._forms[self.kind.current_key]

    def _make_action(self) -> QAction:
        action = QAction(self.tr("Send"), self)
        action.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self.send)
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        theme = current()
        for form in self._forms.values():
            self._heads.addWidget(form.head)
            self._bodies.addWidget(form.body)
        set_height(self._heads, "height.control")
        head = QHBoxLayout()
        head.setSpacing(theme.size("space.s"))
        head.addWidget(self.kind)
        head.addWidget(self._heads, 1)
        foot = QHBoxLayout()
        foot.setSpacing(0)  # the padding of buttons keeps them apart from the result
        foot.addWidget(self.send_button)
        foot.addSpacing(theme.size("space.m"))
        foot.addWidget(KeyCap(self.tr("Ctrl Enter")))
        foot.addSpacing(theme.size("space.l"))
        foot.addWidget(self.result, 1)
        actions = QHBoxLayout()
        actions.setSpacing(theme.size("space.m"))
        for widget in (self.progress, self.stop_button, self.save_button):
            actions.addWidget(widget)
        foot.addLayout(actions)
        self._show_sequence(is_running=False)
        column = QVBoxLayout(self)
        margin = theme.size("space.l")
        inset = theme.size("space.m")  # the words of the last button end where the forms do
        head.setContentsMargins(0, 0, inset, 0)
        self._bodies.setContentsMargins(0, 0, inset, 0)
        column.setContentsMargins(margin, theme.size("space.m"), margin - inset, inset)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(_BELOW_HEAD)
        column.addWidget(self._bodies, 1)
        column.addSpacing(theme.size("space.m"))
        column.addLayout(foot)
        self.saved_button.set_small()
        tools = QHBoxLayout(self.tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(theme.size("space.xs"))
        tools.addStretch(1)  # what the row has left is at the left of them
        tools.addWidget(self.saved_button)
        tools.addWidget(self.tear_button)

    def order_stops(self) -> None:
        """Have Tab go as one reads."""
        parts = [self.kind.part(key) for key in self._forms]
        stops: list[QWidget] = [*parts, *self.mqtt.stops(), *self.kafka.stops()]
        stops += [self.send_button, self.stop_button, self.save_button]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _connect_signals(self) -> None:
        model = self._model
        model.draftsReplaced.connect(self._start_over)
        model.topicOffered.connect(self._take_topic)
        model.draftChosen.connect(self.show_draft)
        model.connectorsChanged.connect(self._show_connectors)
        model.topicsChanged.connect(self._show_topics)
        model.busyChanged.connect(self._take_busy)
        model.stepsChanged.connect(self._show_steps)
        model.problemFound.connect(self._show_problem)
        self._busy.timeout.connect(self._show_busy)
        self.kind.chosen.connect(self._take_kind)
        self.result.recordAsked.connect(self.recordAsked)
        self.result.answerAsked.connect(self.answerAsked)
        self.result.topicAsked.connect(model.create_topic)
        self.kafka.tombstone.toggled.connect(self._show_form)
        self.saved_button.clicked.connect(self._show_saved)
        self.save_button.clicked.connect(self.saveAsked)
        self.stop_button.clicked.connect(self._stop)
        self.sequence.progressed.connect(self._take_progress)
        self.sequence.ended.connect(self._take_end)
        self.mqtt.connector.currentIndexChanged.connect(self._look_at_protocol)
        for change in (*self.mqtt.changes(), *self.kafka.changes(), self.kind.chosen):
            change.connect(self.typedChanged)
        for form in self._forms.values():
            form.connector.activated.connect(self._recheck)
            for field in form.fields().values():
                if isinstance(field, LineField):
                    field.textEdited.connect(self._recheck)
        self.mqtt.topic.editingFinished.connect(self._check_topic)
        self.kafka.topic.editingFinished.connect(self._check_topic)

    @Slot()
    def send(self) -> None:
        """Send what the form that is shown holds; says so where that has to wait."""
        if self._model.is_busy:
            text = self.tr("Still sending the one before, so nothing was sent. Wait, or stop it.")
            self.result.show_steps([Step("connecting", text)])
            return
        self._forget_problems()
        self._form.send()

    def is_right(self) -> bool:
        """Tell whether what the form holds could be sent; what could not is said in the form."""
        self._forget_problems()
        return self._model.is_right(self.draft)

    def _forget_problems(self) -> None:
        for field in self._form.fields().values():
            show_problem(field, "")

    # What the view model tells

    @Slot()
    def _start_over(self) -> None:
        self.mqtt.show(self._model.mqtt_draft)
        self.kafka.show(self._model.kafka_draft)
        self._first = (self.mqtt.draft(), self.kafka.draft())
        self._show_topics()
        self.saved_button.setVisible(bool(self._model.saved))

    @Slot(str)
    def _take_topic(self, topic: str) -> None:
        if not self.mqtt.topic.text():
            self.mqtt.topic.setText(topic)
            message, record = self._first
            self._first = (replace(message, topic=topic), record)

    @Slot(object)
    def show_draft(self, draft: object) -> None:
        """Fill the form with a draft, with the keyboard in it."""
        if isinstance(draft, MqttDraft):
            self.kind.choose(_MQTT)
            self.mqtt.show(draft)
        elif isinstance(draft, KafkaDraft):
            self.kind.choose(_KAFKA)
            self.kafka.show(draft)
        self.focus_form()

    @Slot()
    def _show_connectors(self) -> None:
        self.mqtt.show_connectors()
        self.kafka.show_connectors()

    @Slot()
    def _show_topics(self) -> None:
        self.mqtt.topics.setStringList(self._model.topics)
        self.kafka.topics.setStringList(self._model.kafka_topics)

    @Slot(str, str)
    def _show_problem(self, name: str, problem: str) -> None:
        if name in ("payload", "value"):  # which say what is wrong themselves
            self._form.text.check()
            self._form.text.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        field = self._form.fields().get(name)
        if field is not None:
            show_problem(field, problem)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(list)
    def _show_steps(self, steps: list[Step]) -> None:
        """Show what became of what this form sent, and failures whatever was sent."""
        has_failed = bool(steps) and steps[0].status == "failed"  # it may be one of a sequence
        self.result.show_steps(steps if has_failed else self._steps)

    @property
    def _steps(self) -> list[Step]:
        return self._model.steps_of(is_record=self.kind.current_key == _KAFKA)

    @Slot(bool)
    def _take_busy(self, is_busy: bool) -> None:
        if is_busy:
            self._busy.start()
        else:
            self._busy.stop()
            self.send_button.setEnabled(True)
            self._show_stop()

    @Slot()
    def _show_busy(self) -> None:
        if self._model.is_busy:
            self.send_button.setEnabled(False)  # its keys say why nothing is sent
            self._show_stop()
            self.result.show_steps([Step("connecting", self.tr("Sending"))])

    @Slot(str)
    def _take_progress(self, text: str) -> None:
        self.progress.setText(text)
        self._show_sequence(is_running=True)

    @Slot()
    def _take_end(self) -> None:
        self._show_sequence(is_running=False)

    def _show_sequence(self, *, is_running: bool) -> None:
        self.progress.setVisible(is_running)
        self._show_stop()

    def _show_stop(self) -> None:
        """Offer to stop a sequence, or what is waited for in sight."""
        is_waiting = not self.send_button.isEnabled()
        self.stop_button.setVisible(self.sequence.is_running or is_waiting)

    # What the user does

    @Slot()
    def _stop(self) -> None:
        had_keyboard = self.stop_button.hasFocus()
        self.sequence.stop()
        self._model.stop()
        if had_keyboard:  # it hides
            self.send_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _take_kind(self) -> None:
        self._show_form()
        self.result.show_steps(self._steps)

    @Slot()
    def _show_form(self) -> None:
        form = self._form
        self._heads.setCurrentWidget(form.head)
        self._bodies.setCurrentWidget(form.body)
        is_tombstone = form is self.kafka and self.kafka.tombstone.isChecked()
        self.save_button.setEnabled(not is_tombstone)  # the file has no word for it

    @Slot()
    def _look_at_protocol(self) -> None:
        self.mqtt.look_at_protocol()

    @Slot()
    def _check_topic(self) -> None:
        """Say what is wrong with a topic that was left; an empty one may be written yet."""
        problem = self._problem_of_topic()
        field = self.mqtt.topic if self.kind.current_key == _MQTT else self.kafka.topic
        show_problem(field, problem)
        if problem:
            self.result.show_steps([Step("failed", problem)])

    @Slot()
    def _recheck(self) -> None:
        """Take a problem back as soon as the value is right."""
        for field in self._form.fields().values():
            if field.accessibleDescription() and not self._problem_of_topic():
                show_problem(field, "")
                self.result.show_steps([])

    def _problem_of_topic(self) -> str:
        if self.kind.current_key == _MQTT:
            topic = self.mqtt.topic.text()
            return topic_problem(topic) if topic else ""
        topic = self.kafka.topic.text()
        return kafka_topic_problem(topic) if topic else ""

    @Slot()
    def _show_saved(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for saved in self._model.saved:
            name = f"{saved.folder}: {saved.name}" if saved.folder else saved.name
            action = menu.addAction(name)
            action.triggered.connect(partial(self.openAsked.emit, key_of(saved)))
        menu.popup(self.saved_button.mapToGlobal(self.saved_button.rect().bottomLeft()))
