# Functions for the scripts of this folder: where the sources are.

# sources ROOT PATTERN...: the files of these names that are ours, one a line, below ROOT.
sources() {
    root=$1
    shift
    set -f
    names=
    for pattern in "$@"; do
        names="$names${names:+ -o }-name $pattern"
    done
    (
        cd "$root" || exit 2
        for part in bench cli corpus examples fuzz package prove script sim spec-tables tests .ci; do
            # shellcheck disable=SC2086
            [ ! -d "$part" ] ||
                find "$part" \( -name node_modules -o -name build \) -prune -o \
                    -type f \( $names \) -print
        done
    ) | LC_ALL=C sort
    set +f
}
