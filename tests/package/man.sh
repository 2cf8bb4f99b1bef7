#!/bin/bash
# man.sh CORSIM PAGES SOURCE: every command has a manual page that renders without a complaint and
# says what its --help says: the same flags with the same values, and the same examples. corsim(1)
# names the commands, corsim-case(5) the keys of a case.
set -u
corsim=$1 pages=$2 source=$3
for program in scdoc man; do
    command -v $program >/dev/null || { echo "SKIP: there is no $program"; exit 77; }
done
export MANWIDTH=400 MANROFFOPT= LC_ALL=C.UTF-8
wrong=0

say() {
    echo "$1"
    wrong=$((wrong + 1))
}

# render PAGE: as text, without what formatting adds.
render() {
    man --warnings -E UTF-8 -P cat -l "$1" 2>"$scratch/complaints" | col -bx
    [ ! -s "$scratch/complaints" ] || say "$1: $(head -3 "$scratch/complaints")"
}
# flags FILE: "--name VALUE", a line each, of a text in which they begin lines.
flags() {
    sed '/^Example:$/,$d; s/^ *//; s/  .*//; s/^-., //' "$1" | grep '^--[a-z]' | sort
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
commands=$("$corsim" --help | sed -n 's/^  \([a-z][a-z-]*\)   *[a-z].*/\1/p' | grep -v '^corsim$')
render "$pages/man1/corsim.1" >"$scratch/corsim"
for command in $commands; do
    grep -qF "corsim-$command(1)" "$scratch/corsim" || say "corsim(1) has no $command"
    page=$pages/man1/corsim-$command.1
    [ -f "$page" ] || { say "there is no corsim-$command(1): write package/man/corsim-$command.1.scd"; continue; }
    "$corsim" "$command" --help >"$scratch/help"
    render "$page" >"$scratch/page"
    flags "$scratch/help" >"$scratch/in-help"
    sed -n '/^OPTIONS/,/^[A-NP-Z]/p' "$scratch/page" >"$scratch/options"
    flags "$scratch/options" >"$scratch/in-page"
    [ -s "$scratch/in-help" ] || say "$command --help has no flags"
    diff "$scratch/in-help" "$scratch/in-page" >"$scratch/differs" ||
        say "corsim-$command(1) (>) and --help (<): $(cat "$scratch/differs")"
    sed '1,/^Example:$/d; s/^ *//; /^$/d' "$scratch/help" >"$scratch/examples"
    while IFS= read -r line; do
        grep -qF -e "$line" "$scratch/page" || say "corsim-$command(1) has no example: $line"
    done <"$scratch/examples"
    for heading in NAME SYNOPSIS DESCRIPTION OPTIONS EXAMPLES "SEE ALSO"; do
        grep -q "^$heading" "$scratch/page" || say "corsim-$command(1) has no $heading"
    done
    awk '/^[A-Z]/ { if (empty) print heading; heading = $0; empty = 1; next } NF { empty = 0 }' \
        "$scratch/page" >"$scratch/empty"
    [ ! -s "$scratch/empty" ] || say "corsim-$command(1): nothing below $(cat "$scratch/empty")"
done

# Every field of an audit.
"$corsim" audit http://127.0.0.1:8080/ --origin https://app.example --dry-run --format json >"$scratch/audit.json"
render "$pages/man1/corsim-audit.1" >"$scratch/page"
for field in $(jq -r 'keys[]' "$scratch/audit.json") $(jq -r '.exchanges[0] | keys[]' "$scratch/audit.json"); do
    grep -qwF -e "$field" "$scratch/page" || say "corsim-audit(1) has no field $field"
done

# Every key that a case may have.
render "$pages/man5/corsim-case.5" >"$scratch/case"
sed -n 's/^    {"\([a-z-]*\)", \(NULL\|"[a-zA-Z]*"\), FETCH_.*/\1/p' "$source/cli/play.c" >"$scratch/keys"
grep -q '^referrer-policy$' "$scratch/keys" || say "no keys in cli/play.c"
while IFS= read -r key; do
    grep -qwF -e "$key" "$scratch/case" || say "corsim-case(5) has no $key"
done <"$scratch/keys"

[ $wrong -eq 0 ] && echo "$(echo "$commands" | wc -w) commands have their pages"
exit $((wrong > 0))
