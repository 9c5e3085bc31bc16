"""Collect the data that ships with the program."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("resources")
