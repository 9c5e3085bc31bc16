"""Arithmetic and mathematics."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from core.sql.describe import describe
from core.sql.functions.args import integer_arg, number_arg
from core.sql.functions.context import EvalContext
from core.sql.functions.registry import Example, Function
from core.sql.operators import div, loose_equal, mod
from core.sql.values import EvalError, Value

_FAMILY: Final = "Mathematics"


def _abs(i: Value) -> Value:
    return abs(integer_arg("abs: the argument", i))


def _ceil(n: Value) -> Value:
    return math.ceil(number_arg("ceil: the argument", n))


def _floor(n: Value) -> Value:
    return math.floor(number_arg("floor: the argument", n))


def _round(n: Value) -> Value:
    number = number_arg("round: the argument", n)
    if isinstance(number, int):
        return number
    size = abs(number)
    whole = math.floor(size)
    if size - whole >= 0.5:
        whole += 1
    return -whole if number < 0 else whole


def _real(where: str, value: Value) -> float:
    number = number_arg(where, value)
    try:
        return float(number)
    except OverflowError as exc:
        raise EvalError(f"{where} is too large for a float") from exc


def _computed(name: str, compute: Callable[..., float], *args: Value) -> float:
    numbers = [_real(f"{name}: the argument", arg) for arg in args]
    shown = ", ".join(describe(arg) for arg in args)
    try:
        return compute(*numbers)
    except ValueError as exc:
        raise EvalError(f"{name}: not defined for {shown}") from exc
    except OverflowError as exc:
        raise EvalError(f"{name}: the result for {shown} is too large for a float") from exc


def _power(x: Value, y: Value) -> Value:
    return _computed("power", math.pow, x, y)


def _fmod(x: Value, y: Value) -> Value:
    return _computed("fmod", math.fmod, x, y)


def _random(context: EvalContext) -> Value:
    return context.rng.random()


def _real_function(
    name: str,
    compute: Callable[[float], float],
    summary: str,
    errors: str,
    example: tuple[str, float],
) -> Function:
    def call(n: Value) -> Value:
        return _computed(name, compute, n)

    argument, result = example
    return Function(
        name, _FAMILY, 1, 1, call, f"{name}(n)", summary, errors,
        Example(f"{name}({argument})", result),
    )  # fmt: skip


_ANY_NUMBER: Final = "the argument is not a number"

TABLE: Final = (
    Function(
        "div", _FAMILY, 2, 2, div, "div(a, b)",
        "Quotient of two integers, truncated toward zero.",
        "a or b is not an integer; b is 0", Example("div(-7, 2)", -3),
    ),
    Function(
        "mod", _FAMILY, 2, 2, mod, "mod(a, b)",
        "Remainder of two integers, with the sign of the first.",
        "a or b is not an integer; b is 0", Example("mod(-7, 4)", -3),
    ),
    Function(
        "eq", _FAMILY, 2, 2, loose_equal, "eq(a, b)",
        "Whether two values are equal: 1 equals 1.0, but no text equals a number or a constant.",
        "", Example("eq(1, 1.0)", True),
    ),
    Function(
        "abs", _FAMILY, 1, 1, _abs, "abs(i)", "Size of an integer without its sign.",
        "the argument is not an integer (also a float)", Example("abs(-12)", 12),
    ),
    Function(
        "ceil", _FAMILY, 1, 1, _ceil, "ceil(n)", "Smallest integer that is not below n.",
        _ANY_NUMBER, Example("ceil(1.2)", 2),
    ),
    Function(
        "floor", _FAMILY, 1, 1, _floor, "floor(n)", "Largest integer that is not above n.",
        _ANY_NUMBER, Example("floor(1.8)", 1),
    ),
    Function(
        "round", _FAMILY, 1, 1, _round, "round(n)",
        "Nearest integer; a half is rounded away from zero.",
        _ANY_NUMBER, Example("round(4.5)", 5),
    ),
    Function(
        "power", _FAMILY, 2, 2, _power, "power(x, y)", "x to the power of y, as a float.",
        "an argument is not a number; the result is no real number or too large",
        Example("power(2, 10)", 1024.0),
    ),
    Function(
        "fmod", _FAMILY, 2, 2, _fmod, "fmod(x, y)",
        "Remainder of two numbers as a float, with the sign of x.",
        "an argument is not a number; y is 0", Example("fmod(-6.5, 2)", -0.5),
    ),
    Function(
        "random", _FAMILY, 0, 0, _random, "random()",
        "A random float, at least 0 and below 1.", "", Example("random() < 1", True),
        needs="context",
    ),
    _real_function("sqrt", math.sqrt, "Square root.", "n is negative", ("2.25", 1.5)),
    _real_function("exp", math.exp, "e to the power of n.", "the result is too large", ("0", 1.0)),
    _real_function("log", math.log, "Natural logarithm.", "n is not above 0", ("1", 0.0)),
    _real_function("log10", math.log10, "Logarithm to base 10.", "n is not above 0", ("1000", 3.0)),
    _real_function("log2", math.log2, "Logarithm to base 2.", "n is not above 0", ("8", 3.0)),
    _real_function("sin", math.sin, "Sine of an angle in radians.", _ANY_NUMBER, ("0", 0.0)),
    _real_function("cos", math.cos, "Cosine of an angle in radians.", _ANY_NUMBER, ("0", 1.0)),
    _real_function("tan", math.tan, "Tangent of an angle in radians.", _ANY_NUMBER, ("0", 0.0)),
    _real_function("asin", math.asin, "Arc sine, in radians.", "n is not in -1..1", ("0", 0.0)),
    _real_function("acos", math.acos, "Arc cosine, in radians.", "n is not in -1..1", ("1", 0.0)),
    _real_function("atan", math.atan, "Arc tangent, in radians.", _ANY_NUMBER, ("0", 0.0)),
    _real_function("sinh", math.sinh, "Hyperbolic sine.", "the result is too large", ("0", 0.0)),
    _real_function("cosh", math.cosh, "Hyperbolic cosine.", "the result is too large", ("0", 1.0)),
    _real_function("tanh", math.tanh, "Hyperbolic tangent.", _ANY_NUMBER, ("0", 0.0)),
    _real_function("asinh", math.asinh, "Inverse hyperbolic sine.", _ANY_NUMBER, ("0", 0.0)),
    _real_function("acosh", math.acosh, "Inverse hyperbolic cosine.", "n is below 1", ("1", 0.0)),
    _real_function(
        "atanh", math.atanh, "Inverse hyperbolic tangent.", "n is not between -1 and 1", ("0", 0.0)
    ),
)  # fmt: skip
