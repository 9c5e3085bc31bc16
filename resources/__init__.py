"""Data that ships with the program: demo workspace, event columns, schema."""
