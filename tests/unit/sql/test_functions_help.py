"""Every function explains itself, and what it says is true."""

from __future__ import annotations

import pytest

from core.sql.event import Event
from core.sql.functions import FUNCTIONS, NOT_IN_THIS_BUILD, Function
from core.sql.operators import identical
from core.sql.rule import Passed, compile_rule
from tests.unit.sql.evaluating import context_at

# Runs in a process of its own; its example is part of the integration tests.
NEEDS_A_PROCESS = {"jq"}

# Functions of the language by family, written down apart from the table they are compared with.
EXPECTED = """
msgid qos clientid username topic payload clientip peerhost flags flag contains_topic
contains_topic_match
div mod eq abs ceil floor round sqrt exp log log10 log2 sin cos tan asin acos atan sinh cosh tanh
asinh acosh atanh power fmod random
bitnot bitand bitor bitxor bitsl bitsr bitsize bytesize subbits bin2hexstr hexstr2bin
sqlserver_bin2hexstr
is_null is_not_null is_null_var is_not_null_var is_str is_bool is_int is_float is_num is_map
is_array is_empty
str str_utf8 str_utf16_le int float float2str bool map
null coalesce coalesce_ne
lower upper trim ltrim rtrim reverse strlen substr concat split tokens sprintf sprintf_s pad replace
rm_prefix find ascii join_to_string join_to_sql_values_string unescape regex_match regex_replace
regex_extract
nth length sublist first last contains
map_new map_get map_put mget mput map_keys map_values map_to_entries map_size map_to_redis_hset_args
md5 sha sha256 hash base64_encode base64_decode json_encode json_decode term_encode term_decode gzip
gunzip zip unzip zip_compress zip_uncompress
now_timestamp now_rfc3339 unix_ts_to_rfc3339 rfc3339_to_unix_ts format_date date_to_unix_ts
timezone_to_offset_seconds timezone_to_second mongo_date
jq uuid_v4 uuid_v4_no_hyphen getenv kv_store_put kv_store_get kv_store_del proc_dict_put
proc_dict_get proc_dict_del
"""


def test_the_table_holds_exactly_the_functions_of_the_language() -> None:
    assert set(FUNCTIONS) == set(EXPECTED.split())


def test_functions_of_other_builds_are_not_in_the_table() -> None:
    assert not NOT_IN_THIS_BUILD & set(FUNCTIONS)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        FUNCTIONS["abs"] = FUNCTIONS["mod"]  # type: ignore[index]


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_every_function_has_help(function: Function) -> None:
    assert function.signature.startswith(f"{function.name}(")
    assert function.summary.endswith(".")
    assert function.family
    assert function.name in function.example.call
    assert function.max_args is None or function.min_args <= function.max_args


@pytest.mark.parametrize(
    "function",
    [function for function in FUNCTIONS.values() if function.name not in NEEDS_A_PROCESS],
    ids=lambda function: function.name,
)
def test_the_example_gives_what_it_says(function: Function) -> None:
    rule = compile_rule(function.example.statement)
    outcome = rule.evaluate(Event(dict(function.example.columns)), context_at())
    assert isinstance(outcome, Passed), outcome
    assert identical(outcome.outputs[0]["result"], function.example.result), outcome
