"""The command line: one module per command, each with `add_parser` and a handler.

A command reads arguments, calls the parts of `core` and prints. Results go to stdout, words for
people to stderr.
"""
