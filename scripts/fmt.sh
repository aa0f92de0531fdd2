#!/usr/bin/env bash
# Formats Rust and web sources in place.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fmt --all
if [ -f web/package.json ]; then
    scripts/npm.sh web
    npm --prefix web run --silent format
fi
