#!/bin/sh
# tidy.sh ROOT BUILD: clang-tidy 14 with the .clang-tidy of ROOT finds nothing in any C file that
# BUILD's compile commands name, generated ones aside.
set -u
root=$1 build=$2
if ! command -v run-clang-tidy >/dev/null ||
    ! clang-tidy --version 2>/dev/null | grep -q 'version 14\.'; then
    echo "SKIP: clang-tidy 14 is not installed"
    exit 77
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

echo 'int f(int *a); int f(int *a) { if (a) { *a = 1; } return *a; }' >"$folder/wrong.c"
cp "$root/.clang-tidy" "$folder"
if clang-tidy --quiet "$folder/wrong.c" -- >/dev/null 2>&1; then
    echo "FAIL: clang-tidy accepts anything"
    exit 1
fi

run-clang-tidy -j2 -quiet -p "$build" "^$root/(bench|cli|fuzz|prove|sim|spec-tables|tests)/" \
    >"$folder/coloured" 2>"$folder/errors"
status=$?
escape=$(printf '\033')
sed "s/$escape\[[0-9;]*m//g" "$folder/coloured" >"$folder/out"

# A run over nothing would be quiet too.
count=$(grep -c '^clang-tidy' "$folder/out")
if [ "$status" -ne 0 ] || [ "$count" -lt 50 ]; then
    grep -v '^clang-tidy' "$folder/out" || cat "$folder/errors"
    echo "FAIL: $count files looked at"
    exit 1
fi
echo "$count files are tidy"
