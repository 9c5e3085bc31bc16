"""What stands in a list without rows."""

from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.empty_list import EmptyList
from gui.widgets.filter_field import FilterField


def test_a_list_that_has_said_nothing_yet_offers_nothing(qtbot: QtBot, theme: Theme):
    empty = EmptyList("mail-x")
    qtbot.addWidget(empty)
    empty.show()

    assert not empty.button.isVisible()
    assert not empty.link.isVisible()
    empty.say("No function matches.", button="Clear filter")
    assert empty.button.isVisible()
    assert not empty.link.isVisible()


def test_what_may_be_typed_into_a_filter_is_whole_in_its_tooltip(qtbot: QtBot, theme: Theme):
    field = FilterField("Filter the records", has_menu=True)
    qtbot.addWidget(field)
    field.show_example("Filter: text, key:, payload.temp > 20")

    assert field.toolTip().splitlines() == [
        "Filter: text, key:, payload.temp > 20",
        "Down opens the filters that are kept",
    ]
