"""What is wrong with a regular expression."""

from __future__ import annotations


class PatternError(Exception):
    """The pattern is not valid; the text says why."""
