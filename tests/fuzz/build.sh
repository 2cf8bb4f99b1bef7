#!/bin/sh
# build.sh FUZZ OUT: FUZZ/oss-fuzz/build.sh, as OSS-Fuzz calls it, makes every target of
# FUZZ/targets.tsv with its seeds, dictionary and options in OUT, which is empty before; and what
# OSS-Fuzz and ClusterFuzzLite are told agrees.
set -u
fuzz=$1 out=$2
. "$fuzz/../tests/needs.sh"
needs clang++ zip unzip
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$work/src" "$work/work" "$out"
ln -s "$(dirname "$fuzz")" "$work/src/corsim"

flags='-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address,undefined'
env SRC="$work/src" OUT="$out" WORK="$work/work" CC=clang CXX=clang++ \
    CFLAGS="$flags -fno-sanitize-recover=all -fsanitize=fuzzer-no-link" \
    CXXFLAGS="$flags -fno-sanitize-recover=all -fsanitize=fuzzer-no-link" \
    LIB_FUZZING_ENGINE=-fsanitize=fuzzer "$fuzz/oss-fuzz/build.sh" || exit 1

missing=0 count=0
fail() {
    echo "FAIL: $*"
    missing=1
}
for target in $(grep -v '^#' "$fuzz/targets.tsv" | tail -n +2 | cut -f 1); do
    count=$((count + 1))
    [ -f "$fuzz/fuzz_$target.c" ] || fail "there is no fuzz_$target.c"
    for file in "" _seed_corpus.zip .dict .options; do
        [ -s "$out/fuzz_$target$file" ] || fail "fuzz_$target$file is missing"
    done
done
sources=$(find "$fuzz" -name 'fuzz_*.c' | wc -l)
[ "$count" -eq "$sources" ] || fail "$sources sources, $count targets listed"
long=$(wc -l "$fuzz"/fuzz_*.c | awk '$1 > 30 && $2 != "total" { print $2 }')
[ -z "$long" ] || fail "more than 30 lines: $long"

# Where the targets run there is only the C library.
dynamic=$(ldd "$out"/fuzz_url | grep -e psl -e idn2 -e unistring -e jansson)
[ -z "$dynamic" ] || fail "not linked in: $dynamic"
address=$(sed -n 's/^main_repo: "\(.*\)"$/\1/p' "$fuzz/oss-fuzz/project.yaml")
grep -q "git clone --depth 1 $address " "$fuzz/oss-fuzz/Dockerfile" ||
    fail "oss-fuzz/Dockerfile does not clone $address"
packages() {
    sed -n '/apt-get install/,/[^\\]$/p' "$1"
}
[ "$(packages "$fuzz/oss-fuzz/Dockerfile")" = \
    "$(packages "$fuzz/../.clusterfuzzlite/Dockerfile")" ] || fail "the two Dockerfiles differ"
echo "$count targets"
exit "$missing"
