"""The frame around the pages: commands, menus, toolbar, status bar, palette, documents, layout."""
