from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String

from core.errors import Span, SqlSyntaxError
from core.sql.highlight import RuleSqlLexer
from core.sql.lexer import Kind, has_comments, scan, tokenize, unquote
from core.sql.source import MAX_STATEMENT_BYTES, Source

# No deadline: the machine may be busy.
UNHURRIED = settings(max_examples=100, deadline=None)
STATEMENT_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="'\"-\n/ aE1.,[]()=~<>!+*_$;;é温", max_size=60),
)


def kinds(text: str) -> list[str]:
    return [token.kind.value for token in scan(Source(text))]


def texts(text: str) -> list[str]:
    return [token.text for token in scan(Source(text))]


def refuse(text: str) -> SqlSyntaxError:
    with pytest.raises(SqlSyntaxError) as caught:
        list(tokenize(Source(text)))
    return caught.value


class TestLongestMatch:
    @pytest.mark.parametrize(
        ("text", "pieces"),
        [
            ("a=~b", ["a", "=~", "b"]),
            ("a~=b", ["a~", "=", "b"]),
            ("a ~=b", ["a", "~=", "b"]),
            ("a==b", ["a", "=", "=", "b"]),
            ("a<>b", ["a", "<>", "b"]),
            ("a<=-1", ["a", "<=", "-", "1"]),
            ("1..2", ["1", ".", ".", "2"]),
            ("[1..2]", ["[1..2]"]),
            ("[-1..+2]", ["[-1..+2]"]),
            ("[1 ..2]", ["[", "1", ".", ".", "2", "]"]),
            ("a.1.100", ["a", ".", "1.100"]),
            ("1e5", ["1", "e5"]),
            ("10e5", ["10e5"]),
            ("1.5e3x", ["1.5e3", "x"]),
            ("1.5e", ["1.5", "e"]),
            ("1f", ["1", "f"]),
            ("divider model div mod", ["divider", "model", "div", "mod"]),
            ("a$b@c~d_e", ["a$b@c~d_e"]),
        ],
    )
    def test_cuts_at_the_longest_token(self, text: str, pieces: list[str]) -> None:
        assert texts(text) == pieces

    def test_digits_alone_are_an_integer_and_with_a_point_a_float(self) -> None:
        assert kinds("7 42 007 1.5 12e3") == ["INT", "INT", "INT", "FLOAT", "FLOAT"]

    def test_keywords_match_in_any_case_and_div_only_in_lower_case(self) -> None:
        assert kinds("SeLeCt wHERE InCase ELSIF") == ["SELECT", "WHERE", "INCASE", "ELSIF"]
        assert kinds("div DIV Mod true True") == ["DIV", "NAME", "NAME", "BOOL", "NAME"]

    def test_words_of_other_sql_are_names(self) -> None:
        assert set(kinds("null like is between group order limit item undefined")) == {"NAME"}

    def test_a_quoted_star_is_told_from_other_names(self) -> None:
        assert kinds('"*" "a" "true"') == ["QUOTED_STAR", "QUOTED_NAME", "QUOTED_NAME"]


class TestQuotes:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("'it''s'", "it''s"),
            ("'a'''", "a"),
            ("''''", ""),
            ("''", ""),
            ("'''b'", "b"),
            ('"a b"', "a b"),
            ("'a\nb'", "a\nb"),
            (r"'a\nb'", r"a\nb"),
            ("'a\n/b'", "ab"),
        ],
    )
    def test_value_of_a_quoted_token(self, text: str, value: str) -> None:
        (token,) = scan(Source(text))
        assert unquote(token.text) == value

    def test_an_unclosed_quote_is_refused_where_it_begins(self) -> None:
        error = refuse("a = 'abc\nFROM t")
        assert error.span == Span(4, 8, 1, 5)
        assert error.expected == ("'",)

    def test_the_last_of_three_quotes_is_unclosed(self) -> None:
        assert texts("'a''") == ["'a'", "'"]


class TestComments:
    def test_a_comment_ends_with_its_line(self) -> None:
        assert texts("a -- b\n, c") == ["a", ",", "c"]

    def test_dashes_without_a_line_behind_are_two_minus_signs(self) -> None:
        assert texts("2--1") == ["2", "-", "-", "1"]
        assert texts("2--1\n") == ["2", "-", "-", "1"]

    def test_has_comments_sees_only_comments(self) -> None:
        assert has_comments("SELECT a -- b\nFROM t")
        assert not has_comments("SELECT '-- b\n' FROM t")


class TestPlaces:
    def test_spans_count_characters_and_lines_from_the_given_text(self) -> None:
        tokens = list(scan(Source("  a\n 'é温'\n b")))
        assert [token.span for token in tokens] == [
            Span(2, 3, 1, 3),
            Span(5, 9, 2, 2),
            Span(11, 12, 3, 2),
        ]

    def test_spans_skip_what_clean_up_removes(self) -> None:
        text = "\n a\n/b, 'x\n/y' c"
        tokens = list(scan(Source(text)))
        assert [token.text for token in tokens] == ["ab", ",", "'xy'", "c"]
        assert [text[token.span.start : token.span.end] for token in tokens] == [
            "a\n/b",
            ",",
            "'x\n/y'",
            "c",
        ]
        assert tokens[-1].span.line == 4

    @UNHURRIED
    @given(STATEMENT_TEXT)
    def test_tokens_lie_in_order_inside_the_text(self, text: str) -> None:
        at = 0
        for token in scan(Source(text), trivia=True):
            assert at <= token.span.start < token.span.end <= len(text)
            at = token.span.end


class TestLimits:
    @pytest.mark.parametrize("character", list(";`#{}%|&_:?\\!^\x00\x0c\xa0é温“"))
    def test_other_characters_are_refused_with_a_hint(self, character: str) -> None:
        error = refuse(f"a {character}")
        assert error.span == Span(2, 3, 1, 3)
        assert error.hint

    @pytest.mark.parametrize(
        ("text", "hint"),
        [("10e5", "10.0e5"), ("1.5f", "1.5"), ("12D", "12"), ("1.0e309", "1.8e308")],
    )
    def test_numbers_that_cannot_be_read_are_refused(self, text: str, hint: str) -> None:
        assert hint in refuse(text).hint

    def test_integers_have_a_digit_limit(self) -> None:
        assert len(list(tokenize(Source("9" * 4096)))) == 1
        assert "4,096" in refuse("9" * 4097).message
        assert "4,096" in refuse(f"[1..{'9' * 4097}]").message

    @pytest.mark.parametrize(
        ("opening", "depth"),
        [("(", 61), ("[", 61), ("case ", 61), ("- ", 61), ("not ", 61), ("not - (", 21)],
    )
    def test_nesting_has_a_limit(self, opening: str, depth: int) -> None:
        assert "60 levels" in refuse(opening * depth).message
        assert list(tokenize(Source(opening * (depth - 1))))

    def test_long_chains_are_not_nested(self) -> None:
        for text in ("-1 + " * 200, "not a = 1 and " * 200, "(1) * " * 200, "a[1]." * 200):
            assert list(tokenize(Source(text)))

    def test_size_and_encoding_are_checked(self) -> None:
        with pytest.raises(SqlSyntaxError, match="65,536"):
            Source("é" * (MAX_STATEMENT_BYTES // 2 + 1)).require_readable()
        with pytest.raises(SqlSyntaxError, match="no Unicode") as caught:
            Source("ab\udc80").require_readable()
        assert caught.value.span == Span(2, 3, 1, 3)
        with pytest.raises(SqlSyntaxError, match="empty"):
            Source(" \r\n ").require_readable()

    @pytest.mark.parametrize("text", ["-" * 65_000, "'" * 65_001, '"' * 65_001, "'a" * 32_000])
    def test_odd_texts_take_no_long_time(self, text: str) -> None:
        started = time.process_time()
        list(scan(Source(text)))
        assert time.process_time() - started < 5


class TestColours:
    def pieces(self, text: str) -> list[tuple[object, str]]:
        tokens = RuleSqlLexer().get_tokens_unprocessed(text)
        return [(kind, piece) for _, kind, piece in tokens if piece.strip()]

    def test_colours_follow_the_meaning(self) -> None:
        sql = (
            "SELECT *, payload.x[1] as y, upper('a') -- c\n, div(7, 2) div 2.5 FROM \"t/#\", t "
            "WHERE true and (\"q\") =~ 'x'"
        )
        assert self.pieces(sql)[:9] == [
            (Keyword, "SELECT"),
            (Keyword.Constant, "*"),
            (Punctuation, ","),
            (Name.Attribute, "payload"),
            (Punctuation, "."),
            (Name.Attribute, "x"),
            (Punctuation, "["),
            (Number.Integer, "1"),
            (Punctuation, "]"),
        ]
        found = self.pieces(sql)
        for expected in [
            (Name.Function, "upper"),
            (String.Single, "'a'"),
            (Comment.Single, "-- c\n"),
            (Name.Function, "div"),
            (Operator.Word, "div"),
            (Number.Float, "2.5"),
            (String.Symbol, '"t/#"'),
            (String.Symbol, "t"),
            (Keyword.Constant, "true"),
            (Operator.Word, "and"),
            (Name.Variable, '"q"'),
            (Operator, "=~"),
        ]:
            assert expected in found

    def test_half_typed_text_keeps_its_colours(self) -> None:
        assert self.pieces("SELECT a, 'x") == [
            (Keyword, "SELECT"),
            (Name, "a"),
            (Punctuation, ","),
            (Error, "'x"),
        ]

    @UNHURRIED
    @given(STATEMENT_TEXT)
    def test_coloured_pieces_are_the_whole_text(self, text: str) -> None:
        at = 0
        for start, _, piece in RuleSqlLexer().get_tokens_unprocessed(text):
            assert start == at
            at += len(piece)
        assert at == len(text)

    def test_every_kind_of_the_parser_is_coloured_as_itself(self) -> None:
        sql = "SELECT a + 1.5 as b FROM t WHERE c in ('x')"
        parsed = [token.text for token in tokenize(Source(sql))]
        assert [piece for _, piece in self.pieces(sql)] == parsed
        assert Kind.ERROR not in {token.kind for token in scan(Source(sql))}
