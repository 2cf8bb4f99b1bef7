#!/bin/sh
# Plays a transcript: lines that begin with "> " are what `corsim session` is given, lines that begin
# with "< " what it must answer, in order; the rest is comment.
#
#     transcript.sh CORSIM FILE           exits with 1 and shows what differs
#     transcript.sh CORSIM FILE --write   writes the file anew with the answers there are now
set -u
corsim=$1 file=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sed -n 's/^> \{0,1\}//p' "$file" >"$folder/in"
sed -n 's/^< //p' "$file" >"$folder/expected"
"$corsim" session <"$folder/in" >"$folder/out" || exit 1

if [ "${3-}" = --write ]; then
    grep -v '^< ' "$file" | awk -v out="$folder/out" '
        { print }
        /^>/ { getline answer <out; print "< " answer }' >"$folder/new"
    cat "$folder/new" >"$file"
    exit
fi
[ "$(wc -l <"$folder/in")" -eq "$(wc -l <"$folder/out")" ] || {
    echo "FAIL: $(wc -l <"$folder/in") lines in, $(wc -l <"$folder/out") out"
    exit 1
}
[ -s "$folder/expected" ] || exit 1
diff -u "$folder/expected" "$folder/out"
