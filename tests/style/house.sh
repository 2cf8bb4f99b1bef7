#!/bin/sh
# house.sh ROOT: what no formatter checks. Prints file:line: what is wrong, for every place.
set -u
root=$1
. "$(dirname "$0")/sources.sh"
cd "$root" || exit 2

# In every file that is written by hand, whatever its language. This file spells the words apart.
everywhere='
    /TO''DO|FIX''ME/ { complain("unfinished: make it a row of scope.tsv, or do it") }
    /[ \t]+$/ { complain("space at the end of the line") }
'

# The length is in characters: bytes that continue one in UTF-8 do not count. A link alone on its
# line cannot be broken.
# shellcheck disable=SC2016
in_c='
    FNR == 1 && !/^\/\*/ { complain("the file must open with a block comment") }
    /\t/ { complain("a tab") }
    /typedef (struct|union|enum)[^(]*$/ { complain("a typedef hides what it is") }
    { line = $0; gsub(/[\200-\277]/, "", line) }
    length(line) > 100 && line !~ /^(\/\*|[ ]*\*) https:[^ ]*$/ {
        complain("more than 100 columns")
    }
'

# A function is what stands between { and } in the first column. Comments alone on their lines do
# not count: they are the steps of the standard, which stay together.
in_core='
    FNR == 1 { comment = 0 }
    /^\{$/ { lines = 0; next }
    /^\}$/ && lines > 50 { complain("a function of " lines " lines of code; more than 50") }
    /^[ \t]*$/ { next }
    /^[ \t]*\/\*/ { comment = 1 }
    !comment { lines++ }
    /\*\/$/ { comment = 0 }
'

complain='function complain(what) { print FILENAME ":" FNR ": " what; wrong = 1 }
    END { exit wrong }'

# look PROGRAM PATTERN...
look() {
    program=$1
    shift
    files=$(sources . "$@" | grep -E "^$below/")
    # shellcheck disable=SC2086
    [ -z "$files" ] || LC_ALL=C awk "$complain $program" $files
}

status=0
below='[^/]*'
look "$everywhere" '*.c' '*.h' '*.sh' '*.py' '*.js' '*.mjs' '*.tsv' CMakeLists.txt '*.in' '*.md' ||
    status=1
look "$in_c" '*.c' '*.h' || status=1
below=sim
look "$in_core" '*.c' || status=1
[ "$status" -ne 0 ] || echo "$(sources . '*.c' '*.h' | wc -l) C files keep the rules of the house"
exit "$status"
