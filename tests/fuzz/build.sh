#!/bin/sh
# build.sh FUZZ OUT: FUZZ/build.sh, with the variables that OSS-Fuzz sets, makes every target of
# FUZZ/targets.tsv with its seeds, dictionary and options in OUT, which is empty before.
set -u
fuzz=$1 out=$2
for tool in clang++ zip unzip; do
    command -v "$tool" >/dev/null || {
        echo "SKIP: $tool is not installed"
        exit 77
    }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
rm -rf "$out"

flags='-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address,undefined'
env SRC="$(dirname "$fuzz")" OUT="$out" WORK="$work" CC=clang CXX=clang++ \
    CFLAGS="$flags -fno-sanitize-recover=all -fsanitize=fuzzer-no-link" \
    CXXFLAGS="$flags -fno-sanitize-recover=all -fsanitize=fuzzer-no-link" \
    LIB_FUZZING_ENGINE=-fsanitize=fuzzer sh "$fuzz/build.sh" || exit 1

missing=0 count=0
for target in $(grep -v '^#' "$fuzz/targets.tsv" | tail -n +2 | cut -f 1); do
    count=$((count + 1))
    [ -f "$fuzz/fuzz_$target.c" ] || { echo "FAIL: there is no fuzz_$target.c"; missing=1; }
    for file in "" _seed_corpus.zip .dict .options; do
        [ -s "$out/fuzz_$target$file" ] || { echo "FAIL: fuzz_$target$file is missing"; missing=1; }
    done
done
sources=$(find "$fuzz" -name 'fuzz_*.c' | wc -l)
[ "$count" -eq "$sources" ] || { echo "FAIL: $sources sources, $count targets listed"; missing=1; }
long=$(wc -l "$fuzz"/fuzz_*.c | awk '$1 > 30 && $2 != "total" { print $2 }')
[ -z "$long" ] || { echo "FAIL: more than 30 lines: $long"; missing=1; }
echo "$count targets"
exit "$missing"
