"""What this program is, and under which licences its parts come."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtWidgets import QMessageBox, QWidget

from core.cli.app import app_version


def show_about(parent: QWidget) -> QMessageBox:
    """Open the sheet; it does not block the window."""
    sheet = QMessageBox(parent)
    sheet.setWindowTitle(sheet.tr("About Sluicegate"))
    sheet.setIconPixmap(parent.windowIcon().pixmap(48, 48))
    sheet.setText(sheet.tr("Sluicegate {version}").format(version=app_version()))
    sheet.setInformativeText(
        sheet.tr(
            "Takes MQTT messages, picks and shapes them with SQL, and writes them to Kafka.\n\n"
            "Apache License 2.0. Inter and JetBrains Mono: SIL Open Font License 1.1. "
            "Lucide icons: ISC. Qt for Python: LGPL 3."
        )
        + f"\n\nPython {platform.python_version()}, Qt {PySide6.__version__}"
    )
    sheet.setModal(False)
    sheet.open()
    return sheet
