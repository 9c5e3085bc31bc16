"""Small widgets: they know the theme and Qt, no view model and nothing of core but text lexers."""
