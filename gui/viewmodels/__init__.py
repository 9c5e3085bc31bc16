"""State and commands of the views: QObjects that know `core` and no widget."""
