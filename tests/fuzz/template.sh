#!/bin/sh
# template.sh SOURCE BUILD: fuzz/template.c as somebody would build it who has read fuzz/README.md:
# with clang's libFuzzer and with AFL++, both of which must find its mistake, and with gcc, which must
# replay what they found, and hold nothing against what is meant.
set -u
source=$1 build=$2
. "$source/tests/needs.sh"
needs clang afl-clang-fast afl-fuzz gcc
folder=$(mktemp -d) || exit 1
# afl-fuzz gives what it fuzzes a session of its own, and may leave it behind.
leave() {
    for program in /proc/[0-9]*/exe; do
        case $(readlink "$program" 2>/dev/null) in
        "$folder"/*) process=${program#/proc/} && kill -9 "${process%/exe}" ;;
        esac
    done
    rm -rf "$folder"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
fail() {
    echo "FAIL: $*"
    exit 1
}
lines=$(wc -l <"$source/fuzz/template.c")
[ "$lines" -le 15 ] || fail "template.c has $lines lines"

template="-g -O1 -I $source/fuzz $source/fuzz/template.c"
libraries="$build/fuzz/libcorsim_fuzz.a $build/fuzz/libcorsim_model.a $build/sim/libcorsim.a -lpsl -lidn2"
# build OUTPUT COMMAND...: what there is to say if it cannot be built.
build() {
    output=$1
    shift
    AFL_QUIET=1 "$@" -o "$output" >log 2>&1 || fail "$output does not build: $(cat log)"
}
# shellcheck disable=SC2086
build with-libfuzzer clang -fsanitize=fuzzer $template $libraries
# shellcheck disable=SC2086
build with-afl afl-clang-fast $template $libraries /usr/lib/afl/libAFLDriver.a
# shellcheck disable=SC2086
build with-gcc gcc $template $libraries "$source/fuzz/standalone.c"
mkdir seeds
printf 'https://example.com' >seeds/meant

# found HOW FILE: gcc's replay of it is a bypass.
found() {
    [ -f "$2" ] || fail "$1 finds nothing"
    ./with-gcc "$2" >log 2>&1 && fail "gcc holds nothing against what $1 found"
    grep -q '^BYPASS https://example\.com' log || fail "what $1 found is no bypass: $(cat log)"
    echo "$1: $(sed -n 's/^BYPASS //p' log)"
}

./with-gcc seeds >log 2>&1 || fail "what is meant is no bypass: $(cat log)"
./with-libfuzzer -max_total_time=60 -max_len=100 seeds >log 2>&1
found libFuzzer "$(find . -name 'crash-*')"

export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
export AFL_BENCH_UNTIL_CRASH=1 CORSIM_INTEND='https://example.com https://example.com:*'
timeout -k 5 90 env AFL_CUSTOM_MUTATOR_LIBRARY="$build/fuzz/libcorsim_mutator_afl.so" \
    afl-fuzz -V 60 -i seeds -o out -- ./with-afl >log 2>&1
grep -q 'libcorsim_mutator_afl' log || fail "AFL++ has not loaded the mutator: $(cat log)"
found AFL++ "$(find out/default/crashes -name 'id*' 2>/dev/null | head -1)"
