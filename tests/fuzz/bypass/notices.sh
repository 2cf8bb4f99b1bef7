#!/bin/sh
# notices.sh SOURCE CORSIM: bench/bypass fails over checks that are not what they are said to be, and
# says of each what is wrong.
set -u
source=$1 corsim=$2
said=$("$source/bench/bypass" --quick --corsim "$corsim" \
    --check "$source/tests/fuzz/bypass/mistaken-check" 2>/dev/null)
status=$?
missing=
for line in 'FAIL missed: right' 'FAIL false alarm: wrong fixed: ' 'FAIL trouble: ours: broken fixed: '; do
    echo "$said" | grep -q "^$line" || missing="$missing
    $line"
done
[ "$status" -eq 1 ] && [ -z "$missing" ] && exit 0
echo "FAIL: it ended with $status, and did not say:$missing"
echo "$said"
exit 1
