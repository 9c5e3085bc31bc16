"""The rule language: text to compiled rule. Pure: no I/O, no clock but the one passed in."""
