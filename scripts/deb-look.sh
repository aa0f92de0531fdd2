#!/usr/bin/env bash
# Looks into a package of Damask: what it holds, whether systemd understands the unit and how exposed it leaves the
# service, whether the decoders' walls have room in it, what lintian says where it is installed.
# usage: deb-look.sh PACKAGE
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/say.sh
. scripts/say.sh
package=$(realpath "$1")
folder=$(mktemp -d /tmp/damask-deb.XXXXXX)
trap 'rm -rf "$folder"' EXIT
dpkg-deb -x "$package" "$folder/root"

for file in usr/bin/damask etc/damask/damask.toml etc/logrotate.d/damask usr/lib/systemd/system/damask.service \
    usr/lib/sysusers.d/damask.conf usr/share/man/man1/damask.1.gz usr/share/doc/damask/copyright \
    usr/share/doc/damask/changelog.Debian.gz usr/share/doc/damask/licences.txt.gz \
    usr/share/bash-completion/completions/damask; do
    [ -s "$folder/root/$file" ] || die "the package has no $file"
done
for program in libimage-exiftool-perl ffmpeg libvips-tools poppler-utils; do
    dpkg-deb -f "$package" Depends | grep -q "$program" || die "the package does not depend on $program"
done
[ "$(dpkg-deb -f "$package" Depends | grep -c libc6)" = 1 ] || die "the package names no libc"
dpkg-deb --ctrl-tarfile "$package" | tar -xO ./conffiles | grep -qx /etc/damask/damask.toml || die "the settings are no conffile"
for script in postinst prerm postrm; do
    dpkg-deb --ctrl-tarfile "$package" | tar -xO "./$script" | sh -n || die "$script is no script"
done
# Nobody's only copy ends by a package command.
! dpkg-deb --ctrl-tarfile "$package" | tar -xO ./postrm | grep -Eq 'rm .*/var/lib' || die "purging takes the library away"
"$folder/root/usr/bin/damask" --version >/dev/null
# The settings of the package are settings of the binary. There is no library yet, and that is what it says.
said=$("$folder/root/usr/bin/damask" --config "$folder/root/etc/damask/damask.toml" --data "$folder/none" status 2>&1 || true)
grep -q 'there is no library in' <<<"$said" || die "the package's settings are not read: $said"

unit=$folder/root/usr/lib/systemd/system/damask.service
for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp; do
    grep -q "^SystemCallFilter=.*\b$call\b" "$unit" || die "the unit takes $call from the decoders"
done
if command -v systemd-analyze >/dev/null; then
    # It looks for the program where the unit says it is.
    sed "s#^ExecStart=/usr/bin/damask#ExecStart=$folder/root/usr/bin/damask#" "$unit" >"$folder/damask.service"
    wrong=$(systemd-analyze verify --man=no "$folder/damask.service" 2>&1 | grep -F damask.service || true)
    [ -z "$wrong" ] || die "systemd does not take the unit: $wrong"
    exposure=$(systemd-analyze security --offline=true --no-pager "$folder/damask.service" | tail -n 1)
    echo "  $exposure"
    level=$(sed 's/.*: \([0-9]*\)\.\([0-9]\).*/\1\2/' <<<"$exposure")
    [ "$level" -le 25 ] || die "the unit leaves the service more exposed than 2.5"
else
    echo "  systemd-analyze is not installed: the unit was not verified"
fi
if command -v lintian >/dev/null; then
    found=$(lintian --fail-on none --suppress-tags-from-file scripts/deb-tags.txt "$package" 2>&1 | grep -E '^[EW]:' || true)
    [ -z "$found" ] || die "lintian: $found"
    echo "  lintian finds no errors and no warnings"
else
    echo "  lintian is not installed: not asked"
fi
