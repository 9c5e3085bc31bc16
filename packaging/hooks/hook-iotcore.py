"""Collect the embedded MQTT broker: a Rust extension behind a package of wrappers."""

from PyInstaller.utils.hooks import collect_dynamic_libs, collect_submodules, copy_metadata

hiddenimports = collect_submodules("iotcore")
binaries = collect_dynamic_libs("iotcore")
datas = copy_metadata("iotcore")
