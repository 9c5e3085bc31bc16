from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.workspace.compare import DiffLine, compare_tables, compare_texts

SQL = "SELECT *\nFROM \"t/#\"\nWHERE payload.hum != 'n/a'\n  AND float(payload.temp) > {limit}\n"


def test_a_changed_line_is_shown_with_the_one_before_and_its_changed_part():
    (option,) = compare_tables({"sql": SQL.format(limit=15)}, {"sql": SQL.format(limit=20)})

    assert option.path == ("sql",)
    assert option.lines == (
        DiffLine("same", "WHERE payload.hum != 'n/a'", 3),
        DiffLine("removed", "  AND float(payload.temp) > 15", 4, (28, 30)),
        DiffLine("added", "  AND float(payload.temp) > 20", 4, (28, 30)),
    )


def test_a_changed_option_is_shown_as_the_file_has_it():
    (option,) = compare_tables({"a": 1, "max": {"time": "0ms"}}, {"a": 1, "max": {"time": "5ms"}})

    assert [(line.sign, line.text, line.number) for line in option.lines] == [
        ("removed", 'max.time = "0ms"', None),
        ("added", 'max.time = "5ms"', None),
    ]
    assert {option.lines[0].text[slice(*line.mark)] for line in option.lines} == {'"0ms"'}


def test_added_and_removed_options_have_one_side():
    added, removed = compare_tables({"gone": True}, {"actions": ["a", "b"]})

    assert [line.text for line in added.lines] == ['actions = ["a", "b"]']
    assert [(line.sign, line.text) for line in removed.lines] == [("removed", "gone = true")]


def test_a_whole_new_table_is_all_added():
    found = compare_tables(None, {"sql": 'SELECT *\nFROM "t"', "enable": False})

    assert {line.sign for option in found for line in option.lines} == {"added"}
    assert [line.number for line in found[0].lines] == [1, 2]


def test_a_text_of_several_lines_is_compared_line_by_line_under_its_name():
    (option,) = compare_tables({"payload": "{\n  1\n}"}, {"payload": "{\n  2\n}"})

    assert [line.text for line in option.lines] == ["payload:", "{", "  1", "  2"]


def test_a_plain_secret_is_not_shown_and_a_reference_is():
    found = compare_tables({"ssl": {"password": "hunter2"}}, {"ssl": {"password": "env:PASS"}})

    texts = [line.text for option in found for line in option.lines]
    assert texts == ['ssl.password = "(hidden)"', 'ssl.password = "env:PASS"']


def test_far_differences_are_parted_by_a_gap():
    before = "\n".join("abcdefghij")
    lines = compare_texts(before, before.replace("b", "B").replace("i", "I"), lead=1, tail=1)

    assert [(line.sign, line.text) for line in lines] == [
        ("same", "a"),
        ("removed", "b"),
        ("added", "B"),
        ("same", "c"),
        ("gap", ""),
        ("same", "h"),
        ("removed", "i"),
        ("added", "I"),
        ("same", "j"),
    ]


def test_lines_without_anything_in_common_have_no_mark():
    lines = compare_texts("SELECT", "FROM")

    assert [line.mark for line in lines] == [(0, 0), (0, 0)]


@given(st.lists(st.sampled_from("abcd"), max_size=9), st.lists(st.sampled_from("abcd"), max_size=9))
def test_removed_and_added_lines_are_all_there(before: list[str], after: list[str]):
    lines = compare_texts("\n".join(before), "\n".join(after), lead=20, tail=20)

    if before == after:
        assert lines == ()
    else:
        old = [line.text for line in lines if line.sign in ("same", "removed")]
        new = [line.text for line in lines if line.sign in ("same", "added")]
        assert (old, new) == (before, after)
        for line in lines:
            side = before if line.sign == "removed" else after
            assert line.number is not None
            assert side[line.number - 1] == line.text
