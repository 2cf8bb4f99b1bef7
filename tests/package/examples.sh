#!/bin/bash
# examples.sh CORSIM SOURCE: the examples do what they say: the script lets a right server through and
# stops a wrong one, the contract holds, and the jobs of CI systems are YAML whose commands have the
# flags that they use.
set -u
corsim=$1 source=$2
PATH=$(dirname "$corsim"):$PATH
work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
wrong=0
say() {
    echo "$1"
    wrong=$((wrong + 1))
}

for kind in right wrong; do
    python3 "$source/tests/package/server.py" $kind $kind.port &
    servers+=($!)
done
for kind in right wrong; do
    for _ in $(seq 100); do
        [ -s $kind.port ] && break
        sleep 0.1
    done
    "$source/examples/pre-deploy.sh" "http://127.0.0.1:$(cat $kind.port)/me" https://app.example.com $kind --no-hunt >$kind.said 2>&1
    echo $? >$kind.status
    grep -q '<!doctype html>' $kind/report.html || say "$kind: no page"
    jq -e '.version == "2.1.0"' $kind/findings.sarif >/dev/null || say "$kind: no SARIF"
done
[ "$(cat right.status)" = 0 ] || say "the right server is stopped: $(cat right.said)"
[ "$(cat wrong.status)" = 1 ] || say "the wrong server is let through: $(cat wrong.said)"
jq -e '[.runs[0].results[].level] | index("error") != null' wrong/findings.sarif >/dev/null ||
    say "the wrong server has no finding: $(cat wrong/findings.sarif)"
# Nothing listens there any more.
kill "${servers[0]}"
wait "${servers[0]}" 2>/dev/null
"$source/examples/pre-deploy.sh" "http://127.0.0.1:$(cat right.port)/me" https://app.example.com none >none.said 2>&1
[ $? -eq 3 ] || say "a server that is not there: $(cat none.said)"

"$corsim" run "$source/examples/contract.case" >said || say "the contract: $(cat said)"

# The flags of every corsim in the examples.
for file in "$source"/examples/pre-deploy.sh "$source"/examples/github/*.yml "$source"/examples/gitlab/*.yml; do
    case $file in
    *.yml) /usr/bin/python3 "$source/tests/package/yaml_commands.py" "$file" ;;
    *) cat "$file" ;;
    esac >commands || say "$file is not what it should be"
    grep -E '^ *corsim [a-z]' commands >used || say "$file has no corsim"
    while read -r _ command rest; do
        "$corsim" "$command" --help >help || say "$file: there is no corsim $command"
        for flag in $(grep -oE -e '--[a-z-]+' <<<"$rest"); do
            grep -qE -e "^  (-., |    )$flag( |$)" help || say "$file: corsim $command has no $flag"
        done
    done <used
done
[ $wrong -eq 0 ] && echo "the examples do what they say"
exit $((wrong > 0))
