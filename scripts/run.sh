#!/usr/bin/env bash
# From a clone to a server: installs what is missing, builds web and binary, serves DATA and prints the address.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
scripts/setup.sh run
say "web pages"
scripts/web.sh
say "damask"
cargo build --release --package damask --bin damask
target=${CARGO_TARGET_DIR:-target}
exec "$target/release/damask" serve --data "${DATA:-./data}"
