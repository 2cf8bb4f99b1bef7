#!/bin/sh
# run.sh OUT TARGET SECONDS: runs OUT/TARGET as ClusterFuzz would, with its seeds, dictionary and
# options. It must find nothing, and get somewhere.
set -u
out=$1 target=$2 seconds=$3
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/new" "$folder/seeds"
unzip -q "$out/${target}_seed_corpus.zip" -d "$folder/seeds" || exit 1
seeds=$(find "$folder/seeds" -type f | wc -l)
option() {
    sed -n "s/^$1 = //p" "$out/$target.options"
}

if ! "$out/$target" -max_total_time="$seconds" -max_len="$(option max_len)" -timeout=60 \
    -dict="$out/$(option dict)" -artifact_prefix="$folder/" -print_final_stats=1 \
    "$folder/new" "$folder/seeds" >"$folder/said" 2>&1; then
    grep -av -e '	NEW ' -e '	REDUCE ' -e '	pulse ' "$folder/said" | tail -60
    for input in "$folder"/crash-* "$folder"/timeout-* "$folder"/oom-* "$folder"/leak-*; do
        [ ! -f "$input" ] || { echo "FAIL: $target on this input:"; od -c "$input" | head -40; }
    done
    exit 1
fi
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/said")
if [ "${executions:-0}" -le "$seeds" ]; then
    echo "FAIL: $target ran ${executions:-no} inputs, with $seeds seeds"
    exit 1
fi
echo "$target: $executions executions, from $seeds seeds"
