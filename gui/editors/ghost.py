"""What an empty statement shows: a start that Tab takes, and the topics that were seen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.editors.sql_editor import SqlEditor
from gui.theme import current
from gui.viewmodels.payload_fields import PayloadFields
from gui.widgets.chips import KeyCap
from gui.widgets.labels import Label
from gui.widgets.token_button import TokenButton

_MOST: Final = 3
_LINES: Final = 3
_LEFT: Final = 44
_HINT: Final = 24
_ABOVE: Final = 7
_GAP: Final = 6
_LONGEST: Final = 24


class Ghost(QWidget):
    """Lies over an empty editor below the ghost's lines; gone with the first letter.

    Attributes:
        hint: Says what Tab does; hidden where the editor is too low for it.
        seen: The topics to begin with; hidden where there are none, or no room for them.
    """

    def __init__(self, editor: SqlEditor, fields: PayloadFields) -> None:
        super().__init__(editor)
        self._editor, self._fields = editor, fields
        theme = current()
        self.hint = QWidget(self)
        row = QHBoxLayout(self.hint)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addStrut(_HINT)
        row.addWidget(KeyCap("Tab"))
        text = self.tr("takes this start, typing replaces it.")
        row.addWidget(Label(text, style="small", role="text2"))
        row.addStretch(1)
        self.seen = QWidget(self)
        column = QVBoxLayout(self.seen)
        column.setContentsMargins(0, theme.size("space.m"), 0, 0)
        column.setSpacing(_GAP)
        self._source = Label(self.tr("Topics seen"), style="small", weight=500, role="text2")
        column.addWidget(self._source)
        self.topics: list[TokenButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(_GAP)
        self._row.addStretch(1)
        column.addLayout(self._row)
        editor.installEventFilter(self)
        editor.textChanged.connect(self._refresh)
        fields.learned.connect(self._refresh)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place in the editor."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _refresh(self) -> None:
        is_empty = not self._editor.toPlainText()
        self.setVisible(is_empty)
        if not is_empty:
            return
        topics = self._fields.filters[:_MOST]
        if topics != [button.text() for button in self.topics]:
            self._show_topics(topics)
        topic = topics[0] if topics else "plant/#"
        self._editor.ghost = self._start(topic)
        self._name_source()
        self._editor.viewport().update()
        self._place()

    def _show_topics(self, topics: list[str]) -> None:
        for button in self.topics:
            self._row.removeWidget(button)
            button.deleteLater()
        self.topics = []
        before: QWidget = self._editor
        for place, topic in enumerate(topics):
            button = TokenButton(topic, self.tr("Begin with {topic}").format(topic=topic))
            button.clicked.connect(self._begin)
            self._row.insertWidget(place, button)
            self.topics.append(button)
            self.setTabOrder(before, button)
            before = button

    @Slot()
    def _begin(self) -> None:
        button = self.sender()
        if isinstance(button, TokenButton):
            self._editor.replace_all(self._start(button.text()))
            self._editor.setFocus()

    def _start(self, topic: str) -> str:
        """Write a statement on a topic, with a field of its payloads where they are known."""
        found = self._fields.fields((topic,))
        names = [field.name for field in found if field.name.isidentifier()]
        name = next((name for name in names if len(name) <= _LONGEST), "")
        what = f"payload.{name} as {name}" if name else "payload"
        return f'SELECT\n  clientid, {what}\nFROM "{topic}"'

    def _name_source(self) -> None:
        source = self._fields.source
        text = self.tr("Topics seen on {connector}").format(connector=source)
        self._source.setText(text if source else self.tr("Topics seen"))

    def _place(self) -> None:
        """Lie below the ghost's lines, as high as the rows that fit there whole."""
        margin = current().size("space.s")
        line = self._editor.rect_of(0).height()
        top = _ABOVE + _LINES * line + margin + 1
        width = max(self._editor.width() - _LEFT - margin, 0)
        room = self._editor.height() - top
        bottom = 0
        for part, is_wanted in ((self.hint, True), (self.seen, bool(self.topics))):
            height = part.sizeHint().height()
            above = bottom + _GAP if bottom else 0
            fits = is_wanted and above + height <= room
            part.setVisible(fits)
            if fits:
                part.setGeometry(0, above, width, height)
                bottom = above + height
        self.setGeometry(_LEFT, top, width, bottom)
