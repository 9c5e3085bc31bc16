"""What users of comparable tools suffer from, and the tests that say it is not so here.

Each complaint names the tests that would fail; the few that nothing tested are tested here.
"""

from __future__ import annotations

import ast
import logging
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.log import Redactor
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.shell.commands import FULL_NAME, plain
from gui.shell.layout_store import LayoutStore
from gui.theme import Theme
from gui.viewmodels.kept_filters import KeptFilters
from gui.viewmodels.session import Session
from tests.helpers.kafka import Kafka
from tests.helpers.workspaces import write_workspace

from .conftest import Run

TESTS = Path(__file__).parents[1]
HERE = "gui/test_complaints.py"
CANARY = "canary-5b1f-never-written"

COMPLAINTS: dict[str, tuple[str, ...]] = {
    "a firehose freezes the window": (
        "gui/test_lateness.py::"
        "test_under_a_flood_every_key_arrives_and_every_counter_is_the_engines",
        "gui/test_ring.py::test_rows_that_come_too_fast_are_left_out_and_counted",
        "gui/test_ring.py::test_rows_are_shown_in_batches",
        "gui/test_ring.py::test_views_hear_of_new_rows_ten_times_a_second_at_most",
        "gui/test_ring.py::test_filtering_many_rows_is_done_in_slices",
        "gui/test_ring.py::test_a_turn_of_work_ends_after_four_milliseconds",
        "gui/test_tail.py::test_of_a_flood_some_records_are_shown_and_all_are_counted",
        "gui/feed/test_feed_page.py::test_the_page_says_of_how_many_messages_one_is_shown",
        "gui/test_tail_dock.py::test_records_are_followed_until_one_is_chosen",
        "gui/test_ring.py::test_rows_that_are_written_to_are_painted_anew_ten_times_a_second_at_most",
        "gui/test_ring.py::test_a_pause_leaves_a_gap_that_says_how_long_and_how_many",
        "gui/test_ring.py::test_a_list_keeps_64_mib_unless_it_is_told_another_limit",
        "gui/test_tails.py::test_tabs_keep_as_many_records_as_the_settings_say",
        "gui/test_engine_client.py::test_the_window_has_its_engine_in_a_process_of_its_own",
    ),
    "memory and history grow": (
        "gui/test_feeds.py::test_a_list_is_never_larger_than_its_bytes",
        "gui/test_ring.py::test_bytes_are_bounded_too",
        "gui/test_ring.py::test_rows_that_wait_are_bounded_by_their_bytes",
        "gui/test_tails.py::test_tabs_keep_as_many_records_as_the_settings_say",
        "gui/feed/test_feed_rows.py::test_rows_that_are_remembered_keep_to_their_bytes",
        "gui/feed/test_feed_rows.py::test_a_message_weighs_its_payload_and_old_ones_go_by_it",
        "gui/test_packed.py::test_a_message_and_the_ends_of_its_records_come_back_as_they_were",
        "gui/test_packed.py::test_a_record_comes_back_as_it_was",
        "gui/test_ring.py::test_a_list_keeps_64_mib_unless_it_is_told_another_limit",
        "gui/test_history.py::test_everything_is_kept_in_bounded_room",
        "gui/test_ring.py::test_clearing_starts_all_counts_over",
        "gui/test_message_commands.py::test_lists_are_cleared_while_bridge_and_brokers_are_gone",
    ),
    "rows move under the mouse": (
        "gui/test_tail_dock.py::test_records_are_followed_until_one_is_chosen",
        "gui/test_tail_dock.py::test_records_are_followed_until_the_user_scrolls_up",
        "gui/test_tail_dock.py::test_rows_hold_still_under_the_pointer",
        "gui/test_tail_dock.py::test_rows_keep_their_place_while_older_ones_go",
        "gui/test_ring.py::test_new_rows_are_counted_while_nobody_follows",
        "gui/feed/test_feed_rows.py::test_nothing_sorts_the_rows_anew",
        "gui/test_tail_dock.py::test_the_bar_over_the_rows_scrolls_them",
        "gui/test_ring.py::test_a_filter_holds_for_rows_that_are_there_and_for_those_to_come",
    ),
    "text that was typed is lost": (
        "gui/test_journal.py::test_a_killed_window_loses_nothing_that_is_a_second_old",
        "gui/test_journal.py::test_an_edit_waits_half_a_second_and_typing_on_does_not_put_it_off",
        "gui/test_journal.py::test_what_was_typed_is_there_after_the_next_start",
        "gui/test_journal.py::test_edits_come_on_top_of_what_the_file_has_become",
        "gui/test_journal.py::test_the_last_moment_before_an_orderly_end_is_kept_too",
        "gui/test_form_texts.py::test_what_was_typed_in_the_last_moment_is_written_at_the_end",
        "gui/test_form_texts.py::test_the_form_that_publishes_shows_what_it_held",
        "gui/test_form_texts.py::test_the_test_of_a_rule_shows_the_event_that_was_typed",
        "gui/test_form_texts.py::test_a_rule_takes_its_test_along_to_another_name",
        "gui/drafts/test_draft_other_hands.py::test_edits_move_onto_another_version_of_the_file",
        "gui/drafts/test_draft_other_hands.py::"
        "test_a_file_that_somebody_changed_is_not_overwritten",
        "gui/publish/test_publish_form.py::test_a_new_version_of_the_file_leaves_the_form_alone",
        "gui/publish/test_publish_page.py::test_what_was_typed_survives_the_other_kind",
        "gui/rule/test_rule_problems.py::"
        "test_edits_are_written_down_without_touching_cursor_scroll_or_undo",
    ),
    "payloads cannot be kept": (
        "gui/publish/test_publish_form.py::test_a_message_that_the_workspace_keeps_comes_first",
        "gui/test_saved_messages.py::test_what_the_form_holds_is_saved_under_a_name",
        "gui/test_saved_messages.py::test_a_record_is_saved_with_key_headers_and_partition",
        "gui/test_saved_messages.py::test_a_saved_message_opens_and_is_saved_over_itself",
        "gui/test_saved_messages.py::test_folders_stand_in_the_navigator_with_their_messages",
        "gui/test_saved_messages.py::test_a_message_is_moved_and_deleted_and_both_are_undone",
        "gui/test_saved_messages.py::test_send_folder_sends_what_is_no_text_too",
        "gui/publish/test_publish_checks.py::test_variables_are_filled_in_every_text_that_is_sent",
        "unit/lab/test_variables.py::test_variables_are_filled_and_other_braces_are_text",
        "unit/lab/test_variables.py::test_a_message_has_one_uuid_and_each_rand_is_drawn",
        "gui/publish/test_publish_messages.py::test_variables_are_filled_with_each_message",
        "gui/publish/test_publish_checks.py::test_a_message_is_checked_as_it_is_sent",
        "gui/test_message_sequence.py::test_messages_are_sent_in_order",
        "gui/test_message_sequence.py::test_it_is_stopped_in_a_gap",
        "gui/publish/test_publish_page.py::"
        "test_the_wait_for_a_silent_broker_is_stopped_and_the_next_message_is_sent",
    ),
    "filters are weak and not live": (
        "gui/test_row_filter.py::test_a_filter_lets_a_row_pass",
        "gui/test_row_filter.py::test_a_filter_holds_a_row_back",
        "gui/test_ring.py::test_a_filter_holds_for_rows_that_are_there_and_for_those_to_come",
        "gui/feed/test_feed_filter.py::test_the_filter_knows_topic_client_and_payload",
        "gui/feed/test_feed_filter.py::"
        "test_the_filter_holds_for_what_arrives_and_everything_is_counted",
        "gui/test_tail_dock.py::test_a_filter_is_kept_under_a_name_and_forgotten",
        f"{HERE}::test_a_filter_that_is_kept_is_at_hand_in_every_list_and_in_the_next_window",
        "gui/test_tails.py::test_filters_are_kept_over_sessions",
        "gui/test_tail_row.py::test_a_filter_knows_key_value_headers_and_place_of_a_record",
        "gui/feed/test_feed_filter.py::test_the_filter_knows_the_properties_of_mqtt_5",
        "gui/feed/test_feed_page.py::test_the_page_filters_pauses_copies_and_clears",
        "gui/bottom_dock/test_log_page.py::test_the_log_page_follows_filters_and_copies",
        "gui/test_letter_model.py::test_filter_and_reason_narrow_the_list",
        "gui/test_dead_letters.py::test_nothing_to_show_is_said",
        "gui/monitor/test_monitor_page.py::test_what_is_typed_into_the_filter_filters_the_trace",
        "gui/monitor/test_monitor_trace.py::test_the_trace_is_filtered",
    ),
    "nothing can be sent again": (
        "gui/test_message_commands.py::test_a_record_is_sent_again_with_all_its_bytes",
        "gui/test_message_commands.py::test_a_record_is_edited_in_the_form",
        "gui/test_message_commands.py::test_a_record_is_tried_on_the_rule_that_writes_its_topic",
        "gui/test_message_commands.py::test_a_message_is_shown_with_its_properties_and_sent_again",
        "gui/test_message_commands.py::test_a_received_record_is_saved_in_the_file",
        "gui/test_message_commands.py::test_a_received_message_is_saved_in_the_file",
        "gui/test_message_commands.py::test_a_message_is_edited_tried_and_leads_to_its_record",
        "gui/test_message_commands.py::"
        "test_the_menu_of_messages_is_about_the_row_that_was_chosen_last",
        "gui/feed/test_feed_rows.py::test_a_message_knows_its_whole_payload_or_that_it_does_not",
        "gui/test_tail_dock.py::test_records_stay_open_in_windows_of_their_own",
    ),
    "loading cannot be stopped and tells no progress": (
        "gui/test_tail.py::test_a_load_tells_how_far_it_is_and_where_its_end_was",
        "gui/test_tail.py::test_a_load_stops_where_the_list_is_full_and_goes_on_when_asked",
        "gui/test_tail.py::test_a_load_stops_when_the_user_wants_no_more",
        "gui/test_tail_dock.py::test_a_load_is_stopped_and_goes_on",
        "gui/test_load_strip.py::test_the_line_grows_with_what_is_loaded",
        "gui/test_letter_model.py::"
        "test_no_more_letters_are_sent_than_are_on_their_way_when_it_is_stopped",
        "gui/connector/test_connector_tried.py::test_a_running_test_is_given_up_at_once",
        "gui/publish/test_publish_page.py::"
        "test_the_wait_for_a_silent_broker_is_stopped_and_the_next_message_is_sent",
    ),
    "trouble of decoding is hidden or noisy": (
        "gui/test_tail_row.py::test_what_does_not_decode_is_marked_and_still_shown",
        "gui/test_tail_row.py::test_the_mark_of_what_does_not_decode_is_painted_on_its_row",
        "gui/test_tail_row.py::test_bytes_are_dumped_with_their_letters",
        "gui/test_tail_dock.py::test_the_whole_record_is_shown_below",
        "gui/test_message_commands.py::test_a_message_is_shown_with_its_properties_and_sent_again",
        "gui/test_tail_dock.py::test_values_are_shown_as_they_are_wanted",
        "gui/test_tails.py::test_tabs_are_remembered_with_how_they_are_read_and_shown",
    ),
    "the status lies": (
        "unit/bridge/test_writer.py::"
        "test_connection_that_confirms_nothing_is_degraded_until_an_outcome_comes",
        "gui/test_live.py::test_a_rule_is_as_bad_as_its_worst_part",
        "gui/test_live.py::test_a_rule_whose_messages_fail_is_degraded_while_all_is_connected",
        "gui/test_live.py::test_lost_records_are_not_called_accounted_for",
        "gui/test_live.py::test_a_connector_that_tries_again_is_away_until_it_is_back",
        "gui/test_live.py::"
        "test_an_engine_that_does_not_answer_is_called_neither_connected_nor_at_work",
        "unit/bridge/test_writer.py::"
        "test_a_connector_is_degraded_where_one_of_its_writers_hears_nothing",
        "unit/bridge/test_writer.py::"
        "test_a_source_is_degraded_while_what_it_waits_for_fills_its_window",
        "unit/bridge/test_writer_failures.py::test_passing_failure_is_tried_again_after_the_delay",
        "unit/bridge/test_writer_failures.py::test_permanent_failure_leaves_a_dead_letter_and_is_acknowledged",
        "unit/bridge/test_buffers.py::test_full_disk_is_said_and_survived",
        "unit/bridge/test_republisher.py::test_refused_message_has_failed_and_is_acknowledged",
        "integration/mqtt_faults/test_refused_sources.py::"
        "test_refused_filter_degrades_the_source_and_is_named",
        "integration/mqtt_faults/test_silent_brokers.py::"
        "test_a_broker_that_hangs_is_said_long_before_the_keep_alive_ends",
        "gui/test_brokers_pulled.py::"
        "test_brokers_that_go_and_come_back_are_said_and_nothing_is_lost",
    ),
    "errors cannot be understood": (
        "gui/monitor/test_monitor_trace.py::test_failures_are_explained_below_their_row",
        "gui/bottom_dock/test_problems.py::test_problems_of_the_file_have_line_advice_and_document",
        "gui/bottom_dock/test_problems.py::test_what_to_do_is_painted_below_the_problem",
        "gui/rule/test_rule_problems.py::test_a_problem_is_gone_to_and_solved_by_keys",
        "gui/connector/test_connector_tried.py::"
        "test_a_wrong_password_opens_the_failing_step_and_is_tested_before_it_is_saved",
        "gui/connector/test_connector_tried.py::"
        "test_what_the_system_said_of_a_failure_is_behind_its_details",
        "gui/publish/test_publish_messages.py::test_a_broker_that_is_away_is_said_with_what_to_do",
        "gui/test_tail.py::test_a_cluster_that_is_away_is_told_with_what_to_do",
    ),
    "records say undefined": (
        "gui/test_action_sheet.py::"
        "test_a_field_that_the_rule_does_not_select_is_said_and_can_be_added",
        "gui/test_action_sheet.py::test_what_can_be_added_is_a_column_or_what_was_meant_is_said",
        "gui/test_action_sheet_page.py::"
        "test_a_header_that_the_rule_lacks_is_marked_and_selected_by_its_link",
    ),
    "secrets are in files": (
        f"{HERE}::test_a_typed_secret_is_in_no_file_and_in_no_log",
        "gui/drafts/test_draft_secrets.py::test_a_typed_secret_goes_to_the_keychain_alone",
        "unit/test_log.py::test_secrets_are_masked_everywhere_in_a_record",
        "unit/workspace/test_compare.py::test_a_plain_secret_is_not_shown_and_a_reference_is",
        "gui/test_journal.py::test_typed_and_plain_secrets_are_not_written_down",
        "gui/test_tools_pages.py::test_diagnostics_tell_paths_on_their_page_and_none_in_the_report",
        "gui/test_form_texts.py::test_the_form_that_publishes_shows_what_it_held",
        "gui/test_form_texts.py::"
        "test_nothing_is_kept_that_is_a_secret_or_that_the_user_does_not_want",
    ),
    "subscriptions are gone after a reconnect": (
        "integration/mqtt_faults/test_lost_connections.py::"
        "test_broker_restart_is_survived_with_subscriptions_and_queue",
        "integration/mqtt_faults/test_lost_connections.py::"
        "test_messages_held_back_survive_the_loss_of_the_session",
        "gui/feed/test_feed_rows.py::test_a_lost_connection_leaves_a_line_with_its_gap",
    ),
    "MQTT 5 cannot be seen": (
        "gui/feed/test_feed_filter.py::test_the_filter_knows_the_properties_of_mqtt_5",
        "gui/rule/test_rule_messages.py::test_the_rule_sees_properties_and_flags_of_the_message",
        "gui/test_message_commands.py::test_a_message_is_shown_with_its_properties_and_sent_again",
        "gui/publish/test_publish_messages.py::"
        "test_a_message_reaches_mosquitto_with_its_properties",
    ),
    "colours cannot be read in one of the themes": (
        "gui/test_theme.py::test_every_pair_that_may_meet_is_readable",
        "gui/test_theme.py::test_the_table_is_the_designs",
        "gui/test_theme.py::test_sheet_uses_colours_of_the_table_only",
        "gui/test_theme.py::test_no_colour_is_written_into_the_window_itself",
        "gui/test_every_page.py::"
        "test_dark_colours_are_of_the_token_table_and_the_scenes_leave_nothing_out",
    ),
    "keys": (
        f"{HERE}::test_every_command_of_every_page_is_found_by_typing_its_name",
        f"{HERE}::test_no_keys_need_altgr_or_are_taken_twice",
        "gui/test_every_page.py::"
        "test_everything_has_a_name_and_room_is_reached_by_tab_and_keeps_to_the_tokens",
        "gui/test_audit.py::test_what_only_the_mouse_can_use_is_found",
        "gui/test_settings_page.py::test_keys_are_recorded_and_work_at_once",
        "gui/test_settings_page.py::test_keys_that_nobody_could_press_are_refused",
        "gui/test_settings_page.py::test_shared_keys_do_what_they_do_where_the_focus_is",
        "gui/test_window_keys.py::test_going_to_a_page_takes_the_keyboard_there",
        "gui/test_shortcuts.py::test_rivals_are_found_where_both_could_be_meant",
        "gui/test_shortcuts.py::test_keys_that_typing_or_alt_gr_needs_are_refused",
    ),
}
"""Complaint to the tests that hold it, below the folder of tests.

What comes later has no test yet: history on disk.
"""


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_each_complaint_has_tests_that_exist(complaint: str):
    assert COMPLAINTS[complaint]
    for node in COMPLAINTS[complaint]:
        path, _, name = node.partition("::")
        assert name in names_in(TESTS / path), node


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles(tmp_path / "recent"))
    made = MainWindow(session, theme)
    qtbot.addWidget(made)
    made.show()
    yield made
    run(session.close(), 30)
    session.deleteLater()


SIMULATOR = """
[simulators.sensors]
connector = "plant"
topic = "bench/1"
payload = "{}"
"""
DOCUMENTS = {
    "overview": "overview",
    "monitor": "monitor",
    "reference": "reference",
    "settings": "settings",
    "compare": "compare:drafts",
    "brokers": "brokers",
    "diagnostics": "diagnostics",
    "connector": "connector:plant",
    "rule": "rule:all",
    "dead_letters": "dead_letters:to_kafka",
    "simulator": "simulator:sensors",
}
"""Kind of document to one of it."""

NO_COMMANDS = ("Cut", "Paste", "Select all", "Command or page", "Go to anything", "Commands")
"""What every text field does by itself, and the palette itself."""


def commands_at_hand(window: MainWindow) -> dict[str, QAction]:
    """List by name what can be done now: every action, but what belongs to a row's own menu.

    A dock's own switch, and a page's button without keys, do what a command of their name does.
    """
    actions = [
        action
        for action in window.findChildren(QAction)
        if action.isEnabled() and action.isVisible() and not action.isSeparator()
        if action.text() and action.menu() is None
    ]
    of_window = [each for each in actions if each.parent() is window]
    of_pages = [
        each
        for each in actions
        if isinstance(host := each.parent(), QWidget)
        and host is not window
        and host.isVisible()
        and each.shortcuts()
        and not isinstance(host, QMenu | QAbstractItemView)
    ]
    return {
        str(each.property(FULL_NAME) or plain(each.text())): each
        for each in (*of_window, *of_pages)
        if not each.objectName().startswith(("tab_", "goto"))  # tabs are listed as pages
    }


def found_by_typing(window: MainWindow, name: str, qtbot: QtBot) -> bool:
    window.go_to_anything()
    palette = window.palette_window
    palette.field.clear()
    qtbot.keyClicks(palette.field, name)
    model = palette.model
    goals = [model.index(row, 0).data(model.GOAL) for row in range(model.rowCount())]
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    return any(goal is not None and goal.name == name for goal in goals)


def open_all_kinds(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Iterator[None]:
    """Open a document of each kind, one after the other."""
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    path.write_text(path.read_text("utf-8") + SIMULATOR, "utf-8")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    assert DOCUMENTS.keys() == window.documents.kinds.keys()
    for key in DOCUMENTS.values():
        window.open_document(key)
        assert window.documents.current == key
        yield


@pytest.mark.timeout(90)  # every command of every page is typed
def test_every_command_of_every_page_is_found_by_typing_its_name(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    looked_at: dict[str, bool] = {}
    for _ in open_all_kinds(window, qtbot, tmp_path):
        for name, action in commands_at_hand(window).items():
            is_fixed = window.shortcuts.is_fixed(action.objectName())
            if name not in looked_at and name not in NO_COMMANDS and not is_fixed:
                looked_at[name] = found_by_typing(window, name, qtbot)

    assert [name for name, is_found in looked_at.items() if not is_found] == []
    assert len(looked_at) > 50
    assert {"Suggest", "Format SQL", "Reset counters", "Start or stop the simulator"} <= set(
        looked_at
    )


def test_no_keys_need_altgr_or_are_taken_twice(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    for _ in open_all_kinds(window, qtbot, tmp_path):
        pass
    everywhere = list(window.commands.actions.values())
    keys = [
        (action, keys) for action in window.findChildren(QAction) for keys in action.shortcuts()
    ]
    needs_altgr = set("@[]{}\\|~#^`'\u20ac")
    for action, sequence in keys:
        combination = sequence[0]
        modifiers = combination.keyboardModifiers()
        is_altgr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        assert modifiers & is_altgr != is_altgr, action.text()
        bare = QKeySequence(combination.key()).toString()
        assert bare not in needs_altgr, action.text()

    written = [sequence.toString() for action, sequence in keys if action in everywhere]
    assert len(written) > 20
    assert sorted(written) == sorted(set(written))
    assert window.shortcuts.conflicts() == {}


def test_a_filter_that_is_kept_is_at_hand_in_every_list_and_in_the_next_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    kept: list[list[str]] = []
    window.filters.keep("hot", "payload.temp > 20")
    for field in (window.bottom_pages.feed.filter, window.tail.filter):
        field.setText("offset > 1")
        menu = QMenu(window)
        field.menuAsked.emit(menu)
        kept.append([action.text() for action in menu.actions() if action.isCheckable()])

    assert kept == [["hot"], ["hot"]]
    assert KeptFilters(LayoutStore()).filters == {"hot": "payload.temp > 20"}


@pytest.mark.broker
@pytest.mark.expect_warnings  # the broker refuses the secret
@pytest.mark.timeout(60)  # an engine is started, and drains
def test_a_typed_secret_is_in_no_file_and_in_no_log(
    window: MainWindow,
    qtbot: QtBot,
    kafka: Kafka,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    caplog.set_level(logging.DEBUG)
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka=kafka.address("SASL"), topic="a"
    )
    session, drafts, key = window.session, window.drafts, "connector:laptop"
    said: list[str] = []
    session.logLine.connect(said.append)
    session.failed.connect(lambda *words: said.extend(words))
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        session.open(path)
    drafts.set(key, ("authentication",), {"mechanism": "plain", "username": "alice"})
    drafts.set_secret(key, ("authentication", "password"), CANARY)
    handler, redactor = logging.NullHandler(), Redactor()
    handler.addFilter(redactor)
    logging.getLogger().addHandler(handler)
    with qtbot.waitSignal(drafts.saved, timeout=20_000):
        drafts.save(key)
    logging.getLogger().removeHandler(handler)
    assert CANARY not in redactor.mask(CANARY), "logs mask it from now on"
    session.start()
    state = window.live.connector_state
    qtbot.waitUntil(lambda: state("laptop").status == "failed", timeout=20_000)
    said += [state("laptop").reason, QGuiApplication.clipboard().text()]
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    window.close()

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert path in files
    assert [file for file in files if CANARY.encode() in file.read_bytes()] == []
    assert CANARY not in caplog.text
    assert CANARY not in "\n".join(said)
    for name in [name for name, value in os.environ.items() if value == CANARY]:
        del os.environ[name]  # without a keychain it has lived there
