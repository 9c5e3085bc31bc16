"""The functions of rule SQL, a module for each family, and one table of them all.

Pure: time, chance, stores and jq come through `context.EvalContext`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.sql.functions import (
    arithmetic,
    bits,
    conversion,
    dates,
    encoding,
    hashes,
    jq,
    lists,
    maps,
    message,
    nulls,
    regexes,
    splitting,
    sprintf,
    state,
    strings,
    types,
)
from core.sql.functions.context import EvalContext, JqRunner
from core.sql.functions.registry import Example, Function

__all__ = ["FUNCTIONS", "NOT_IN_THIS_BUILD", "EvalContext", "Example", "Function", "JqRunner"]

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        function.name: function
        for table in (
            message.TABLE,
            arithmetic.TABLE,
            bits.TABLE,
            types.TABLE,
            conversion.TABLE,
            nulls.TABLE,
            strings.TABLE,
            splitting.TABLE,
            sprintf.TABLE,
            regexes.TABLE,
            lists.TABLE,
            maps.TABLE,
            hashes.TABLE,
            encoding.TABLE,
            dates.TABLE,
            jq.TABLE,
            state.TABLE,
        )
        for function in table
    }
)

# Functions of EMQX that need its schema registry or an AI provider.
NOT_IN_THIS_BUILD: Final = frozenset(
    {
        "ai_completion",
        "avro_decode",
        "avro_encode",
        "schema_check",
        "schema_decode",
        "schema_decode_tagged",
        "schema_encode",
        "schema_encode_and_tag",
        "sparkplug_decode",
        "sparkplug_encode",
        "spb_decode",
        "spb_encode",
        "spb_zip_kvs",
    }
)
