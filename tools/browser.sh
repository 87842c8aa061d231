#!/bin/sh
# Have a Chromium for the tests that drive a page. Installs Debian's where that needs no question.
set -eu
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null
else
    echo 'browser: no Chromium found, so the tests that drive a page are skipped;' \
        'to run them install one (Debian: sudo apt-get install chromium)' >&2
fi
