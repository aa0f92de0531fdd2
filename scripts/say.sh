# Words every script shares. Sourced, never run.
# shellcheck shell=bash

cache=${XDG_CACHE_HOME:-$HOME/.cache}/damask

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'damask: %s\n' "$*" >&2
    exit 1
}
