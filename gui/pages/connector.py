"""A connector's page: its form with the connection test beside it, who uses it, what it did."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.kafka.presets import Preset
from gui.pages.connection_test import ConnectionTestPanel
from gui.pages.connector_header import ConnectorHeader
from gui.pages.connector_use import Activity, UsedBy
from gui.pages.option_form import OptionForm
from gui.pages.parts import scrolling
from gui.pages.subscriptions import SubscriptionsPart
from gui.theme import current, set_height
from gui.viewmodels.connection_test import ConnectionTest
from gui.viewmodels.connector import ConnectorViewModel
from gui.viewmodels.connector_form import ConnectorForm
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import Path
from gui.viewmodels.subscriptions import Subscriptions
from gui.widgets.buttons import FlatButton, PrimaryButton, SecondaryButton
from gui.widgets.fields import leave_field
from gui.widgets.frames import Banner, Line, Strip
from gui.widgets.labels import Label, StateLine
from gui.widgets.tab_bar import TabBar

_NARROW: Final = 900
_AROUND: Final = 12
_BEFORE_FLAT: Final = 3
_BEHIND_FLAT: Final = 6
_STATUS: Final = {"running": "connecting", "passed": "passed", "failed": "failed"}


class ConnectorPage(QWidget):
    """Everything about one connector, to be read and edited.

    Signals:
        documentAsked: The key of a rule's page.
        ruleAsked: A new rule that listens to the connector of this name.
    """

    documentAsked = Signal(str)
    ruleAsked = Signal(str)

    def __init__(
        self,
        connector: ConnectorViewModel,
        drafts: Drafts,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        """Lay out; `actions` are the window's, by their ids."""
        super().__init__(parent)
        self._connector = connector
        connector.setParent(self)
        key = f"connector:{connector.name}"
        self.form = ConnectorForm(drafts, key, self)
        self.test = ConnectionTest(drafts, key, self)
        self._actions = actions
        self._is_mqtt = drafts.kind(key) == "mqtt"
        self.header = ConnectorHeader(connector, drafts.kind(key), actions)
        self.banner = Banner()
        self.tabs = TabBar(self.tr("Parts of the page"), ground="surface1")
        self._stack = QStackedWidget()
        self.fields = OptionForm(self.form)
        if self._is_mqtt:
            watched = Subscriptions(connector.live, connector.name, self)
            self.subscribed = SubscriptionsPart(
                watched,
                [self.fields.field("identity", each) for each in ("clientid", "username")],
            )
            self.fields.group("subscribing").rows.addWidget(self.subscribed)
            watched.changed.connect(self._note_filters)
        self.panel = ConnectionTestPanel(self.test)
        self.used_by = UsedBy(connector)
        self.activity = Activity(connector)
        self._lay_out()
        self._connect_signals()
        self._refresh()
        self._show_draft()
        self.tabs.show_count("settings", *self.fields.problems)
        if self._is_mqtt:
            self._note_filters()

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save, a secret that is being typed among it."""
        return self.form.is_dirty or self.fields.is_typing

    # Commands

    def save(self) -> None:
        """Save the form, or lead to the first field that keeps it from that."""
        self.tabs.choose("settings")
        leave_field(self)
        self.form.save()

    def focus_form(self) -> None:
        """Have the keyboard in the first field of the form."""
        self.tabs.choose("settings")
        self.fields.focus_first()

    def show_option(self, path: Path) -> None:
        """Have the keyboard in the field of an option, such as `("identity", "clientid")`."""
        self.tabs.choose("settings")
        self.fields.show_option(path)

    def show_edit(self, _key: str, path: Path) -> None:
        """Have the keyboard where something was edited."""
        self.tabs.choose("settings")
        if path == ("enable",):
            self.header.enabled.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.fields.show_edit(path)

    def show_preset(self, preset: Preset) -> None:
        """Say what is to be filled in, and where it is found."""
        parts = [f"{preset.title}."]
        parts += [f"{each.label}: {each.help}" for each in preset.fields]
        self.banner.say(" ".join(parts), status="not_tried")

    @Slot()
    def test_connection(self) -> None:
        """Test the values of the form, or give a running test up."""
        if self.test.phase == "running":
            self.test.cancel()
        else:
            self.tabs.choose("settings")
            keyboard = QApplication.focusWidget()
            if keyboard is not None and self.fields.isAncestorOf(keyboard):
                leave_field(self)
            self.test.start()

    # How it is laid out

    def _lay_out(self) -> None:
        self.tabs.add("settings", self.tr("Settings"))
        self.tabs.add("users", self.tr("Used by"))
        self.tabs.add("activity", self.tr("Activity"))
        settings = QWidget()
        beside = QHBoxLayout(settings)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        self._is_narrow = False
        self._between = Line(Qt.Orientation.Vertical)
        beside.addWidget(self.fields, 1)
        beside.addWidget(self._between)
        beside.addWidget(self.panel)
        self._stack.addWidget(settings)
        self._stack.addWidget(scrolling(self.used_by, self.tr("Used by")))
        self._stack.addWidget(scrolling(self.activity, self.tr("Activity")))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        strip = Strip("height.tab")
        strip.set_role("surface1")
        row = QHBoxLayout(strip)
        row.setContentsMargins(current().size("space.xs"), 0, 0, 0)
        row.addWidget(self.tabs)
        outer.addWidget(strip)
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)
        outer.addWidget(Line())
        outer.addWidget(self._footer())

    def _footer(self) -> QWidget:
        theme = current()
        footer = QWidget()
        set_height(footer, "height.page_header", -1)
        row = QHBoxLayout(footer)
        row.setContentsMargins(theme.size("space.page"), 1, theme.size("space.page"), 0)
        row.setSpacing(theme.size("space.m"))
        self.test_button = SecondaryButton(self.tr("Test connection"), "plug-zap")
        self.verdict = StateLine(style="small")
        self.unsaved = Label(self.tr("No changes"), style="small", role="text3")
        self.revert_button = FlatButton(self.tr("Revert"), "undo-2")
        self.revert_button.follow(self._actions["revert"])
        self.save_button = PrimaryButton(self.tr("Save"), "save")
        self.save_button.follow(self._actions["save"])
        row.addWidget(self.test_button)
        self.verdict.hide()
        row.addWidget(self.verdict, 1)
        row.addStretch(0)
        row.addWidget(self.unsaved)
        row.addSpacing(_BEFORE_FLAT)
        ways = QHBoxLayout()
        ways.setSpacing(_BEHIND_FLAT)
        ways.addWidget(self.revert_button)
        ways.addWidget(self.save_button)
        row.addLayout(ways)
        return footer

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the test scroll with the form, below it, where there is no room beside it."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        self._between.setVisible(not is_narrow)
        if is_narrow:
            self.panel.lend()
            self.fields.put_below(self.panel.body)
        else:
            self.fields.take_below(self.panel.body)
            self.panel.take_back()

    def _connect_signals(self) -> None:
        self.tabs.tabChosen.connect(self._choose)
        self.used_by.documentAsked.connect(self.documentAsked)
        self.test_button.clicked.connect(self.test_connection)
        self.header.enabled.clicked.connect(self._enable)
        self.used_by.ruleAsked.connect(lambda: self.ruleAsked.emit(self._connector.name))
        self.test.changed.connect(self._show_test)
        self.fields.problemsShown.connect(partial(self.tabs.show_count, "settings"))
        self.fields.renameAsked.connect(self._actions["rename"].trigger)
        self.form.changed.connect(self._show_draft)
        self.form.failed.connect(self.banner.say)
        self.form.refused.connect(self._show_refusal)
        self.form.saved.connect(self.banner.hide)
        self._connector.changed.connect(self._refresh)
        self._connector.settingsChanged.connect(self._refresh)

    # What is shown

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._stack.setCurrentIndex(["settings", "users", "activity"].index(key))

    @Slot()
    def _enable(self) -> None:
        self.form.enable(self.header.enabled.isChecked())

    @Slot()
    def _refresh(self) -> None:
        self.header.refresh()
        self.tabs.show_count("users", len(self._connector.users))

    @Slot()
    def _note_filters(self) -> None:
        self.fields.set_note("subscribing", self.subscribed.note)

    @Slot()
    def _show_draft(self) -> None:
        self.header.enabled.setChecked(self.form.is_enabled)
        self.unsaved.setVisible(not self.is_dirty)
        if not self.form.is_dirty:
            self.banner.hide()

    @Slot()
    def _show_test(self) -> None:
        phase = self.test.phase
        self.test_button.setText(
            self.tr("Cancel the test") if phase == "running" else self.tr("Test connection")
        )
        self.verdict.setVisible(phase != "untried")
        status = "not_tried" if self.test.is_outdated else _STATUS.get(phase, "not_tried")
        self.verdict.set_state(status, self.test.verdict)
        if phase != "untried" and not self.test.is_outdated:
            QTimer.singleShot(0, self, self._bring_test)  # when the steps have been laid out

    @Slot()
    def _bring_test(self) -> None:
        """Have the step that failed in sight, or the test as far as it is."""
        area = self.fields if self._is_narrow else self.panel
        shown = self.panel.failing or (self.panel.card if self._is_narrow else None)
        if shown is not None:
            area.ensureWidgetVisible(shown, 0, _AROUND)

    @Slot()
    def _show_refusal(self) -> None:
        if text := self.form.other_problem():
            self.banner.say(text)
