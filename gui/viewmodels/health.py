"""One sentence about the whole workspace: what is wrong first, and where to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.bridge.invariants import imbalances
from gui.viewmodels.facts import action_facts
from gui.viewmodels.live import Live, State
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import plural, state_word, tr

FAILED_MESSAGES: Final = "messages:outcome:failed"
"""The target of links that show failures: the feed, with this filter."""


@dataclass(frozen=True, slots=True)
class Health:
    """The sentence on top of the overview.

    Attributes:
        status: The shape in front of it, by the name of a state.
        text: The sentence.
        short: The same where there is little room; empty for none.
        link: What a link behind it says; empty for none.
        target: Where the link leads: a document's key, `start`, `restart`, `problems`, or
            `messages:` and a filter of the feed.
    """

    status: str
    text: str
    link: str = ""
    target: str = ""
    short: str = ""


def health(live: Live) -> Health:
    """Find the worst there is to say. Cheap: looks at names and counters."""
    return next(_findings(live))


def _findings(live: Live) -> Iterator[Health]:
    state = live.session.state
    errors = [problem for problem in live.session.problems if problem.severity == "error"]
    if unreadable(live) is not None:
        text = tr("The workspace file cannot be read.")
        yield Health("failed", text, tr("Show the problem"), "problems")
    if errors:
        text = plural(
            "The workspace file has %n error and cannot run.",
            "The workspace file has %n errors and cannot run.",
            len(errors),
        )
        yield Health("failed", text, tr("Show them"), "problems")
    if state == "died":
        text = tr("The engine stopped unexpectedly; nothing is moved.")
        yield Health("failed", text, tr("Restart"), "start")
    if (silence := live.silence) is not None:
        yield Health("failed", f"{silence.reason}.", tr("Restart"), "restart")
    if state == "stopped":
        if not live.workspace.rules:
            yield Health("stopped", tr("No rules yet: nothing would be moved."))
        yield Health("stopped", tr("Stopped: nothing is moved."), tr("Start"), "start")
    if state == "starting":
        yield from _connectors(live)
    if state in ("starting", "draining"):
        yield Health("connecting", live.session.busy or state_word(state) + ".")
    yield from _connectors(live)
    yield from _actions(live)
    yield from _rules(live)
    yield from _sums(live)
    text = tr("All connected. Every message is accounted for.")
    yield Health("passed", text, short=tr("All connected."))


def away(live: Live) -> list[str]:
    """List the connectors that are not connected and should be, those that failed first."""
    names = _connector_names(live, "mqtt", "kafka")
    states = {name: live.connector_state(name).status for name in names}
    return [
        name for wanted in ("failed", "disconnected") for name in names if states[name] == wanted
    ]


def away_words(names: list[str]) -> str:
    """Say which connectors are not connected, by the first and the number of the others."""
    if len(names) == 1:
        return tr("{name} is not connected").format(name=names[0])
    words = tr("{name} and {count} more are not connected")
    return words.format(name=names[0], count=len(names) - 1)


def _connector_names(live: Live, *kinds: str) -> list[str]:
    connectors, saved_name = live.at_work.workspace.connectors, live.at_work.saved_name
    return [saved_name("connector", name) for kind in kinds for name in getattr(connectors, kind)]


def _connectors(live: Live) -> Iterator[Health]:
    if names := away(live):
        yield _about_away(live, names)
    # A source is degraded, too, while it waits for the cluster that is: that is told of.
    for name in _connector_names(live, "kafka", "mqtt"):
        state = live.connector_state(name)
        if state.status == "degraded":
            short = tr("{name} is degraded").format(name=name)
            text = _with_reason(short, state)
            yield Health("degraded", text, tr("Show it"), f"connector:{name}", f"{short}.")
    for name in _connector_names(live, "mqtt", "kafka"):
        if live.connector_state(name).status == "connecting":
            yield Health("connecting", tr("Connecting to {name}.").format(name=name))


def _about_away(live: Live, names: list[str]) -> Health:
    state, words = live.connector_state(names[0]), away_words(names)
    if len(names) == 1:
        text, target = _with_reason(words, state), f"connector:{names[0]}"
        return Health(state.status, text, tr("Show it"), target, f"{words}.")
    text = f"{words}."
    if state.reason:
        text = f"{text} {_with_reason(names[0], state)}"
    return Health(state.status, text, tr("Show them"), "problems", f"{words}.")


def _actions(live: Live) -> Iterator[Health]:
    bad: list[tuple[str, State]] = []
    for name in live.workspace.actions.kafka:
        state = live.action_state(action_facts(live.workspace, name))
        if state.status in ("degraded", "failed", "disconnected"):
            bad.append((name, state))
    if bad:
        text = plural("%n action is degraded", "%n actions are degraded", len(bad))
        name, state = bad[0]
        short = f"{text}."
        text = _with_reason(text, State(state.status, state.reason.split(". ")[0]))
        if live.total("action.failed", name) + live.total("action.dropped", name):
            yield Health("degraded", text, tr("Show them"), FAILED_MESSAGES, short)
        yield Health("degraded", text, tr("Show it"), _rule_of(live, name), short)


def _rules(live: Live) -> Iterator[Health]:
    for name in live.workspace.rules:
        if live.rate("rule.exceptions", name):
            text = tr("Rule {name} fails on messages; its log lines say why.").format(name=name)
            yield Health("degraded", text, tr("Show it"), f"rule:{name}")


def _sums(live: Live) -> Iterator[Health]:
    snapshot = live.snapshot
    if snapshot is None:
        return
    if broken := imbalances(snapshot):
        text = tr("The counters do not add up: {what}.").format(what=broken[0])
        yield Health("degraded", text)
    for name, action in snapshot.actions.items():
        if lost := action.failed + action.dropped:
            text = plural(
                "%n record of {name} could not be delivered since the start.",
                "%n records of {name} could not be delivered since the start.",
                lost,
            )
            short = plural(
                "%n record of {name} not delivered.",
                "%n records of {name} not delivered.",
                lost,
            )
            text, short = text.format(name=name), short.format(name=name)
            yield Health("degraded", text, tr("Show them"), FAILED_MESSAGES, short)


def _rule_of(live: Live, action: str) -> str:
    """Find the first rule that calls an action: its page tells of the action, too."""
    rule = next(iter(live.users(action)), "")
    return f"rule:{rule}" if rule else "overview"


def _with_reason(text: str, state: State) -> str:
    """Put a state's reason behind a text, as one sentence."""
    reason = state.reason.strip().rstrip(".")
    return f"{text}: {reason}." if reason else f"{text}."
