"""Everything that works without a screen. Never imports Qt or `gui`."""
