#!/bin/sh
# Lines that a transcript file cannot hold: bytes that are no text, and lines of any length. Each is
# answered by one error, and the line after it as if nothing had happened.
set -u
corsim=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
good='{"op":"wait","seconds":0,"id":"next"}'

# refused NAME TEXT: standard input is the line, without its end.
refused() {
    cat >"$folder/in"
    printf '\n%s\n' "$good" >>"$folder/in"
    "$corsim" session <"$folder/in" >"$folder/out"
    if [ "$(wc -l <"$folder/out")" -ne 2 ] ||
        ! sed -n 1p "$folder/out" | grep -F '"kind":"bad-request"' | grep -qF -- "$2" ||
        [ "$(sed -n 2p "$folder/out")" != '{"id":"next","ok":true}' ] ||
        LC_ALL=C grep -q '[^ -~]' "$folder/out"; then
        echo "FAIL: $1"
        head -c 1000 "$folder/out"
        status=1
    else
        echo "ok $1"
    fi
}

zeros() {
    head -c "$1" /dev/zero
}

printf '{"id":1,"op":"fe\000tch"}' | refused "NUL" "not JSON"
printf '\000' | refused "NUL alone" "not JSON"
printf '{"id":1,"op":"\377\376"}' | refused "ill-formed UTF-8" "not JSON"
printf '{"id":1,"op":"\355\240\200"}' | refused "a surrogate in UTF-8" "not JSON"
printf '\357\273\277{"id":1}' | refused "a byte order mark" "not JSON"
printf '\033[31m' | refused "an escape sequence" "not JSON"
zeros 17000000 | tr '\000' 'a' | refused "17 MB of a" "longer than 16 MiB"
zeros 17000000 | refused "17 MB of NUL" "longer than 16 MiB"
zeros 1000000 | tr '\000' '[' | refused "1 MB of [" "not JSON"
{
    printf '{"op":"'
    zeros 16000000 | tr '\000' 'x'
    printf '"}'
} | refused "a long operation" "is fetch, visit, wait, clear or engine"
{
    printf '{"op":"fetch","headers":['
    i=0
    while [ $i -lt 2000 ]; do
        printf '["a","b"],'
        i=$((i + 1))
    done
    printf '7]}'
} | refused "2000 headers and a number" "a header is a pair"

printf '%s' "$good" | "$corsim" session >"$folder/out"
if [ "$(cat "$folder/out")" != '{"id":"next","ok":true}' ]; then
    echo "FAIL: a last line without an end"
    status=1
fi
"$corsim" session </dev/null >"$folder/out"
if [ $? -ne 0 ] || [ -s "$folder/out" ]; then
    echo "FAIL: no line at all"
    status=1
fi
exit "$status"
