#!/bin/sh
# includes.sh ROOT: the core includes nothing but four headers of the C library and its own. The two
# adapters to other libraries, sim/libidn2.c and sim/libpsl.c, are not the core.
set -u
cd "$1" || exit 2
own=$(cd sim && ls ./*.h | sed 's|^\./||')
status=0

# Whether the core may include this: <a.h>, or "a.h".
is_allowed() {
    case $1 in
    '<stdbool.h>' | '<stddef.h>' | '<stdint.h>' | '<string.h>' | '"tables.h"') return 0 ;;
    '"'*'"') echo "$own" | grep -qxF "$(echo "$1" | tr -d '"')" ;;
    *) return 1 ;;
    esac
}

checked=0
for file in sim/*.c sim/*.h; do
    case $file in
    sim/libidn2.c | sim/libpsl.c) continue ;;
    esac
    checked=$((checked + 1))
    for header in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*//p' "$file"); do
        is_allowed "$header" || {
            echo "$file: includes $header"
            status=1
        }
    done
done
[ "$status" -ne 0 ] || echo "$checked files of the core include nothing else"
exit "$status"
