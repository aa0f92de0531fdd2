#!/usr/bin/env bash
# Reads the log of one step of `make test` and prints three numbers: passed failed skipped.
# usage: tally.sh KIND LOG            KIND: nextest, cargo, vitest, playwright, tidy, check (a step without tests of its own)
#        tally.sh --named KIND LOG    the names of the tests that failed, or passed only when tried again
set -euo pipefail
named=
if [ "$1" = --named ]; then named=yes && shift; fi
kind=$1 log=$2
plain() { sed 's/\x1b\[[0-9;]*m//g' "$log"; }
# The number before a word, on the lines that match a pattern, summed up.
number() { plain | grep -E "$1" | grep -oE "[0-9]+ $2" | awk '{ sum += $1 } END { print sum + 0 }' || true; }

if [ -n "$named" ]; then
    case $kind in
    # Below the summary each is named once.
    nextest) plain | sed -n '/^ *Summary \[/,$p' | grep -E '^ *(FAIL|FLAKY|TIMEOUT|SIG[A-Z]+|ABORT|LEAK-FAIL)' ;;
    cargo) plain | grep -E '^test .* FAILED$' ;;
    vitest) plain | grep -E '^ *FAIL ' ;;
    playwright) plain | awk '/^  +[0-9]+ (failed|flaky)/ { on = 1 } /^  +[0-9]+ (passed|skipped|did not run)/ { on = 0 } on' ;;
    tidy) plain | grep -E '^[^ ]+:[0-9]+: error: ' ;;
    esac | awk '!seen[$0]++' | head -20 || true
    exit 0
fi

case $kind in
nextest)
    line='^ *Summary \['
    # A test that timed out is a failure that nextest counts apart.
    echo "$(number "$line" passed) $(($(number "$line" failed) + $(number "$line" 'timed out'))) $(number "$line" skipped)"
    ;;
cargo) echo "$(number '^test result:' passed) $(number '^test result:' failed) $(number '^test result:' ignored)" ;;
vitest) echo "$(number '^ *Tests  ' passed) $(number '^ *Tests  ' failed) $(number '^ *Tests  ' skipped)" ;;
playwright)
    flaky=$(number '^  +[0-9]+ flaky' flaky)
    echo "$(($(number '^  +[0-9]+ passed' passed) + flaky)) $(number '^  +[0-9]+ failed' failed) $(number '^  +[0-9]+ skipped' skipped)"
    ;;
tidy) echo "$(number '^tidy: ' passed) $(number '^tidy: ' failed) 0" ;;
*) echo "0 0 0" ;;
esac
