"""`${...}` templates in both dialects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TemplateError
from core.sql.values import UNDEFINED, Atom, BitString, Value
from core.template import Engine, compile_template

OUTPUT: dict[str, Value] = {
    "a": "1",
    "b": 1,
    "c": 1.0,
    "d": {"d1": "hi", "": 8},
    "l": [0, 1, 1000],
    "t": True,
    "n": None,
    "e": "",
    "empty": [],
    "hi": [72, 105],
    "f": 0.1 + 0.2,
    "big": 1e21,
    "": 5,
    "$": "dollar",
    "c-d": 2,
    "x y": 3,
    "中": "z",
    "u": UNDEFINED,
    "atom": Atom("normal"),
    "s": '{"k":"{\\"z\\":9}","m":{"q":1},"txt":"plain"}',
    "twice": '"{\\"k\\":1}"',
    "plain": "not json",
    "p": {"User-Property": {"k": "v"}, "'User-Property'": 4},
    "a[1]": "key",
}

KAFKA = [
    ("", ""),
    ("text", "text"),
    ("${a}", "1"),
    ("${.a}", "1"),
    ("${...a}", "1"),
    ("${a}${b}${a}", "111"),
    ("a:${a},b:${b},c:${c},d:${d}", 'a:1,b:1,c:1.0,d:{"d1":"hi","":8}'),
    ("d.d1:${d.d1}", "d.d1:hi"),
    ("${d.}", "8"),
    ("${中}/${c-d}/${x y}", "z/2/3"),
    ("t=${t} n=${n} e=[${e}]", "t=true n=null e=[]"),
    ("${l}", "[0,1,1000]"),
    ("[${empty}]", "[]"),
    ("${hi}", "Hi"),
    ("${f} ${big}", "0.3 1000000000000000000000.0"),
    ("id-${nope}-end", "id--end"),
    ("${u}|${atom}", "|normal"),
    ("${d.nope}${d.d1.x}${b.x}${n.x}", ""),
    ("${}", "${}"),
    ("${a", "${a"),
    ("$a {a} $${a} \\${t}", "$a {a} $1 \\true"),
    ("${$}", "dollar"),
    ("${l.1}${l[1]}${a[1]}", "key"),
    ("${p.'User-Property'} ${p.User-Property.k}", "4 v"),
    ("${s.k.z} ${s.m.q} ${s.txt} ${s.txt.x}", "9 1 plain "),
    ("${twice.k}", "1"),
    ("${plain.k}", ""),
    ("${a${b}", ""),
    ("${ a }", ""),
    ("温度:${a}", "温度:1"),
]

REPUBLISH = [
    ("", ""),
    ("${a}", "1"),
    ("${.a}", "1"),
    ("${..a}", "undefined"),
    ("${d.d1}/${.d.d1}", "hi/hi"),
    ("${d.}", "8"),
    ("${n} ${t} ${c} ${hi}", "null true 1.0 Hi"),
    ("a:${x},b:${d.zz},c:${b.c2}", "a:undefined,b:undefined,c:undefined"),
    ("${u} ${atom}", "undefined normal"),
    ("a:${a},b:${$}{b},lit:${$}{$}", "a:1,b:${b},lit:${$}"),
    ("$${a}", "$1"),
    ("a:$a,b:b},c:{c},d:${d", "a:$a,b:b},c:{c},d:${d"),
    ("${a-b}${l[1]}${ a }${$.a}${中}", "${a-b}${l[1]}${ a }${$.a}${中}"),
    ("${s.m.q} ${s.txt}", "1 plain"),
    ("${s.k.z} ${twice.k} ${plain.k}", "undefined undefined undefined"),
    ("${l.1}", "undefined"),
]


@pytest.mark.parametrize(("template", "text"), KAFKA)
def test_kafka(template: str, text: str) -> None:
    assert compile_template(template).render(OUTPUT) == text


@pytest.mark.parametrize(("template", "text"), REPUBLISH)
def test_republish(template: str, text: str) -> None:
    assert compile_template(template, engine="republish").render(OUTPUT) == text


@pytest.mark.parametrize(
    ("engine", "template"),
    [("kafka", "${.}"), ("kafka", "${..}"), ("republish", "${.}"), ("republish", "${}")],
)
def test_the_whole_output_is_compact_json(engine: Engine, template: str) -> None:
    output: dict[str, Value] = {"a": 1, "b": {"x": UNDEFINED, "y": 1000.0}}
    rendered = compile_template(template, engine).render(output)
    assert rendered == '{"b":{"y":1.0e3,"x":"undefined"},"a":1}'


def test_two_halves_of_a_character_become_one() -> None:
    output: dict[str, Value] = {"a": "\udcc3", "b": "\udca9"}
    assert compile_template("${a}${b}").render(output) == "é"


def test_a_strict_topic_fails_when_a_value_is_missing() -> None:
    template = compile_template("x/${a}/${d.nope}", engine="republish")
    with pytest.raises(TemplateError, match=r"no value for \$\{d\.nope\}") as caught:
        template.render(OUTPUT, strict=True)
    assert "coalesce" in caught.value.hint
    assert compile_template("x/${a}", engine="republish").render(OUTPUT, strict=True) == "x/1"
    with pytest.raises(TemplateError):
        compile_template("${u}", engine="republish").render(OUTPUT, strict=True)


@pytest.mark.parametrize("value", [1e300, BitString(1, 3), {"a": BitString(1, 3)}])
def test_a_value_without_text_fails_the_template(value: Value) -> None:
    with pytest.raises(TemplateError, match="cannot be rendered") as caught:
        compile_template("x ${v}").render({"v": value})
    assert caught.value.hint


def test_a_template_tells_what_it_reads() -> None:
    template = compile_template("${.a} ${b.c} ${.} ${b}")
    assert template.placeholders == (".a", "b.c", ".", "b")
    assert template.roots == ("a", "b", "b")
    assert not template.is_constant
    assert not template.single_placeholder
    assert template.text == "${.a} ${b.c} ${.} ${b}"


def test_text_without_placeholders_is_constant() -> None:
    for template in (
        compile_template(""),
        compile_template("a ${}"),
        compile_template("${$}{x}", engine="republish"),
    ):
        assert template.is_constant
        assert template.placeholders == template.roots == ()
        assert not template.single_placeholder


def test_a_single_placeholder_gives_its_value_as_it_is() -> None:
    template = compile_template("${d}")
    assert template.single_placeholder
    assert template.render_value(OUTPUT) == {"d1": "hi", "": 8}
    assert compile_template("${nope}").render_value(OUTPUT) is UNDEFINED
    assert compile_template("${n}").render_value(OUTPUT) is None
    assert compile_template("${s.m}").render_value(OUTPUT) == {"q": 1}
    assert compile_template("${.}").render_value(OUTPUT) == OUTPUT


def test_other_templates_give_their_text_as_value() -> None:
    assert compile_template("x-${b}").render_value(OUTPUT) == "x-1"
    assert compile_template("x").render_value(OUTPUT) == "x"


@given(st.text())
def test_any_text_is_a_template_of_both_engines(text: str) -> None:
    for engine in ("kafka", "republish"):
        template = compile_template(text, engine)
        assert isinstance(template.render({"a": 1}), str)
        if template.is_constant and "${$}" not in text:
            assert template.render({}) == text
