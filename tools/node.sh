#!/bin/sh
# Have what tools/node/package.json names, for the tests that drive an editor's language server or read schemas.
# Installs Debian's Node.js where that needs no question.
set -eu
cd "$(dirname "$0")/node"
made=node_modules/.package-lock.json
if [ -f "$made" ] && ! [ package-lock.json -nt "$made" ]; then exit 0; fi
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -qq -y --no-install-recommends nodejs npm >/dev/null
fi
if command -v npm >/dev/null && npm ci --silent --ignore-scripts; then
    touch "$made"
else
    echo 'node: what tools/node/package.json names cannot be had, so the tests that need it are skipped;' \
        'to run them install Node.js 18 or later (Debian: sudo apt-get install nodejs npm)' >&2
fi
