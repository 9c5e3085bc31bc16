"""The docks around the pages, laid out from view models and widgets."""
