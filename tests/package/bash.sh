#!/bin/bash
# bash.sh CORSIM SOURCE: the completion for bash, loaded by bash.
set -u
PATH=$(dirname "$1"):$PATH
cd "$2" || exit 2
# shellcheck disable=SC1091
. package/completions/corsim.bash
. tests/package/expected.sh

# complete_words WORD...: what it offers, one a line.
complete_words() {
    # shellcheck disable=SC2034
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    # Outside of a completion there are no options of it.
    _corsim corsim 2>/dev/null
    printf '%s\n' "${COMPREPLY[@]}"
}

complete -p corsim | grep -q -e '-F _corsim' || { echo "corsim is not completed"; exit 1; }
offers check --credentials = inc -- include
offers_all
