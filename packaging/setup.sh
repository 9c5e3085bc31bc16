#!/bin/sh
# Prepare .venv and the system's packages; safe to repeat, and quick when nothing changed.
# usage: packaging/setup.sh run|dev|bundle
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}

say() { printf '%s\n' "$*" >&2; }

# Packages of the purposes named that dpkg does not have.
missing_packages() {
    for wanted in "$@"; do
        sed -n "s/^$wanted //p" packaging/debian-packages.txt
    done | while read -r package; do
        # glib was renamed in newer releases (libglib2.0-0t64 provides it)
        dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null |
            grep -q 'ok installed' || printf '%s ' "$package"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    missing=$(missing_packages "$@")
    # A Java runtime or Maven that was not installed as a package will do.
    if java -version >/dev/null 2>&1; then missing=$(printf '%s' "$missing" | sed 's/default-jre-headless //'); fi
    if command -v mvn >/dev/null 2>&1; then missing=$(printf '%s' "$missing" | sed 's/maven //'); fi
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        say "Installing system packages: $missing"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >&2
        # shellcheck disable=SC2086
        apt-get install -y -qq --no-install-recommends $missing >&2
    else
        say "These system packages are missing. As an administrator, run:"
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
        say "Going on without them."
    fi
}

find_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    say "Sluicegate needs Python 3.11, 3.12 or 3.13, and none was found."
    say "Install one (Debian 12: apt-get install python3) or name it: make PYTHON=/path/to/python3.13 ..."
    return 1
}

case $purpose in
run) lock=requirements.lock; packages="qt" ;;
dev) lock=requirements-dev.lock; packages="qt test" ;;
bundle) lock=requirements-package.lock; packages="qt bundle" ;;
*) say "usage: packaging/setup.sh run|dev|bundle"; exit 2 ;;
esac

# shellcheck disable=SC2086
install_packages $packages

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_packages venv
        python=$(find_python)
    fi
    "$python" -m venv --clear .venv || {
        say "Python's venv support is missing. As an administrator, run:"
        say "  sudo apt-get install -y python3-venv"
        exit 1
    }
fi

# The other locks hold everything that requirements.lock does, in the same versions.
stamp=$(cat "$lock" pyproject.toml | cksum | tr ' ' '-')
if [ "$(cat ".venv/.$purpose" 2>/dev/null || true)" != "$stamp" ]; then
    say "Installing Python packages of $lock into .venv"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    printf '%s' "$stamp" >".venv/.$purpose"
fi
