"""Collect what `core` names at run time: commands, child modes, the grammar."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

hiddenimports = collect_submodules("core")
datas = collect_data_files("core", includes=["**/*.lark"]) + copy_metadata("sluicegate")
