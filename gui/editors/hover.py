"""When the card of an editor opens: under the pointer, and at a problem that the keys went to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Signal, Slot
from PySide6.QtGui import QHelpEvent

from core.sql.lexer import Kind, scan
from core.sql.source import Source
from gui.editors.hover_card import HoverCard
from gui.editors.sql_editor import SqlEditor
from gui.viewmodels.completion import function_help
from gui.viewmodels.sql_document import EditorProblem


class Hover(QObject):
    """Shows the card and takes its fix; owned by its editor.

    Signals:
        turned: The card of a problem is shown, or no card any more.
        sourceAsked: A column's source is to say where it comes from: an `Unsupplied`.
    """

    turned = Signal(bool)
    sourceAsked = Signal(object)

    def __init__(self, editor: SqlEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._card: HoverCard | None = None
        editor.installEventFilter(self)
        editor.viewport().installEventFilter(self)
        editor.textChanged.connect(self.close)
        editor.verticalScrollBar().valueChanged.connect(self.close)
        editor.destroyed.connect(self._forget)

    @property
    def card(self) -> HoverCard:
        """The card; it is made for the window that the editor is in when it is first needed."""
        if self._card is None:
            self._card = HoverCard(self._editor.window())
            self._card.fixAsked.connect(self.fix_shown)
            self._card.helpAsked.connect(self.explain)
        return self._card

    @property
    def is_open(self) -> bool:
        """Whether the card is shown."""
        return self._card is not None and self._card.isVisible()

    def show_problem(self, problem: EditorProblem) -> None:
        """Show the card of a problem."""
        self.card.show_problem(problem, self._editor.place_in_window(problem.start))
        self.turned.emit(True)

    @Slot()
    def close(self) -> None:
        """Hide the card."""
        if self._card is not None and self._card.isVisible():
            self._card.hide()
            self.turned.emit(False)

    @Slot()
    def fix_shown(self) -> None:
        """Put the problem of the card right."""
        problem = self.card.problem
        self.close()
        if problem is not None:
            self.fix(problem)

    @Slot()
    def explain(self) -> None:
        """Show help: of what the fix of the shown problem would put there, or at the cursor."""
        problem = self.card.problem if self.is_open else None
        known = function_help(problem.fix.text) if problem and problem.fix else None
        if problem is not None and known is not None:
            self.card.show_help(known, self._editor.place_in_window(problem.start))
        else:
            self._show_of(self._editor.offset)

    def fix(self, problem: EditorProblem) -> None:
        """Put a problem right in one step of undo; not if the text is another one meanwhile.

        What the text cannot solve is solved where it can be: at the source.
        """
        editor = self._editor
        if problem.fix is None and problem.unsupplied is not None and problem.fix_label:
            self.sourceAsked.emit(problem.unsupplied)
        if problem.fix is not None and editor.statement.is_checked:
            editor.replace(problem.fix.start, problem.fix.end, problem.fix.text)
            editor.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open where the pointer rests; close by keys, clicks and with the focus gone."""
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_at(event.pos())
            return True
        if self.is_open and kind in (
            QEvent.Type.MouseButtonPress,
            QEvent.Type.FocusOut,
            QEvent.Type.Hide,
        ):
            self.close()
        return super().eventFilter(watched, event)

    def _show_at(self, point: QPoint) -> None:
        self._show_of(self._editor.offset_at(point))

    def _show_of(self, offset: int) -> None:
        """Show what there is to say of a place: its problem, or the help of its function."""
        editor = self._editor
        problem = editor.statement.problem_at(offset) if editor.statement.is_checked else None
        if problem is not None:
            self.show_problem(problem)
            return
        for token in scan(Source(editor.toPlainText())):
            if token.kind is Kind.NAME and token.span.start <= offset <= token.span.end:
                found = function_help(token.text)
                if found is not None:
                    self.card.show_help(found, editor.place_in_window(token.span.start))
                    return
        self.close()

    @Slot()
    def _forget(self) -> None:
        if self._card is not None:
            self._card.deleteLater()
