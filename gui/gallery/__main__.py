"""Show the gallery: python -m gui.gallery [--theme dark] [--picture FILE] [--page 2]."""

from __future__ import annotations

import argparse
import sys

from PySide6.QtWidgets import QApplication

from gui.gallery.page import PAGES, Gallery
from gui.theme import install


def main() -> int:
    """Show the page until it is closed, or write it to a picture."""
    parser = argparse.ArgumentParser(prog="python -m gui.gallery", description=__doc__)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--picture", help="write a picture of 1280x800 to this file and end")
    parser.add_argument("--page", type=int, choices=PAGES, default=1)
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    install(app).set_preference(options.theme)
    gallery = Gallery(PAGES[options.page])
    gallery.resize(1280, 800)
    if options.picture:
        gallery.ensurePolished()
        return 0 if gallery.grab().save(options.picture) else 1
    gallery.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
