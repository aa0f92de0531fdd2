#!/usr/bin/env bash
# The judges that come from PyPI, in a virtual environment in the cache folder. Prints the path of its python.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
venv=$cache/venv
digest=$(sha256sum scripts/oracles.txt | cut -d' ' -f1)
if [ ! -x "$venv/bin/python" ] || [ "$(cat "$venv/.damask-oracles" 2>/dev/null)" != "$digest" ]; then
    mkdir -p "$cache"
    # The system's own python: one from a version manager may lack ensurepip.
    python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    "$python" -m venv --clear "$venv" >&2
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/oracles.txt >&2
    echo "$digest" >"$venv/.damask-oracles"
fi
echo "$venv/bin/python"
