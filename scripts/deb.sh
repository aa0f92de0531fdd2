#!/usr/bin/env bash
# Builds the Debian package from the release binary, with dpkg-deb: target/deb/damask_VERSION_ARCHITECTURE.deb.
# usage: deb.sh          builds the binary and the package
#        deb.sh --try    builds a package of DAMASK_BINARY as it is (or of the debug binary), and looks into it
# DEBFULLNAME and DEBEMAIL name whoever makes the package, SOURCE_DATE_EPOCH its time (else the last commit's).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
command -v dpkg-deb >/dev/null || die "dpkg-deb is needed; this is not Debian"
command -v dpkg-shlibdeps >/dev/null || die "dpkg-shlibdeps is needed: apt-get install dpkg-dev"
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
if [ "${1:-}" = --try ]; then
    binary=${DAMASK_BINARY:-$target/debug/damask}
    # Quick rather than small.
    compression=(-Zgzip -z1)
else
    scripts/web.sh
    cargo build --locked --profile dist --package damask --bin damask
    binary=$target/dist/damask
    compression=(-Zxz)
fi
[ -x "$binary" ] || die "there is no $binary"
version=$(sed -n '/^\[workspace.package\]/,/^\[/ s/^version = "\(.*\)"/\1/p' Cargo.toml)-1
architecture=$(dpkg --print-architecture)
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH=$time
maintainer="${DEBFULLNAME:-The Damask contributors} <${DEBEMAIL:-damask@example.org}>"

out=$target/deb
root=$out/root
rm -rf "$out"
mkdir -p "$root/DEBIAN" "$root/etc/damask" "$root/usr/share/doc/damask" "$root/usr/share/man/man1"

put() { install -D -m "$1" "$2" "$root/$3"; }
put 755 "$binary" usr/bin/damask
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/damask"
put 644 packaging/damask.service usr/lib/systemd/system/damask.service
put 644 packaging/damask.sysusers usr/lib/sysusers.d/damask.conf
put 644 packaging/damask.toml etc/damask/damask.toml
put 644 packaging/damask.logrotate etc/logrotate.d/damask
put 644 docs/operate/configuration.md usr/share/doc/damask/configuration.md

documents=$root/usr/share/doc/damask
# In DEP-5 an empty line of a licence is a dot.
mit=$(sed -e 's/^$/./' -e 's/^/ /' LICENSE-MIT)
awk -v mit="$mit" '$0 == "@MIT@" { print mit; next } { print }' packaging/debian/copyright >"$documents/copyright"
cargo run --quiet --package xtask -- licences >"$documents/licences.txt"
gzip -9n <CHANGELOG.md >"$documents/changelog.gz"
printf 'damask (%s) unstable; urgency=medium\n\n  * Built from the sources of this version; see changelog.gz.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$(date -R -u -d "@$time")" | gzip -9n >"$documents/changelog.Debian.gz"
gzip -9n "$documents/licences.txt"

"$binary" manual "$out/manual"
for page in "$out"/manual/*.1; do gzip -9n <"$page" >"$root/usr/share/man/man1/$(basename "$page").gz"; done
put 644 "$out/manual/damask.bash" usr/share/bash-completion/completions/damask
put 644 "$out/manual/_damask" usr/share/zsh/vendor-completions/_damask
put 644 "$out/manual/damask.fish" usr/share/fish/vendor_completions.d/damask.fish

# dpkg-shlibdeps wants to stand beside a debian/control.
mkdir -p "$out/debian"
printf 'Source: damask\n\nPackage: damask\nArchitecture: any\n' >"$out/debian/control"
libraries=$(cd "$out" && dpkg-shlibdeps -O "root/usr/bin/damask" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$libraries" ] || die "which libraries $binary needs was not found out"
size=$(du -sk --apparent-size "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@MAINTAINER@/$maintainer/" \
    -e "s/@SIZE@/$size/" -e "s/@LIBRARIES@/$libraries/" packaging/debian/control >"$root/DEBIAN/control"
put 644 packaging/debian/conffiles DEBIAN/conffiles
for script in postinst prerm postrm; do put 755 "packaging/debian/$script" "DEBIAN/$script"; done
(cd "$root" && find etc usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -type d -exec chmod 755 {} +
find "$root" -exec touch -h -d "@$time" {} +

package=$out/damask_${version}_$architecture.deb
dpkg-deb --root-owner-group "${compression[@]}" --build "$root" "$package" >/dev/null
[ "${1:-}" != --try ] || scripts/deb-look.sh "$package"
say "$package"
