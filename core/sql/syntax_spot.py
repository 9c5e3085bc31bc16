"""The place where a statement stops making sense, with what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.sql.lexer import KEYWORDS, Kind, Token
from core.sql.source import Source

CLAUSES: Final = frozenset({Kind.SELECT, Kind.FOREACH, Kind.DO, Kind.INCASE, Kind.FROM, Kind.WHERE})
"""Keywords that begin a clause."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of an error with what is around it."""

    source: Source
    tokens: list[Token]
    place: int
    accepted: frozenset[str]

    @property
    def token(self) -> Token | None:
        """The token that cannot stand here; None at the end."""
        return self.at(0)

    def at(self, distance: int) -> Token | None:
        """The token so many places further on (or back, when negative)."""
        index = self.place + distance
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def kind(self, distance: int = 0) -> Kind | None:
        """The kind of the token at a distance."""
        token = self.at(distance)
        return token.kind if token else None

    def word(self, distance: int = 0) -> str:
        """The token at a distance in lower case if it is a plain name, else an empty text."""
        token = self.at(distance)
        return token.text.lower() if token and token.kind is Kind.NAME else ""

    def seen(self, *kinds: Kind) -> bool:
        """Tell whether one of these kinds occurs before the place."""
        return any(token.kind in kinds for token in self.tokens[: self.place])

    def touches(self, distance: int) -> bool:
        """Tell whether the token at a distance and the one before it have nothing in between."""
        first, second = self.at(distance - 1), self.at(distance)
        return bool(first and second and first.span.end == second.span.start)

    def clause(self) -> Kind | None:
        """The clause that the place is in, or WHEN when it is inside a CASE's condition."""
        depth = 0
        for token in reversed(self.tokens[: self.place]):
            match token.kind:
                case Kind.END:
                    depth += 1
                case Kind.CASE:
                    depth -= 1
                case Kind.WHEN | Kind.THEN | Kind.ELSE if depth == 0:
                    return Kind.WHEN if token.kind is Kind.WHEN else Kind.THEN
                case kind if kind in CLAUSES:
                    return kind
                case _:
                    pass
        return None

    def operand(self) -> list[Token]:
        """The tokens before the place back to the nearest comma or keyword."""
        found: list[Token] = []
        for token in reversed(self.tokens[: self.place]):
            if token.kind is Kind.COMMA or token.kind in KEYWORDS:
                break
            found.append(token)
        return found

    def opener(self) -> int | None:
        """The index of the innermost bracket that is open at the place."""
        depth = 0
        for index in range(self.place - 1, -1, -1):
            kind = self.tokens[index].kind
            if kind in {Kind.RPAR, Kind.RSQB}:
                depth += 1
            elif kind in {Kind.LPAR, Kind.LSQB}:
                if depth == 0:
                    return index
                depth -= 1
        return None


def shorten(text: str) -> str:
    """Bring a piece of a statement onto one line of at most 40 characters, for a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:39] + "…"
