"""The window. Knows `core`, is known by `main.py` alone."""
