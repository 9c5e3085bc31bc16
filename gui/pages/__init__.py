"""The pages in the centre, laid out from view models and widgets; no logic."""
