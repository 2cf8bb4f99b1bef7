#!/bin/sh
# self-test.sh SCRIPT: SCRIPT accepts a small tree that keeps the rules, and refuses it as soon as
# one thing in it is wrong.
set -u
script=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/sim" "$folder/cli"
status=0

# The tree as it should be; é and — are one column each.
right() {
    printf '/* Opens. */\n#include <string.h>\n#include "own.h"\n' >"$folder/sim/core.c"
    printf 'int f(void)\n{\n    return 1;\n}\n' >>"$folder/sim/core.c"
    printf '/* %s */\n' "$(yes é— | head -n 47 | tr -d '\n')" >"$folder/sim/own.h"
    printf '/* Not the core. */\n#include <stdio.h>\n' >"$folder/sim/libpsl.c"
    printf '/* Not the core. */\n#include <stdio.h>\n' >"$folder/cli/main.c"
}

# refuses WHAT: the tree has been made wrong; it is right again afterwards.
refuses() {
    if sh "$script" "$folder" >"$folder/out" 2>&1; then
        echo "FAIL: not noticed: $1"
        status=1
    fi
    right
}

# add TEXT FILE: at its end.
add() {
    printf '%b\n' "$1" >>"$folder/$2"
}

right
sh "$script" "$folder" || {
    echo "FAIL: refuses what is right"
    status=1
}

case $script in
*house.sh)
    printf 'int a;\n' >"$folder/cli/main.c"
    refuses "no comment at the top"
    add "/* TO""DO */" cli/main.c
    refuses "unfinished"
    add '\tint a;' cli/main.c
    refuses "a tab"
    add 'int a; ' cli/main.c
    refuses "space at the end"
    add 'typedef struct a a;' cli/main.c
    refuses "a typedef"
    add "$(printf '/* %094d */' 0)x" cli/main.c
    refuses "101 columns"
    add "int g(void)\n{\n$(yes '    f();' | head -n 51)\n}" sim/core.c
    refuses "51 lines"
    add "int g(void)\n{\n$(yes '    /* 1.\\n */\\n\\n' | head -n 51)\n}" sim/core.c
    add "int g(void)\n{\n$(yes '    f();' | head -n 51)\n}" cli/main.c
    sh "$script" "$folder" >/dev/null || {
        echo "FAIL: refuses 51 lines outside sim/, or of comments"
        status=1
    }
    ;;
*includes.sh)
    add '#include <stdio.h>' sim/core.c
    refuses "<stdio.h>"
    add '#  include <stdlib.h>' sim/own.h
    refuses "<stdlib.h> in a header"
    add '#include "texts.h"' sim/core.c
    refuses "a header that is not the core's"
    ;;
esac
exit "$status"
