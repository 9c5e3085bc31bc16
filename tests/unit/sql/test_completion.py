"""What can be completed at a place of a half-typed statement."""

from __future__ import annotations

import pytest

from core.sql.completion import Call, call_at, path_key, place_at, place_of_column


@pytest.mark.parametrize(
    ("text", "wanted", "prefix", "keywords"),
    [
        ("", "word", "", ("SELECT", "FOREACH")),
        ("sel", "word", "sel", ("SELECT", "FOREACH")),
        ("SELECT ", "value", "", ("CASE",)),
        ("SELECT payl", "value", "payl", ("CASE",)),
        ("SELECT upper(to", "value", "to", ("CASE",)),
        ("SELECT payload ", "word", "", ("FROM", "AS", "div", "mod")),
        ("SELECT a as ", "word", "", ()),
        ("SELECT case ", "value", "", ("WHEN",)),
        ("SELECT payload.", "path", "", ()),
        ("SELECT payload.te", "path", "te", ()),
        ("SELECT * FROM ", "topic", "", ()),
        ('SELECT * FROM "pla', "topic", "pla", ()),
        ('SELECT * FROM "t", ', "topic", "", ()),
        ('SELECT * FROM "t" ', "word", "", ("WHERE",)),
        ('SELECT * FROM "t" WHERE ', "value", "", ("NOT",)),
        ('SELECT * FROM "t" WHERE a = 1 ', "word", "", ("AS", "AND", "OR", "div", "mod")),
        ("FOREACH payload.list ", "word", "", ("FROM", "AS", "DO", "INCASE", "div", "mod")),
    ],
)
def test_the_grammar_says_what_fits(
    text: str, wanted: str, prefix: str, keywords: tuple[str, ...]
) -> None:
    place = place_at(text, len(text))

    assert place is not None
    assert (place.wanted, place.prefix, place.keywords) == (wanted, prefix, keywords)
    assert text[place.start :].lstrip('"') == prefix


@pytest.mark.parametrize(
    "text",
    ["-- a comm", "SELECT 'text", "SELECT 12", "SELECT ) ", "SELECT 'a'", "SELECT # ", "SELECT `x"],
)
def test_nothing_is_offered_where_nothing_fits(text: str) -> None:
    assert place_at(text, len(text)) is None


def test_a_path_is_read_back_to_its_column_without_indexes() -> None:
    text = "SELECT payload.'a b'[1].list[-1]."

    place = place_at(text, len(text))

    assert place is not None
    assert place.path == ("payload", "a b", "list")


def test_topics_behind_the_cursor_and_aliases_before_it_are_known() -> None:
    text = "SELECT payload.t as temp,  FROM \"a/#\", 'b', c WHERE x = 'no'"

    place = place_at(text, text.index(" FROM"))

    assert place is not None
    assert place.aliases == ("temp",)
    assert place.topics == ("a/#", "b", "c")


def test_keys_are_quoted_where_the_language_wants_it() -> None:
    names = ["temp", "User-Property", "end", "mod", "1a", "naïve"]

    assert [path_key(name) for name in names] == [
        "temp",
        "'User-Property'",
        "'end'",
        "'mod'",
        "'1a'",
        "'naïve'",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT upper(", ("upper", 7, 0)),
        ("SELECT substr(payload.t, 2", ("substr", 7, 1)),
        ("SELECT substr(upper(a), ", ("substr", 7, 1)),
        ("SELECT substr(upper(a", ("upper", 14, 0)),
        ("SELECT nth(1, [2, 3", ("nth", 7, 1)),
        ("SELECT mod(7, ", ("mod", 7, 1)),
        ("SELECT upper(a)", None),
        ("SELECT (a + ", None),
        ('SELECT upper(a FROM "t" WHERE b', None),
        ("", None),
    ],
)
def test_the_call_around_a_place_is_found(text: str, found: tuple[str, int, int] | None) -> None:
    assert call_at(text, len(text)) == (None if found is None else Call(*found))


@pytest.mark.parametrize(
    ("sql", "start"),
    [
        ('SELECT clientid FROM "t"', 7),
        ('SELECT payload.id as clientid FROM "t" WHERE clientid = 1', 45),
        ('SELECT payload.clientid FROM "clientid"', None),
        ('SELECT payload.id as clientid FROM "t"', None),
    ],
)
def test_a_column_is_found_where_it_is_read(sql: str, start: int | None) -> None:
    span = place_of_column(sql, "clientid")

    assert (span.start if span is not None else None) == start
