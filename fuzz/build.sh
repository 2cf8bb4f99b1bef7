#!/bin/sh
# Builds all fuzz targets as OSS-Fuzz wants them
# (https://google.github.io/oss-fuzz/getting-started/new-project-guide/#buildsh): with its compilers
# and flags, linked with $CXX and its engine, into $OUT, each with its seeds, dictionary and options.
#
#   CC CXX CFLAGS CXXFLAGS   compilers and flags; without them clang with the sanitizers
#   LIB_FUZZING_ENGINE       the engine; without it clang's libFuzzer; `standalone` for our own
#   OUT WORK                 where results go, where objects go
#   SRC                      not needed: the sources are found beside this script
#   LIBRARIES                what to link with, if it must be static: see oss-fuzz/build.sh
#   TARGETS                  names from targets.tsv; without it all
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
sanitize='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
: "${OUT:?is where the targets go}" "${WORK:?is where the objects go}"
: "${CC:=clang}" "${CXX:=clang++}" "${LIB_FUZZING_ENGINE:=-fsanitize=fuzzer}"
: "${CFLAGS=$sanitize -fsanitize=fuzzer-no-link}" "${CXXFLAGS=$CFLAGS}"
: "${LIBRARIES=-lpsl -lidn2 -ljansson -lpcre2-8}"
export CC CXX CFLAGS CXXFLAGS
mkdir -p "$OUT" "$WORK"

# The libraries and the dictionaries.
[ -f "$WORK/CMakeCache.txt" ] ||
    cmake -S "$source" -B "$WORK" -G Ninja -DBUILD_TESTING=OFF \
        -DCORSIM_WERROR=OFF >"$WORK/configured"
cmake --build "$WORK" --target corsim_static corsim_cli corsim_fuzz corsim_prove corsim_oracles >"$WORK/built" || {
    cat "$WORK/built" >&2
    exit 1
}

# compile SOURCE: its object.
compile() {
    object=$WORK/$(basename "$1" .c).o
    # shellcheck disable=SC2086
    $CC $CFLAGS -std=c11 -D_POSIX_C_SOURCE=200809L -I "$source/sim" -I "$source/cli" \
        -I "$source/fuzz" -I "$WORK/spec-tables" -c "$1" -o "$object"
    echo "$object"
}

# Seeds are named by what is in them.
zip_seeds() {
    zip=$1 seeds=$WORK/seeds
    shift
    rm -rf "$seeds" "$zip"
    mkdir "$seeds"
    for folder; do
        [ ! -d "$source/corpus/$folder" ] || find "$source/corpus/$folder" -type f ! -name README.md
    done | LC_ALL=C sort | while read -r seed; do
        cp "$seed" "$seeds/$(sha1sum <"$seed" | cut -d ' ' -f 1)"
    done
    (cd "$seeds" && find . -type f | LC_ALL=C sort | zip -q -X -j "$zip" -@)
}

engine=$LIB_FUZZING_ENGINE
[ "$engine" != standalone ] || engine=$(compile "$source/fuzz/standalone.c")
tab=$(printf '\t')
grep -v '^#' "$source/fuzz/targets.tsv" | tail -n +2 |
    while IFS=$tab read -r target dictionary seeds max_len; do
        case " ${TARGETS-$target} " in *" $target "*) ;; *) continue ;; esac
        name=fuzz_$target
        object=$(compile "$source/fuzz/$name.c")
        # shellcheck disable=SC2086
        $CXX $CXXFLAGS "$object" -o "$OUT/$name" $engine -Wl,--start-group \
            "$WORK/fuzz/libcorsim_oracles.a" "$WORK/fuzz/libcorsim_fuzz.a" "$WORK/fuzz/libcorsim_model.a" \
            "$WORK/prove/libcorsim_prove.a" "$WORK/cli/libcorsim_cli.a" "$WORK/sim/libcorsim.a" \
            -Wl,--end-group $LIBRARIES
        # shellcheck disable=SC2086
        zip_seeds "$OUT/${name}_seed_corpus.zip" $seeds
        cp "$WORK/spec-tables/$dictionary.dict" "$OUT/$name.dict"
        printf '[libfuzzer]\nmax_len = %s\ndict = %s.dict\n' "$max_len" "$name" >"$OUT/$name.options"
    done
