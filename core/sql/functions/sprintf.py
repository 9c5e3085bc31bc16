"""`sprintf`: text from a format with Erlang's `~` directives.

A directive is `~F.P.PadC`: width, precision, padding character, and the letter. Output is built as
bytes; a character from U+0080 to U+00FF becomes the byte of its code, as EMQX makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, cast

from core.sql.describe import describe
from core.sql.functions.args import list_arg, string_arg
from core.sql.functions.erlang_terms import write_term
from core.sql.functions.graphemes import clusters, latin1_bytes
from core.sql.functions.registry import Example, Function
from core.sql.limits import MAX_TEXT_BYTES, check_integer, check_text_size
from core.sql.text import constant_text
from core.sql.values import Atom, BitString, EvalError, Value, bytes_to_str, str_to_bytes

_FAMILY: Final = "Strings"
_DIRECTIVE: Final = re.compile(
    rb"~(?P<width>-?[0-9]+|-?\*)?(?:\.(?P<precision>[0-9]+|\*)?(?:\.(?P<pad>.))?)?"
    rb"(?P<modifiers>[tlkK]*)(?P<letter>.)?",
    re.DOTALL,
)
_DIGITS: Final = b"0123456789abcdefghijklmnopqrstuvwxyz"

# Digits of a float that Erlang's formats start from: 21 significant ones.
_SIGNIFICANT: Final = ".20e"
_EXACT: Final = Context(prec=2000, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class _Field:
    """How a directive lays out what it prints; None stands for what is not given."""

    letter: str
    unicode: bool
    width: int | None
    left: bool
    precision: int | None
    pad: bytes

    def adjust(self, text: bytes, width: int) -> bytes:
        """Fill a text that is not longer than the width."""
        filling = self.pad * (width - len(text))
        return text + filling if self.left else filling + text


def _sprintf(fmt: Value, *args: Value) -> Value:
    return _format("sprintf", string_arg("sprintf: the format", fmt), list(args))


def _sprintf_s(fmt: Value, args: Value) -> Value:
    text = string_arg("sprintf_s: the format", fmt)
    return _format("sprintf_s", text, list_arg("sprintf_s: the arguments", args))


def _format(name: str, fmt: str, args: list[Value]) -> str:
    rest = iter(args)
    data = str_to_bytes(fmt)
    parts: list[bytes] = []
    end = size = 0
    try:
        for match in _DIRECTIVE.finditer(data):
            parts += (data[end : match.start()], _print(match, rest))
            end = match.end()
            size += len(parts[-1]) + len(parts[-2])
            check_text_size(size, name)
    except StopIteration as exc:
        raise EvalError(f"{name}: the format has more directives than arguments") from exc
    except EvalError as exc:
        raise EvalError(f"{name}: {exc}") from exc
    if next(rest, _END) is not _END:
        raise EvalError(f"{name}: there are more arguments than the format has directives")
    parts.append(data[end:])
    check_text_size(size + len(data) - end, name)
    return bytes_to_str(b"".join(parts))


_END: Final = object()


def _print(match: re.Match[bytes], args: Iterator[Value]) -> bytes:
    field = _field(match, args)
    if field.letter == "~":
        return _repeated(b"~", field)
    if field.letter == "n":
        return b"\n" * (1 if field.width is None else field.width)
    value = next(args)
    match field.letter:
        case "s":
            return _print_string(value, field)
        case "p" | "w":
            return _laid_out(write_term(value, printable=field.letter == "p"), field)
        case "b" | "B":
            return _print_integer(value, field)
        case "f" | "e":
            return _print_float(value, field)
        case "c":
            return _print_character(value, field)
        case _:
            # `~i` skips its argument; `_field` lets no other letter through.
            return b""


def _field(match: re.Match[bytes], args: Iterator[Value]) -> _Field:
    letter = (match["letter"] or b"").decode("latin-1")
    if letter not in tuple("spwbBfecin~"):
        shown = match.group().decode("utf-8", "replace")
        raise EvalError(f"unknown directive '{shown}'; '~~' prints a tilde")
    width = _number(match["width"], args)
    left = width is not None and width < 0
    return _Field(
        letter=letter,
        unicode=b"t" in match["modifiers"],
        width=None if width is None else abs(width),
        left=left,
        precision=_number(match["precision"], args),
        pad=match["pad"] or b" ",
    )


def _number(written: bytes | None, args: Iterator[Value]) -> int | None:
    if not written:
        return None
    if written.endswith(b"*"):
        value = next(args)
        if type(value) is not int:
            raise EvalError(f"'*' takes an integer, not {describe(value)}")
        number = -value if written.startswith(b"-") else value
    else:
        number = int(written) if len(written) < 9 else MAX_TEXT_BYTES + 1
    check_text_size(abs(number), "the width or precision")
    return number


def _repeated(char: bytes, field: _Field) -> bytes:
    """Print a character as often as the precision says, or the width where there is none."""
    if field.precision is None:
        return char * (1 if field.width is None else field.width)
    if field.width is None:
        return char * field.precision
    if field.width < field.precision:
        raise EvalError(f"the precision of '~{field.letter}' is larger than its width")
    return field.adjust(char * field.precision, field.width)


def _laid_out(text: bytes, field: _Field) -> bytes:
    """Fill a number or a term up to the width; print asterisks for one that is too long."""
    width = field.precision if field.width is None else field.width
    if width is None:
        return text
    room = width if field.precision is None else min(width, field.precision)
    return field.adjust(text if len(text) <= room else b"*" * room, width)


def _fitted(text: bytes, field: _Field) -> bytes:
    """Fill a number up to the width; its precision has been used for its digits."""
    if field.width is None:
        return text
    return field.adjust(text if len(text) <= field.width else b"*" * field.width, field.width)


def _print_string(value: Value, field: _Field) -> bytes:
    units = _units_of(value, field)
    width, precision = field.width, field.precision
    if width is None and precision is None:
        return b"".join(units)
    if width is None:
        width, field = cast("int", precision), _left(field)
    elif precision is not None:
        if width < precision:
            raise EvalError("the precision of '~s' is larger than its width")
        units = units[:precision] + [field.pad] * (precision - len(units))
    units = units[:width]
    filling = [field.pad] * (width - len(units))
    return b"".join(units + filling if field.left else filling + units)


def _left(field: _Field) -> _Field:
    return _Field(field.letter, field.unicode, field.width, True, field.precision, field.pad)


def _units_of(value: Value, field: _Field) -> list[bytes]:
    """Split what `~s` prints into what counts as one position: bytes, or clusters for `~ts`."""
    if field.unicode:
        text = "".join(_characters(value))
        return [latin1_bytes("~ts", cluster) for cluster in clusters("~ts", text)]
    data = b"".join(_byte_parts(value))
    return [data[at : at + 1] for at in range(len(data))]


def _constant(value: Value) -> str | None:
    if isinstance(value, Atom):
        return value.name
    if isinstance(value, int | float | str | BitString | list | dict) and not isinstance(
        value, bool
    ):
        return None
    return constant_text(value)


def _byte_parts(value: Value, *, nested: bool = False) -> Iterator[bytes]:
    constant = None if nested else _constant(value)
    if constant is not None:
        yield latin1_bytes("~s", constant)
    elif type(value) is str:
        yield str_to_bytes(value)
    elif type(value) is list:
        for item in cast("list[Value]", value):
            if type(item) is int and 0 <= item <= 255:
                yield bytes([item])
            else:
                yield from _byte_parts(item, nested=True)
    else:
        raise EvalError(
            f"'~s' prints strings, constants and lists of bytes, not {describe(value)}; use '~p'"
        )


def _characters(value: Value, *, nested: bool = False) -> Iterator[str]:
    constant = None if nested else _constant(value)
    if constant is not None:
        yield constant
    elif type(value) is str:
        yield value
    elif type(value) is list:
        for item in cast("list[Value]", value):
            if type(item) is int and (0 <= item < 0xD800 or 0xDFFF < item <= 0x10FFFF):
                yield chr(item)
            else:
                yield from _characters(item, nested=True)
    else:
        raise EvalError(
            f"'~ts' prints strings, constants and lists of characters, not {describe(value)};"
            " use '~p'"
        )


def _print_integer(value: Value, field: _Field) -> bytes:
    if type(value) is not int:
        raise EvalError(f"'~{field.letter}' prints an integer, not {describe(value)}")
    base = 10 if field.precision is None else field.precision
    if not 2 <= base <= 36:
        raise EvalError(f"'~{field.letter}' prints in base 2 to 36, not {base}")
    text = _in_base(abs(check_integer(value)), base)
    if field.letter == "B":
        text = text.upper()
    return _fitted(b"-" + text if value < 0 else text, field)


def _in_base(number: int, base: int) -> bytes:
    if base == 10:
        return str(number).encode()
    digits = bytearray()
    while number:
        number, digit = divmod(number, base)
        digits.append(_DIGITS[digit])
    return bytes(reversed(digits)) or b"0"


def _print_float(value: Value, field: _Field) -> bytes:
    letter = field.letter
    if type(value) is not float:
        raise EvalError(f"'~{letter}' prints a float, not {describe(value)}; use float()")
    precision = 6 if field.precision is None else field.precision
    least = 1 if letter == "f" else 2
    if not least <= precision <= 1000:
        raise EvalError(f"the precision of '~{letter}' must be {least} to 1000, not {precision}")
    exact = Decimal(format(abs(value), _SIGNIFICANT))
    if letter == "f":
        text = f"{exact.quantize(Decimal(1).scaleb(-precision), context=_EXACT):f}"
    else:
        text = _scientific(exact, precision)
    return _fitted(("-" + text if value < 0 else text).encode(), field)


def _scientific(number: Decimal, digits: int) -> str:
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(number)
    exponent = rounded.adjusted() if rounded else 0
    mantissa = rounded.scaleb(-exponent)
    return f"{mantissa:.{digits - 1}f}e{exponent:+d}"


def _print_character(value: Value, field: _Field) -> bytes:
    if type(value) is not int or value < 0:
        raise EvalError(f"'~c' prints the character of a code, not {describe(value)}")
    if field.unicode and value > 255:
        raise EvalError("'~tc' prints characters up to U+00FF only")
    return _repeated(bytes([value % 256]), field)


TABLE: Final = (
    Function(
        "sprintf", _FAMILY, 1, None, _sprintf, "sprintf(fmt, args...)",
        "Text from a format: ~s text, ~p any value, ~b integer, ~.2f float, ~c character, ~n line"
        " end, ~~ tilde; ~4..0b fills with zeros.",
        "too few or too many arguments; an unknown directive; ~s of a number, ~f of an integer",
        Example("sprintf('~s: ~.1f (~3..0b)', 't1', 21.25, 7)", "t1: 21.3 (007)"),
    ),
    Function(
        "sprintf_s", _FAMILY, 2, 2, _sprintf_s, "sprintf_s(fmt, list)",
        "As sprintf, with the arguments in a list.",
        "as sprintf", Example("sprintf_s('~s=~p', ['a', 1])", "a=1"),
    ),
)  # fmt: skip
