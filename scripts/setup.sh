#!/usr/bin/env bash
# Installs what is missing from Debian. Quick when nothing is: one dpkg-query, no network.
# usage: setup.sh run|test      (run: what the server needs; test: also what judges it)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh

want=${1:-run}
packages=(build-essential pkg-config cmake nasm ffmpeg libvips-tools libimage-exiftool-perl libarchive-zip-perl poppler-utils)
if [ "$want" = test ]; then
    packages+=(b3sum chromium curl dpkg-dev file imagemagick mediainfo espeak-ng sox openssl python3-venv libjxl-tools fonts-dejavu-core strace)
    # Any PostgreSQL from 15 on will do; Debian 12 calls its own postgresql-15.
    if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then packages+=(postgresql); fi
fi

command -v cargo >/dev/null || die "cargo is missing: install Rust (https://rustup.rs or your distribution), then run this again"
command -v node >/dev/null && command -v npm >/dev/null ||
    die "node or npm is missing: install Node.js 20.19 or later, then run this again"
node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>20||(a===20&&b>=19)?0:1)' ||
    die "Node.js $(node --version) is too old: 20.19 or later is needed"

# On other systems the commands themselves are what counts.
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    missing=()
    for command in cc pkg-config cmake nasm ffmpeg vips exiftool pdftotext; do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    [ ${#missing[@]} -eq 0 ] || die "this is not Debian; please install these commands: ${missing[*]}"
    exit 0
fi

missing=()
installed=$(dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' 2>/dev/null | awk '$2 == "ii" { print $1 }')
for package in "${packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "as root, please run: apt-get install --no-install-recommends ${missing[*]}"
    root=(sudo)
fi
say "installing ${missing[*]}"
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
