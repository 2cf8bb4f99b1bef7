#!/bin/sh
# expected.sh LIST FOLDER: what LIST finds in each file of FOLDER/files and FOLDER/broken is what
# FOLDER/expected says, line by line. To look at what has changed: the difference is printed.
set -u
export LC_ALL=C
list=$1
cd "$2" || exit 1
found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT

for folder in files broken; do
    for file in "$folder"/.[a-z]* "$folder"/*; do
        [ ! -f "$file" ] || "$list" "$file" | sed "s|^|$folder/|"
    done
done >"$found"
count=$(wc -l <"$found")
if [ "$count" -lt 100 ] || ! diff -u expected "$found"; then
    echo "FAIL: $count lines"
    exit 1
fi
echo "$count findings are as expected"
