"""Every small widget in its states, on one page: python -m gui.gallery."""
