#!/bin/sh
# Have zsh and fish for the tests of completion. Installs Debian's where that needs no question.
set -eu
command -v zsh >/dev/null && command -v fish >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -qq -y --no-install-recommends zsh fish >/dev/null
else
    echo 'shells: zsh or fish is not found, so completion is not tested in it;' \
        'to test it install both (Debian: sudo apt-get install zsh fish)' >&2
fi
