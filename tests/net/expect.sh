#!/bin/sh
# One `corsim check`, or what CORSIM_COMMAND names instead, against one mode of hostile.c:
#
#     expect.sh HOSTILE CORSIM KIBIBYTES MODE STATUS TEXT [SCHEME] [FLAG...]
#
# passes if the exit status is STATUS, TEXT stands in what was printed, the time and memory that
# hostile.c measures are bounded, and nothing that a terminal would obey was printed.
set -u
hostile=$1 corsim=$2 kibibytes=$3 mode=$4 status=$5 text=$6 scheme=${7:-http}
command=${CORSIM_COMMAND:-check}
[ $# -gt 7 ] && shift 7 || shift $#

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$hostile" "$mode" 20 "$kibibytes" "$corsim" "$command" "$scheme://127.0.0.1:{port}/" \
    --origin https://app.example --max-time 2 -x "" "$@" >"$folder/out" 2>"$folder/err"
actual=$?
cat "$folder/out" "$folder/err" >"$folder/all"

fail() {
    echo "FAIL: $1"
    cat -v "$folder/all"
    exit 1
}

[ "$actual" -eq "$status" ] || fail "exit status $actual, not $status"
grep -qF -- "$text" "$folder/all" || fail "\"$text\" was not printed"
if LC_ALL=C tr -d '\n' <"$folder/all" | LC_ALL=C grep -q '[[:cntrl:]]'; then
    fail "a control character was printed"
fi
if [ "$status" -eq 3 ]; then
    grep -q "^corsim $command: " "$folder/err" || fail "there is no message on standard error"
fi
