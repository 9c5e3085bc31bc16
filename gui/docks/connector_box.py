"""The choice of a connector to send on, each with its state."""

from __future__ import annotations

from gui.viewmodels.publish import PublishViewModel
from gui.widgets.fields import ComboBox


class ConnectorBox(ComboBox):
    """Keeps a name that there is none of, and chooses none of the others in its place."""

    _gone = ""

    @property
    def name(self) -> str:
        """The connector that is chosen, or the one that there is none of; empty for neither."""
        return self.currentText() or self._gone

    def choose(self, name: str) -> None:
        """Choose a connector; one that there is none of is named in the field. Empty for any."""
        place = self.findText(name) if name else max(self.currentIndex(), 0)
        self._gone = name if place < 0 else ""
        if self.count():
            self.setPlaceholderText(self._gone)
        self.setCurrentIndex(place)

    def show_connectors(self, names: list[str], model: PublishViewModel) -> None:
        """List connectors with their states; the chosen one stays chosen."""
        if names != [self.itemText(place) for place in range(self.count())]:
            chosen = self.name
            self.clear()
            self.setPlaceholderText("")  # with one Qt would choose none of them
            self.addItems(names)
            self.choose(chosen)
        for place, name in enumerate(names):
            state = model.state_of(name)
            self.show_status(place, state.status, state.word)
        if not names:
            self.setPlaceholderText(model.no_connector)
        self.setToolTip(model.unreadable)
