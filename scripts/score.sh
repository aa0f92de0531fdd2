#!/usr/bin/env bash
# Figures of one area, from any folder of real files: AREA and CORPUS come from make.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
[ -n "${CORPUS:-}" ] || die "which folder of real files? make score AREA=${AREA:-ingest} CORPUS=DIR"
[ -d "$CORPUS" ] || die "CORPUS=$CORPUS is not a folder"
corpus=$(realpath "$CORPUS")
scripts/setup.sh test
scripts/web.sh
DAMASK_PYTHON=$(scripts/oracles.sh)
export DAMASK_PYTHON
# shellcheck disable=SC2086 # SCORE_FLAGS are words for xtask
exec cargo run --quiet --release --package xtask -- score --area "${AREA:-ingest}" --corpus "$corpus" ${SCORE_FLAGS:-}
