#!/bin/sh
# engines.sh SOURCE BUILD CORSIM: all five methods of bench/bypass on one check: what each is asked with
# can be built, starts, and finds what it is known to find.
set -u
source=$1 build=$2 corsim=$3
. "$source/tests/needs.sh"
needs clang afl-clang-fast afl-fuzz
said=$("$source/bench/bypass" --only gin-25211 --seeds 1 --seconds 10 --build "$build" \
    --corsim "$corsim" 2>&1)
status=$?
found=$(echo "$said" | grep -c '^\(CORScanner.s\|Corsy.s\|plain\|corsim\) .* 1/1  *1 ')
[ "$status" -eq 0 ] && [ "$found" -eq 5 ] && exit 0
echo "FAIL: it ended with $status, and $found of 5 methods found it:"
echo "$said"
exit 1
