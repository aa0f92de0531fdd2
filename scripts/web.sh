#!/usr/bin/env bash
# Builds web/dist, which the server carries inside itself; does nothing when no source is newer than the last build.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -f web/package.json ]; then
    echo "damask: web/ is not there yet; the server will have no pages"
    mkdir -p web/dist
    exit 0
fi
scripts/npm.sh web
made=web/dist/index.html
if [ -f "$made" ] && [ -z "$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -newer "$made" -print -quit)" ]; then
    exit 0
fi
npm --prefix web run --silent build
# Vite keeps the time stamps of files it copies.
touch "$made"
