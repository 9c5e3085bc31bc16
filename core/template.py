"""`${...}` templates in EMQX's two dialects: compiled once, rendered for every output of a rule.

"kafka" (keys, values, timestamps and headers of Kafka records): a name is everything up to the next
brace, JSON text on the way is decoded at any depth, what is missing is empty text.

"republish" (topics, republished messages): a name is letters, digits, dots and underscores, all
else stays as it is, `${$}` is a dollar sign, JSON text is decoded once, what is missing is
`undefined`.

Pure. A template sees the output of a rule only, never the event.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias, cast

from core.errors import TemplateError
from core.sql.access import get_key
from core.sql.json_text import decode_json
from core.sql.text import to_text
from core.sql.values import UNDEFINED, EvalError, Value, normalise

Engine: TypeAlias = Literal["kafka", "republish"]
Output: TypeAlias = dict[str, Value]
_Lookup: TypeAlias = Callable[[Output], Value]

_KAFKA: Final = re.compile(r"\$\{([^}]+)\}")
_REPUBLISH: Final = re.compile(r"\$\{(\$|[A-Za-z0-9._]*)\}")


def compile_template(text: str, engine: Engine = "kafka") -> Template:
    """Compile a template; every text is one.

    Args:
        text: The template.
        engine: Which dialect it is in.
    """
    parts: list[str | _Placeholder] = []
    end = 0
    for match in (_KAFKA if engine == "kafka" else _REPUBLISH).finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        path = match.group(1)
        is_dollar = path == "$" and engine == "republish"
        parts.append("$" if is_dollar else _Placeholder(path, engine))
    parts.append(text[end:])
    return Template(text, tuple(part for part in parts if part != ""), engine)


class _Placeholder:
    """One `${path}`.

    Attributes:
        path: As written, without the braces.
        keys: The parts of the path, none for the whole output.
        lookup: Finds the value in an output, UNDEFINED if there is none.
    """

    __slots__ = ("keys", "lookup", "path")

    def __init__(self, path: str, engine: Engine) -> None:
        self.path = path
        name = path.lstrip(".") if engine == "kafka" else path.removeprefix(".")
        self.keys = tuple(name.split(".")) if name else ()
        self.lookup = _compile_lookup(self.keys, engine)


def _compile_lookup(keys: tuple[str, ...], engine: Engine) -> _Lookup:
    if not keys:
        return lambda output: output
    if len(keys) == 1:
        only = keys[0]
        return lambda output: output.get(only, UNDEFINED)
    return _deep_lookup(keys) if engine == "kafka" else _shallow_lookup(keys)


def _deep_lookup(keys: tuple[str, ...]) -> _Lookup:
    first, *rest = keys

    def lookup(output: Output) -> Value:
        value = output.get(first, UNDEFINED)
        for key in rest:
            value = get_key(value, key)
        return value

    return lookup


def _shallow_lookup(keys: tuple[str, ...]) -> _Lookup:
    first, *rest = keys

    def lookup(output: Output) -> Value:
        value = output.get(first, UNDEFINED)
        may_decode = True
        for key in rest:
            if may_decode and type(value) is str:
                may_decode = False
                try:
                    value = decode_json(value)
                except EvalError:
                    return UNDEFINED
            if type(value) is not dict:
                return UNDEFINED
            value = cast("dict[str, Value]", value).get(key, UNDEFINED)
        return value

    return lookup


class Template:
    """A compiled template; immutable, any thread.

    Attributes:
        text: As it was written.
        placeholders: The paths as written, in order, with repetitions.
        roots: The first part of each path, the keys that an output should have; the whole output
            has none.
        is_constant: Whether it has no placeholder, so that it renders the same text always.
        single_placeholder: Whether it is one placeholder and nothing else.
    """

    __slots__ = (
        "_missing", "_parts", "is_constant", "placeholders", "roots", "single_placeholder", "text",
    )  # fmt: skip

    def __init__(self, text: str, parts: tuple[str | _Placeholder, ...], engine: Engine) -> None:
        found = [part for part in parts if isinstance(part, _Placeholder)]
        self.text = text
        self.placeholders = tuple(part.path for part in found)
        self.roots = tuple(part.keys[0] for part in found if part.keys)
        self.is_constant = not found
        self.single_placeholder = len(parts) == 1 == len(found)
        self._missing = "" if engine == "kafka" else "undefined"
        # Text stands as it is; a placeholder as its lookup.
        self._parts = tuple(part if isinstance(part, str) else part.lookup for part in parts)

    def render(self, output: Output, *, strict: bool = False) -> str:
        """Render the text for one output of a rule.

        Args:
            output: The selected fields.
            strict: Fail if a value is missing.

        Raises:
            TemplateError: A value has no text (a bit string, a float from 1e244 on), or is missing
                where that is not allowed.
        """
        texts: list[str] = []
        missing = self._missing
        for part in self._parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            value = part(output)
            if type(value) is str:
                texts.append(value)
            elif value is UNDEFINED:
                if strict:
                    raise self._missing_value(output)
                texts.append(missing)
            else:
                texts.append(self._text_of(value))
        return normalise("".join(texts))

    def render_value(self, output: Output) -> Value:
        """Return the value of the only placeholder as it is, UNDEFINED if it is missing.

        A template that is more than one placeholder gives its rendered text.

        Raises:
            TemplateError: As `render` does.
        """
        if self.single_placeholder:
            return cast("_Lookup", self._parts[0])(output)
        return self.render(output)

    def _text_of(self, value: Value) -> str:
        try:
            return to_text(value)
        except EvalError as exc:
            raise TemplateError(
                f"The template '{self.text}' cannot be rendered: {exc}.",
                hint="Select text for this field, for example with str(), round() or bin2hexstr().",
            ) from exc

    def _missing_value(self, output: Output) -> TemplateError:
        lookups = [part for part in self._parts if not isinstance(part, str)]
        absent = [
            path
            for path, lookup in zip(self.placeholders, lookups, strict=True)
            if lookup(output) is UNDEFINED
        ]
        return TemplateError(
            f"The template '{self.text}' cannot be rendered: the output of the rule has no value"
            f" for ${{{absent[0]}}}.",
            hint="Add the field to SELECT, or give it a default with coalesce().",
        )
