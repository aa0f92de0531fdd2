#!/usr/bin/env bash
# Every file of a folder of real files through the real binary: one outcome each, found again, bit for bit.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${DAMASK_CORPUS:-}" ]; then
    echo "damask: no corpus: set DAMASK_CORPUS to a folder of real files (photographs, films, sound, documents) and run again" >&2
    exit 2
fi
[ -d "$DAMASK_CORPUS" ] || { echo "damask: DAMASK_CORPUS=$DAMASK_CORPUS is not a folder" >&2; exit 2; }
AREA=ingest CORPUS=$DAMASK_CORPUS SCORE_FLAGS="--rows 5,6,7 --strict" exec scripts/score.sh
