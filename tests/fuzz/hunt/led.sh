#!/bin/sh
# led.sh SOURCE CORSIM: a function in a library that was compiled with -fsanitize-coverage, by gcc
# or by clang, leads the hunt to what it lets in; the same without is not found by as many questions.
set -u
source=$1 corsim=$2
. "$source/tests/needs.sh"
needs gcc clang jq
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

# hunts VERDICT COMPILER FLAG...: what `corsim fuzz` says of the function then.
hunts() {
    expected=$1
    shift
    "$@" -shared -fPIC -O1 -o validator.so "$source/tests/fuzz/hunt/by_steps.c" || exit 1
    said=$("$corsim" fuzz --function validator.so:validate --intend https://app.example.com --seed 1 \
        --budget 150000 --no-save --format json 2>/dev/null | jq -r .verdict)
    [ "$said" = "$expected" ] || {
        echo "FAIL: $*: $said instead of $expected"
        failed=1
    }
}

hunts bypass clang -fsanitize=fuzzer-no-link
hunts bypass gcc -fsanitize-coverage=trace-pc,trace-cmp
hunts none-found gcc
exit "$failed"
