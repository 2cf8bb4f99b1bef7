#!/bin/sh
# format.sh ROOT: clang-format has nothing to change in any C file. The layout is that of version
# 14; another version's differs.
set -u
root=$1
. "$(dirname "$0")/sources.sh"

formatter=
for name in clang-format-14 clang-format; do
    [ -z "$formatter" ] && "$name" --version 2>/dev/null | grep -q 'version 14\.' && formatter=$name
done
if [ -z "$formatter" ]; then
    echo "SKIP: clang-format 14 is not installed"
    exit 77
fi

cd "$root" || exit 2
if echo 'int  a ;' | "$formatter" --dry-run -Werror --style=file 2>/dev/null; then
    echo "FAIL: $formatter accepts anything"
    exit 1
fi
sources . '*.c' '*.h' | xargs "$formatter" --dry-run -Werror --style=file || exit 1
echo "$(sources . '*.c' '*.h' | wc -l) files are formatted"
