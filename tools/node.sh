#!/bin/sh
# Have what the package.json of a folder names: of tools/node, for the tests that drive an editor's language server or
# read schemas, or of the folder that is given. Installs Debian's Node.js where that needs no question.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-tools/node}
cd "$folder"
made=node_modules/.package-lock.json
if [ -f "$made" ] && ! [ package-lock.json -nt "$made" ]; then exit 0; fi
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -qq -y --no-install-recommends nodejs npm >/dev/null
fi
if command -v npm >/dev/null && npm ci --silent --ignore-scripts; then
    touch "$made"
else
    echo "node: what $folder/package.json names cannot be had, so what needs it is skipped;" \
        'to have it install Node.js 18 or later (Debian: sudo apt-get install nodejs npm)' >&2
fi
