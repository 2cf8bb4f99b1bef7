#!/bin/sh
# page.sh CORSIM SOURCE TEMPLATE: the text of a manual page for scdoc. In the template a line
# `@options check@` stands for the options of `corsim check`, likewise `@synopsis`, `@notes` and
# `@examples`; `@commands@` for the commands; `@markdown README.md#A heading@` for that part of that
# file, `@markdown corpus/README.md@` for all of it. Thus a page says what the program and the
# documentation say.
set -eu
corsim=$1 source=$2 template=$3
here=$(dirname "$0")

markdown() {
    file=${1%%#*} section=
    case $1 in
    *#*) section=${1#*#} ;;
    esac
    made=$(awk -v section="$section" -v level="$([ -z "$section" ] && echo 0 || echo 1)" \
        -f "$here/markdown.awk" "$source/$file")
    # A build does not end for it; tests/package sees that the page has a hole.
    [ -n "$made" ] || echo "page.sh: $template: there is no \"$section\" in $file" >&2
    printf '%s\n' "$made"
}

commands() {
    "$corsim" --help | sed -n 's/^  \([a-z][a-z-]*\)   *\(.*\)$/*corsim \1*(1)\n\t\2\n/p' |
        sed 's/^\*corsim \([a-z-]*\)\*(1)$/*corsim-\1*(1)/; s/^\t.*/&/'
}

while IFS= read -r line; do
    case $line in
    @commands@) commands ;;
    @markdown\ *@)
        what=${line#@markdown }
        markdown "${what%@}"
        ;;
    @*\ *@)
        what=${line#@}
        what=${what%@}
        "$corsim" "${what#* }" --help | awk -v part="${what% *}" -f "$here/help.awk"
        ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$template"
