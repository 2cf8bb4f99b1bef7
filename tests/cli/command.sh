#!/bin/sh
# The command as a person meets it: help, versions, usage errors, exit statuses, formats.
#   command.sh CORSIM SOURCE-FOLDER
set -u
corsim=$1
cd "$2" || exit 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
wrong=0

# expect STATUS WORDS ARGUMENTS...: the exit status, and words that are in what is printed
expect() {
    status=$1 words=$2
    shift 2
    "$corsim" "$@" </dev/null >"$scratch/out" 2>"$scratch/err"
    got=$?
    if [ $got -ne "$status" ]; then
        echo "corsim $*: exit status $got, not $status"
        wrong=$((wrong + 1))
    fi
    if ! cat "$scratch/out" "$scratch/err" | grep -qF -e "$words"; then
        echo "corsim $*: no \"$words\" in:"
        cat "$scratch/out" "$scratch/err"
        wrong=$((wrong + 1))
    fi
}

# say WORDS: a failure
say() {
    echo "$1"
    wrong=$((wrong + 1))
}

good=corpus/cases/cors-check/wildcard.case
sed 's/cors-check 3/cors-check 2/' $good >"$scratch/fails.case"
sed 's/readable/raedable/' $good >"$scratch/malformed.case"
printf 'A claim.\n\n-- fetch --\nurl https://a.test/\n' >"$scratch/cut.case"

for command in check run explain session prove serve table; do
    expect 0 "Example:" $command --help
    expect 2 "there is no flag --hlep; did you mean --help?" $command --hlep
    expect 2 "did you mean \"always\"?" $command --color=alway
done
expect 0 "Usage:" --help
expect 2 "Usage:"
expect 0 "corsim 0." --version
expect 2 "did you mean explain?" explian

expect 0 "1 passed, 0 failed" run $good
expect 1 "expected step cors-check 2, actual step cors-check 3" run "$scratch/fails.case"
expect 2 "malformed.case:25: malformed: unknown key \"raedable\" (did you mean \"readable\"?)" \
    run "$scratch/malformed.case"
expect 2 "cut.case:3: malformed: this fetch cannot be made: the origin is missing" \
    run "$scratch/cut.case"
expect 2 "cannot be opened" run "$scratch/none.case"
expect 2 "1 passed, 1 failed, 2 malformed" run "$scratch" $good
expect 2 "there is no .case file in" run cli
mkdir "$scratch/pipes"
mkfifo "$scratch/pipes/a.case"
expect 2 "there is no .case file in" run "$scratch/pipes"
rm -r "$scratch/pipes"
expect 2 "is missing" run
expect 2 "from 1 to 256" run -j0 $good
expect 1 "not ok 1 - $scratch/fails.case" run --format tap "$scratch/fails.case"
expect 1 "<failure message=" run --format junit "$scratch/fails.case"
expect 1 '"failed": 1' run --format json "$scratch/fails.case"
"$corsim" run - <$good >"$scratch/out" || say "run - does not read standard input"

# The order of the output does not depend on the number of threads; JUnit has the time of day in it.
export SOURCE_DATE_EPOCH=0
for format in text tap junit json; do
    "$corsim" run -j1 --format $format "$scratch" corpus >"$scratch/one" 2>/dev/null
    "$corsim" run -j7 --format $format "$scratch" corpus >"$scratch/seven" 2>/dev/null
    cmp -s "$scratch/one" "$scratch/seven" || say "run --format $format differs with -j7"
done
unset SOURCE_DATE_EPOCH
if command -v xmllint >/dev/null; then
    "$corsim" run --format junit "$scratch" corpus 2>/dev/null | xmllint --noout - ||
        say "run --format junit is not well-formed"
fi

expect 0 "decided here" explain $good
expect 0 'table decision-cors-check' explain $good
expect 0 "https://fetch.spec.whatwg.org/#concept-cors-check" explain $good
expect 0 '"decides": true' explain --format json $good
expect 2 "malformed.case:25: unknown key" explain "$scratch/malformed.case"
expect 2 "cannot be opened" explain "$scratch/none.case"
"$corsim" explain - <$good >"$scratch/out" || say "explain - does not read standard input"

expect 0 "decision-cors-check" table
expect 0 "Access-Control-Allow-Origin" table errors
expect 0 "| --- |" table methods --format markdown
expect 0 '"rows": [' table methods --format=json
expect 2 "there is no table metods; did you mean methods?" table metods

# Colours only when asked for, and never with NO_COLOR on its own.
escape=$(printf '\033')
"$corsim" explain $good | grep -q "$escape" && say "explain is coloured in a pipe"
"$corsim" explain --color always $good | grep -q "$escape" || say "--color always has no colours"
"$corsim" explain --color never $good | grep -q "$escape" && say "--color never has colours"

# Data that cannot be written is an error.
if [ -w /dev/full ]; then
    "$corsim" table >/dev/full 2>/dev/null && say "a full disk is not noticed"
fi

# What stands in a file does not reach the terminal as it is.
printf 'A claim.\n\n-- fetch --\nurl https://a.test/\norigin https://b.test\n\033[31mred x\n' \
    >"$scratch/hostile.case"
"$corsim" run "$scratch/hostile.case" 2>&1 | grep -q "$escape" && say "run prints escape sequences"

[ $wrong -eq 0 ] && echo "all as expected"
exit $((wrong > 0))
