from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.workspace.environment import SandboxAddresses
from core.workspace.units import ByteSize, Duration, SecretRef


@given(st.integers(0, 10**12))
def test_durations_survive_being_written(ms: int):
    assert Duration.parse(str(Duration(ms))) == Duration(ms)


@given(st.integers(0, 10**15))
def test_sizes_survive_being_written(size: int):
    assert ByteSize.parse(str(ByteSize(size))) == ByteSize(size)


@pytest.mark.parametrize(
    ("text", "ms"),
    [("500ms", 500), ("5s", 5_000), ("2min", 120_000), ("2m", 120_000), ("1h", 3_600_000),
     ("1d", 86_400_000), ("1.5s", 1_500), (7, 7)],
)  # fmt: skip
def test_durations_as_emqx_spells_them(text: object, ms: int):
    assert Duration.parse(text).ms == ms


def test_a_bare_integer_is_in_the_unit_of_its_option():
    assert Duration.parse(5, bare_unit="s").ms == 5_000


@pytest.mark.parametrize("text", ["", "5", "5 parsecs", "-1s", -1, True, None, 1.5, "s"])
def test_other_durations_are_refused_with_the_accepted_form(text: object):
    with pytest.raises(ValueError, match="500ms"):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "size"), [("896KB", 917_504), ("1MB", 1 << 20), ("2gb", 2 << 30), ("7B", 7), (9, 9)]
)
def test_sizes_count_in_1024(text: object, size: int):
    assert ByteSize.parse(text).bytes == size


@pytest.mark.parametrize("text", ["", "5", "5TB", -1, True])
def test_other_sizes_are_refused_with_the_accepted_form(text: object):
    with pytest.raises(ValueError, match="896KB"):
        ByteSize.parse(text)


def test_secret_references_name_their_place():
    assert SecretRef.parse("env:A:B") == SecretRef("env", "A:B")
    assert str(SecretRef("secret", "x")) == "secret:x"


@pytest.mark.parametrize("text", ["hunter22", "env:", "vault:x", 5, None])
def test_anything_else_is_no_reference_and_is_not_repeated(text: object):
    with pytest.raises(ValueError, match="env:NAME") as caught:
        SecretRef.parse(text)
    assert "hunter22" not in str(caught.value)


def test_sandbox_addresses_are_read_as_they_are_written():
    addresses = SandboxAddresses.parse("mqtt=127.0.0.1:1,kafka=127.0.0.1:2")

    assert SandboxAddresses.parse(str(addresses)) == addresses


@pytest.mark.parametrize("text", ["", "mqtt=127.0.0.1:1", "mqtt=a:1,kafka=b", "a:1,b:2"])
def test_other_sandbox_addresses_are_refused(text: str):
    with pytest.raises(ConfigError, match="both brokers"):
        SandboxAddresses.parse(text)
