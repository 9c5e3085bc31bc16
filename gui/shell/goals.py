"""What the palette can go to: pages, actions and topics of the workspace, and every command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from core.kafka.presets import PRESETS
from gui.shell.goal import Goal
from gui.theme import current
from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import State
from gui.viewmodels.navigator import MONITOR, OVERVIEW
from gui.viewmodels.tail_topics import TailTopic
from gui.viewmodels.unreadable import Unreadable, unreadable
from gui.viewmodels.words import per_second, plural

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_ICONS: Final = {
    "start": "play",
    "stop": "square",
    "apply": "upload",
    "test_rule": "flask-conical",
    "publish": "send",
    "overview": "workflow",
    "monitor": "activity",
    "save": "save",
    "revert": "undo-2",
    "undo": "undo-2",
    "duplicate": "copy",
    "delete": "trash-2",
    "rename": "pencil",
    "new_rule": "plus",
    "new_mqtt": "plus",
    "new_kafka": "plus",
    "new_connector": "plus",
    "new_simulator": "plus",
    "new": "file-plus",
    "open": "folder-open",
    "edit_file": "file-code",
    "demo": "circle-play",
    "navigator": "panel-left",
    "tail": "panel-right",
    "focus_tail": "scroll-text",
    "bottom": "panel-bottom",
    "format_sql": "align-left",
    "next_problem": "circle-arrow-down",
    "previous_problem": "circle-arrow-up",
    "theme_light": "sun",
    "theme_dark": "moon",
    "pause_feed": "pause",
    "pause_monitor": "pause",
    "mark_monitor": "pin",
    "export_monitor": "download",
    "reset_counters": "rotate-cw",
    "about": "info",
    "beside": "columns-2",
    "below": "rows-2",
    "close_tab": "x",
    "close_workspace": "x",
    "copy_diagnostics": "copy",
    "copy_json": "copy",
    "find": "search",
    "find_in_workspace": "search",
    "reference": "square-function",
    "settings": "settings",
    "brokers": "server",
    "diagnostics": "stethoscope",
    "tour": "book-open",
    "show_shortcuts": "keyboard",
    "theme_system": "palette",
}
"""The icons of commands; others have a chevron."""


def page_goals(window: MainWindow) -> list[Goal]:
    """List what the open workspace has, with its state and rate."""
    if window.session.loaded is None:
        return []
    parts = (_pages, _rules, _connectors, _simulators, _letters)
    return [goal for part in parts for goal in part(window)]


def _pages(window: MainWindow) -> list[Goal]:
    kinds, group = window.documents.kinds, window.tr("Pages")
    found = unreadable(window.live)
    broken = [] if found is None else [_broken(window, found, group)]
    return broken + [
        Goal(
            kinds[key].title(""),
            "",
            _to(window, key),
            "",
            kinds[key].icon,
            group=group,
            document=key,
        )
        for key in (OVERVIEW, MONITOR)
    ]


def _broken(window: MainWindow, found: Unreadable, group: str) -> Goal:
    """Say why there are no parts to go to, and lead to what is wrong."""
    return Goal(found.headline, "", _to(window, "problems"), "failed", group=group)


def _rules(window: MainWindow) -> list[Goal]:
    live, group = window.live, window.tr("Rules and actions")
    goals: list[Goal] = []
    for name in live.workspace.rules:
        state = live.rule_state(name)
        detail = window.tr("rule, {state}").format(state=state.word)
        rate = _rate(live.rate("rule.passed", name))
        goals.append(_document(window, f"rule:{name}", name, detail, state, group, rate))
    for name in live.workspace.actions.kafka:
        users = [r for r, rule in live.workspace.rules.items() if name in rule.actions]
        if users:
            state = live.action_state(action_facts(live.workspace, name))
            detail = window.tr("Kafka action of {rule}").format(rule=users[0])
            rate = _rate(live.rate("action.success", name))
            go = _to_action(window, f"rule:{users[0]}", f"action:{name}")
            goals.append(Goal(name, detail, go, state.status, group=group, rate=rate))
    return goals


def _connectors(window: MainWindow) -> list[Goal]:
    live, group = window.live, window.tr("Connectors")
    connectors = live.workspace.connectors
    words = dict.fromkeys(connectors.mqtt, "MQTT") | dict.fromkeys(connectors.kafka, "Kafka")
    goals: list[Goal] = []
    for name, word in words.items():
        state, rate = live.connector_state(name), _rate(live.rate("connector", name))
        detail = f"{word}, {state.word}"
        goals.append(_document(window, f"connector:{name}", name, detail, state, group, rate))
    return goals


def _simulators(window: MainWindow) -> list[Goal]:
    live, group = window.live, window.tr("Simulators")
    kind = window.documents.kinds["simulator"]
    goals: list[Goal] = []
    for name in live.workspace.simulators:
        state, rate = live.simulator_state(name), _rate(live.rate("simulator", name))
        detail = window.tr("simulator, {state}").format(state=state.word)
        key, title = f"simulator:{name}", kind.title(name)
        goals.append(_document(window, key, title, detail, state, group, rate))
    return goals


def _letters(window: MainWindow) -> list[Goal]:
    kind, group = window.documents.kinds["dead_letters"], window.tr("Dead letters")
    goals: list[Goal] = []
    for name in window.live.letters.actions:
        key = f"dead_letters:{name}"
        go, title, detail = _to(window, key), kind.title(name), window.tr("action")
        goals.append(Goal(title, detail, go, "", "mail-x", group=group, document=key))
    return goals


def topic_goals(window: MainWindow) -> list[Goal]:
    """List what rules listen to, and the topics that actions write to."""
    live, group = window.live, window.tr("Topics")
    goals: list[Goal] = []
    for source, topic in live.filters():
        rules, known = live.workspace.rules, live.facts  # of a new rule nothing is known yet
        readers = [n for n in rules if rules[n].enable and n in known and topic in known[n].topics]
        detail = window.tr("MQTT, read by {rules}").format(rules=", ".join(readers))
        rate = _rate(live.rate("filter", (source, topic)))
        go = _to(window, f"rule:{readers[0]}" if readers else f"connector:{source}")
        goals.append(Goal(topic, detail, go, "", "radio", group=group, rate=rate, kind="topic"))
    written = _topic_rates(window)
    for found in window.tail.tails.topics:
        detail = window.tr("Kafka, on {connector}").format(connector=found.connector)
        if count := live.partitions.count(found.connector, found.topic):
            detail = plural("Kafka, %n partition", "Kafka, %n partitions", count)
        go, rate = _to_topic(window, found), written.get((found.connector, found.topic), 0.0)
        goals.append(
            Goal(
                found.topic, detail, go, "", "database", group=group, rate=_rate(rate), kind="topic"
            )
        )
    return goals


def command_goals(window: MainWindow) -> list[Goal]:
    """List what can be done now, but for opening this list."""
    group, goals, also = window.tr("Commands"), list[Goal](), _other_words(window)
    window.edits.refresh()  # the menu does so, too: the keyboard may have gone elsewhere
    for entry in window.commands.entries(window.documents.shown_page):
        name = entry.action.objectName()
        if not name.startswith("goto"):
            icon = _ICONS.get(name, "chevron-right")
            go, keys = entry.action.trigger, entry.keys
            detail = _scheme_now(window) if name.startswith("theme_") else ""
            goal = Goal(entry.name, detail, go, "", icon, keys, group=group, kind="command")
            goals.append(replace(goal, also=also.get(name, "")))
    return goals + _presets(window, group)


def _other_words(window: MainWindow) -> dict[str, str]:
    """Give the words that are looked for where the name of a command has others."""
    return {
        "publish": window.tr("Focus publish"),
        "focus_tail": window.tr("Focus tail"),
        "zoom_in": window.tr("Zoom in"),
        "zoom_out": window.tr("Zoom out"),
        "zoom_reset": window.tr("Reset zoom, zoom 100 %"),
    }


def _presets(window: MainWindow, group: str) -> list[Goal]:
    """List the services that a Kafka connector can be started for."""
    objects = window.objects
    if not window.commands["new_kafka"].isEnabled():
        return []
    return [
        Goal(
            objects.preset_name(preset),
            "",
            partial(objects.new_from_preset, preset),
            "",
            _ICONS["new_kafka"],
            group=group,
            kind="command",
        )
        for preset in PRESETS
    ]


def _scheme_now(window: MainWindow) -> str:
    is_dark = current().scheme == "dark"
    return window.tr("Dark is on now") if is_dark else window.tr("Light is on now")


def _document(
    window: MainWindow, key: str, title: str, detail: str, state: State, group: str, rate: str
) -> Goal:
    go = _to(window, key)
    return Goal(title, detail, go, state.status, group=group, rate=rate, document=key)


def _to(window: MainWindow, key: str) -> Callable[[], object]:
    return lambda: window.go_to_document(key)


def _to_action(window: MainWindow, rule: str, key: str) -> Callable[[], object]:
    def go() -> None:
        window.go_to_document(rule)
        if window.rules.page is not None:
            window.rules.page.open_action(key)

    return go


def _to_topic(window: MainWindow, topic: TailTopic) -> Callable[[], object]:
    def go() -> None:
        window.tail.show()
        window.tail.open_topic(topic)
        window.tail.focus()

    return go


def _topic_rates(window: MainWindow) -> dict[tuple[str, str], float]:
    """Sum up what actions write, by connector and topic."""
    live = window.live
    rates: dict[tuple[str, str], float] = {}
    for name in live.workspace.actions.kafka:
        facts = action_facts(live.workspace, name)
        place = (facts.connector, facts.target)
        rates[place] = rates.get(place, 0.0) + live.rate("action.success", name)
    return rates


def _rate(value: float) -> str:
    return per_second(value) if value else ""
