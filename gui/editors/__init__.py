"""Editors: the statement of a rule with its colours, problems and completion. Layout only."""
