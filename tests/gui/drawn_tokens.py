"""The design's table of tokens, once more: what every other test of colours and sizes rests on.

Those tests read `resources/tokens.toml` as the window does, so a slip there would pass them all.
Where the design itself changes, change the table in resources and this one together.
"""

from __future__ import annotations

from typing import Final

COLOURS: Final[dict[str, tuple[str, str]]] = {
    "surface0": ("#E9EBEF", "#15171B"),
    "surface1": ("#F5F6F8", "#1A1D22"),
    "surface2": ("#FFFFFF", "#202429"),
    "surface3": ("#FFFFFF", "#272B32"),
    "surface_alt": ("#F8F9FB", "#24282E"),
    "hover": ("#E4E7EC", "#262A31"),
    "hover_content": ("#F0F2F5", "#292E35"),
    "pressed": ("#D8DCE3", "#31363F"),
    "text1": ("#1B1F26", "#E6E8EC"),
    "text2": ("#464D5A", "#B6BCC7"),
    "text3": ("#5D6471", "#9AA1AE"),
    "text_disabled": ("#7E8490", "#737B88"),
    "border": ("#D9DDE3", "#2E333B"),
    "border_strong": ("#C2C8D1", "#434A55"),
    "border_control": ("#7E8592", "#737B88"),
    "accent": ("#1D63D1", "#3070DD"),
    "accent_hover": ("#1857BA", "#2A66CF"),
    "accent_pressed": ("#134A9F", "#245ABB"),
    "on_accent": ("#FFFFFF", "#FFFFFF"),
    "accent_text": ("#1659C0", "#82B1FF"),
    "accent_subtle": ("#E6EEFB", "#1C2A44"),
    "focus": ("#1D63D1", "#5B98FF"),
    "selection": ("#D6E4FA", "#223556"),
    "selection_idle": ("#E3E6EB", "#2D323A"),
    "text_selection": ("#BBD4F8", "#2B4A80"),
    "current_line": ("#F3F6FB", "#252A31"),
    "bracket": ("#DDE3EC", "#3A4250"),
    "find_match": ("#FFE9A8", "#5A4A12"),
    "ok": ("#16703A", "#63C987"),
    "ok_bg": ("#E3F4E9", "#17301F"),
    "warn": ("#8A5300", "#E9B255"),
    "warn_bg": ("#FDF1DA", "#382A10"),
    "bad": ("#B4261B", "#FF8D83"),
    "bad_bg": ("#FCE9E7", "#401F1D"),
    "info": ("#0B6A7D", "#62C4D6"),
    "info_bg": ("#E0F3F6", "#13313A"),
    "idle": ("#5D6471", "#9AA1AE"),
    "idle_bg": ("#EBEDF1", "#2A2F36"),
    "bad_fill": ("#BE2A1E", "#C93A2E"),
    "on_bad": ("#FFFFFF", "#FFFFFF"),
    "syntax.keyword": ("#7B2FA8", "#CFA2FA"),
    "syntax.function": ("#1558B8", "#86B6FF"),
    "syntax.string": ("#1C6E35", "#8AD2A0"),
    "syntax.number": ("#9A4A00", "#F0B071"),
    "syntax.comment": ("#5C6471", "#98A0AD"),
    "syntax.column": ("#1B1F26", "#E6E8EC"),
    "syntax.path": ("#0D6171", "#7FD3E0"),
    "syntax.operator": ("#464D5A", "#B6BCC7"),
    "syntax.gutter": ("#666D7A", "#8A929F"),
    "syntax.error": ("#C22A1F", "#FF6F64"),
    "syntax.warning": ("#B26A00", "#E0A030"),
    "chart.s1": ("#0072B2", "#4FA3E0"),
    "chart.s2": ("#BF7F00", "#E69F00"),
    "chart.s3": ("#008A64", "#2DB88C"),
    "chart.s4": ("#A83C00", "#F07A2B"),
    "chart.s5": ("#BC5F92", "#DB93BC"),
    "chart.s6": ("#2E8FC8", "#86CBF2"),
    "chart.s7": ("#5E5700", "#EDE25A"),
    "chart.s8": ("#4B515D", "#7F8795"),
    "chart.grid": ("#E7EAEE", "#2C3138"),
    "chart.axis": ("#5D6471", "#9AA1AE"),
    "chart.mark": ("#5D6471", "#9AA1AE"),
}
"""Light and dark."""

SIZES: Final[dict[str, int]] = {
    "space.xxs": 2,
    "space.xs": 4,
    "space.s": 8,
    "space.m": 12,
    "space.l": 16,
    "space.xl": 24,
    "space.xxl": 32,
    "space.form_gap": 16,
    "space.label_gap": 4,
    "space.page": 24,
    "space.panel": 12,
    "radius.s": 4,
    "radius.m": 6,
    "radius.l": 8,
    "line.hairline": 1,
    "line.focus": 2,
    "line.tab_underline": 2,
    "line.splitter": 1,
    "width.navigator": 240,
    "width.tail": 380,
    "width.side_strip": 36,
    "width.sheet": 468,
    "width.form_max": 680,
    "width.search": 280,
}

HEIGHTS: Final[dict[str, tuple[int, int]]] = {
    "height.control": (30, 26),
    "height.control_small": (26, 24),
    "height.row": (28, 24),
    "height.row_two_line": (44, 38),
    "height.tab": (34, 30),
    "height.dock_title": (32, 28),
    "height.toolbar": (44, 38),
    "height.menubar": (28, 26),
    "height.statusbar": (26, 24),
    "height.page_header": (52, 44),
}
"""Comfortable and compact."""

FACES: Final[dict[str, tuple[int, int, int]]] = {
    "caption": (11, 400, 14),
    "small": (12, 400, 16),
    "body": (13, 400, 18),
    "strong": (13, 600, 18),
    "title": (16, 600, 22),
    "display": (24, 600, 32),
    "code": (13, 400, 20),
    "code_small": (12, 400, 17),
}
"""Size, weight and line."""

STATES: Final[dict[str, tuple[str, str, str]]] = {
    "connected": ("disc", "ok", "Connected"),
    "running": ("play", "ok", "Running"),
    "connecting": ("ring-dashed", "warn", "Connecting"),
    "degraded": ("triangle", "warn", "Degraded"),
    "failed": ("cross", "bad", "Not connected"),
    "disabled": ("square", "idle", "Disabled"),
    "stopped": ("square-filled", "idle", "Stopped"),
    "passed": ("check", "ok", "Passed"),
    "no_result": ("dash", "idle", "No result"),
    "not_tried": ("ring", "idle", "Not tried"),
}
"""Shape, colour and word."""
