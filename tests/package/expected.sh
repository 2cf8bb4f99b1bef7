# To be sourced: what every shell's completion must offer. `complete_words corsim WORD...` prints what
# it offers for the last word.

wrong=0
# offers WORD... -- OFFERED...: all of these are among it. Of two -- the first is a word.
offers() {
    local line=("$1")
    shift
    while [ "$1" != -- ] || [ "$2" = -- ]; do
        line+=("$1")
        shift
    done
    shift
    complete_words corsim "${line[@]}" | sed 's,/$,,' >"${TMPDIR:-/tmp}/offered.$$"
    for word in "$@"; do
        if ! grep -qxF -e "$word" "${TMPDIR:-/tmp}/offered.$$"; then
            echo "corsim ${line[*]}: \"$word\" is not among: $(tr '\n' ' ' <"${TMPDIR:-/tmp}/offered.$$")"
            wrong=$((wrong + 1))
        fi
    done
    # Nothing is offered that does not begin as what stands there.
    if [ -n "${line[-1]}" ] && grep -v '^$' "${TMPDIR:-/tmp}/offered.$$" | grep -qvF -e "${line[-1]}"; then
        case ${line[-1]} in inc) ;; *)
            echo "corsim ${line[*]}: offered $(tr '\n' ' ' <"${TMPDIR:-/tmp}/offered.$$")"
            wrong=$((wrong + 1)) ;;
        esac
    fi
    rm -f "${TMPDIR:-/tmp}/offered.$$"
}
# offers_nothing WORD...
offers_nothing() {
    local offered
    offered=$(complete_words corsim "$@" | grep -v '^$')
    if [ -n "$offered" ]; then
        echo "corsim $*: offered $offered"
        wrong=$((wrong + 1))
    fi
}

offers_all() {
    local command
    # shellcheck disable=SC2046
    offers '' -- $(corsim --help | sed -n 's/^  \([a-z][a-z-]*\)   *[a-z].*/\1/p' | grep -v '^corsim$')
    offers che -- check
    for command in $(corsim --help | sed -n 's/^  \([a-z][a-z-]*\)   *[a-z].*/\1/p' | grep -v '^corsim$'); do
        # shellcheck disable=SC2046
        offers "$command" -- -- $(corsim "$command" --help | sed '/^Example:$/,$d' |
            sed -n 's/^  ....\(--[a-z0-9.-]*\).*/\1/p')
    done
    offers check --credentials '' -- omit include same-origin
    offers audit --format s -- sarif
    offers prove --match '' -- search prefix full
    offers explain --color '' -- auto always never
    offers table decision-c -- decision-cors-check
    offers run corp -- corpus
    offers check --save corp -- corpus
    offers_nothing check -X ''
    offers_nothing check htt
    if [ $wrong -eq 0 ]; then
        echo "all that --help has is offered"
    fi
    exit $((wrong > 0))
}
