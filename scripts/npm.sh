#!/usr/bin/env bash
# `npm ci` in a folder, only when its lock file has changed since the last time.
# usage: npm.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../$1"
[ -f package-lock.json ] || { echo "damask: $1/package-lock.json is missing" >&2; exit 1; }
digest=$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)
stamp=node_modules/.damask-lock
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then exit 0; fi
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
echo "$digest" >"$stamp"
