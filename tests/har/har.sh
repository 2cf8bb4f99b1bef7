#!/bin/bash
# `corsim har` on a recording: what it says of each request of site.mjs, in a line, is what stands in
# recordings/ENGINE.tsv; and no secret is printed.
#
#     har.sh CORSIM ROOT ENGINE [NODE]
#
# plays the recording that is kept; with NODE a fresh one, that the browser makes now.
set -u
corsim=$1 root=$2 engine=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
recording=$root/tests/har/recordings/$engine.har
command -v jq >/dev/null || {
    echo "SKIP: there is no jq"
    exit 77
}
if [ $# -gt 3 ]; then
    recording=$folder/fresh.har
    "$4" --no-warnings "$root/tests/har/record.mjs" "$engine" "$recording" || exit
fi
failed=0

"$corsim" har --format json "$recording" >"$folder/out.json"
[ $? -eq 1 ] || { echo "FAIL: the exit status is not that of something blocked"; failed=1; }
jq -r '.fetches[] | [.verdict, .method, (.requestURL | sub("^https?://[^/]*"; "")), .preflight,
    .step, .error // "-", .recorded.outcome, .recorded.agrees] | @tsv' "$folder/out.json" >"$folder/out.tsv"
diff -u "$root/tests/har/recordings/$engine.tsv" "$folder/out.tsv" ||
    { echo "FAIL: not what is expected of $engine"; failed=1; }
grep -q do-not-show "$recording" || { echo "FAIL: the recording has no secret to hide"; failed=1; }
"$corsim" har -v "$recording" >"$folder/out.txt"
if grep -q do-not-show "$folder/out.txt" "$folder/out.json"; then
    echo "FAIL: a secret is printed"
    failed=1
fi
[ "$failed" -eq 0 ] || cat "$folder/out.txt"
exit "$failed"
