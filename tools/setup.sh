#!/bin/sh
# Make .venv and install exactly what requirements/dev.txt pins, and pegmark itself, editable.
# Needs Python 3.11 or later and the Python package registry; nothing else.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "$python not found; install Python 3.11 or later, or name it: make setup PYTHON=…"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is $("$python" -V 2>&1); pegmark needs Python 3.11 or later, name one: make setup PYTHON=…"

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    # Debian ships the two apart from Python.
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        fail "$python cannot make virtual environments; install them first (Debian: sudo apt-get install python3-venv)"
    apt-get update -qq && apt-get install -qq -y python3-venv >/dev/null
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
uv="env VIRTUAL_ENV=$PWD/.venv .venv/bin/uv --quiet --no-progress"
$uv pip sync --require-hashes requirements/dev.txt
$uv pip install --no-deps --no-build-isolation --editable .
