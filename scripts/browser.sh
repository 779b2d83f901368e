#!/usr/bin/env bash
# Make sure that there is a Chromium: the one of the system, or one from its packages, or playwright's own.
set -euo pipefail
python=$1

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    if DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; then
        exit 0
    fi
fi
exec "$python" -m playwright install chromium
