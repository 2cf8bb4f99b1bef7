#!/bin/bash
# `corsim fuzz` as a person meets it: command.sh CORSIM LIBRARY FOLDER. Says what differs; exit 1.
set -u
. "$(dirname "$0")/../../cli/expectations.bash"
corsim=$1 library=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0 n=0

# What is found, and where it goes.
run 1 fuzz --regex 'example\.com$' --intend https://example.com --budget 20000
has out 'BYPASS  https://aexample.com'
has out 'anybody, by registering a name'
has out 'seed 1'
has out 'corsim-found/'
has err 'found https://evilexample.com after 4 questions'
[ "$(ls corsim-found/*.part 2>/dev/null)" = "" ] || { echo "unfinished files"; failed=1; }
run 0 run corsim-found
has out '0 failed'
PATH=$(dirname "$corsim"):$PATH corsim-found/stranger-suffix-unbroken.sh >out 2>err
[ $? -eq 1 ] || { echo "the reproducer does not reproduce"; cat out err; failed=1; }
has out 'BYPASS  https://aexample.com'

run 1 fuzz --regex 'example\.com$' --intend https://example.com --budget 20000 --format json --save kept
json '.verdict == "bypass" and .executions <= 20000 and .seconds >= 0 and .seed == 1'
json '.witnesses[0] | .origin == "https://aexample.com" and .answer == .origin and
      .tier == "stranger" and .class == "suffix-unbroken" and .found_by == "fixed" and
      .executions == 4'
json '[.witnesses[].tier] | unique == ["network", "owner", "stranger"]'
[ -f kept/stranger-suffix-unbroken.case ] || { echo "--save was not heeded"; failed=1; }

run 1 fuzz --regex 'example\.com$' --intend https://example.com --budget 9000 --format sarif --no-save
json '.version == "2.1.0" and .runs[0].tool.driver.name == "corsim fuzz"'
json '[.runs[0].results[].ruleId] | index("suffix-unbroken") != null'
json '[.runs[0].results[] | .ruleId] - [.runs[0].tool.driver.rules[].id] == []'

# Nothing found: what that means, and what it does not.
run 0 fuzz --regex '^https://example\.com$' --intend https://example.com --budget 9000
has out 'NONE FOUND'
has out 'Nothing within one edit of what you mean is accepted'
has out 'corsim prove'
run 0 fuzz --regex '^https://example\.com$' --intend https://example.com --budget 100
has_not out 'Nothing within one edit'
has out 'not all'
run 0 fuzz --regex '^$' --intend https://example.com --budget 2000 --format json
json '.verdict == "none-found" and .refused == ["https://example.com"] and .witnesses == []'
# It answers with something else than the origin: the CORS check keeps the page out.
run 0 fuzz --regex 'https://example\.com' --echo matched --intend https://example.com --budget 9000
# What a wildcard holds and one browser takes for a stranger's host is no bypass, but is said.
for engine in all firefox; do
    run 0 fuzz --regex '^https?://.*\.example\.com$' --intend '*://*.example.com' --budget 3000 \
        --engine $engine --format json
    json '.verdict == "none-found" and .witnesses == []'
    cp out "astray-$engine"
done
jq -e '.astray == ["https://evil.net;.example.com", "http://evil.net;.example.com"]' astray-all >jq.out ||
    { echo "not astray: $(cat astray-all)"; failed=1; }
jq -e '.astray == []' astray-firefox >jq.out || { echo "astray: $(cat astray-firefox)"; failed=1; }
run 0 fuzz --regex '^https://[a-z.]*\.example\.com$' --intend 'https://*.example.com' --budget 3000
has_not out beware
run 0 fuzz --regex '^https://.*\.example\.com$' --intend 'https://*.example.com' --budget 3000
has out 'beware  https://evil.net;.example.com gets in too'
run 1 fuzz --regex '\.example\.com$' --intend 'https://app.example.com' --budget 9000 --no-save
has out 'WebKit cuts the host and loads it from a.'
# Seconds are a budget too.
run 0 fuzz --regex '^https://example\.com$' --intend https://example.com --budget 0.3s --format json
json '.seconds < 3 and .executions > 1000'

# The same seed, the same answers; the seed is printed.
for seed in 7 7; do
    run 1 fuzz --regex '^https://(example|[a-z]{3}d)\.com$' --intend https://example.com --seed $seed \
        --budget 300000 --no-save --format json
    n=$((n + 1))
    jq 'del(.seconds)' out >"seed-$n"
done
cmp -s seed-1 seed-2 || { echo "the same seed gives another result"; diff seed-1 seed-2; failed=1; }

# Functions in libraries.
run 1 fuzz --function "$library:ends_with" --intend https://example.com --budget 9000 --no-save
has out 'BYPASS  https://aexample.com'
run 0 fuzz --function "$library:equals" --intend https://example.com --budget 9000
# A budget is used up, however much was asked before: of questions, but for the part that is kept
# back, and of seconds.
run 0 fuzz --function "$library:equals" --intend https://example.com --budget 400000 --format json
json '.executions == 320000'
run 0 fuzz --function "$library:equals" --intend https://example.com --budget 2s --format json
json '.seconds >= 1.5 and .seconds < 30 and .executions > 5000'
run 0 fuzz --function "$library:crashes" --intend https://example.com --budget 9000
has out 'trouble'
has out 'ended by signal 6'
run 1 fuzz --function "$library:has_a_friend" --intend https://example.com --budget 9000 --no-save --format json
json '.witnesses[0] | .origin == "https://legacy-partner.test" and .found_by == "words"'
run 2 fuzz --function "$library:nothing" --intend https://example.com
has err 'nothing'

# Programs: an honest one, and every bad one of tests/fuzz/validators is tried there.
cat >honest.sh <<'END'
echo 'corsim-validator 1'
while IFS= read -r origin; do
    case $origin in *.example.com) echo "$origin"; ;; *) echo - ;; esac
done
END
run 1 fuzz --exec 'bash honest.sh' --intend 'https://*.example.com' --budget 4000 --no-save --format json
json '[.witnesses[] | select(.class == "scheme")] | length == 1'
run 2 fuzz --exec 'exit 3' --intend https://example.com
has err 'exit status 3'
run 4 fuzz --exec 'echo corsim-validator 1; exec sleep 0' --intend https://example.com
has err 'given up'
# A server that is not there.
run 3 fuzz --url http://127.0.0.1:9/ --intend https://example.com --rate 100
run 2 fuzz --url http://192.0.2.1/ --intend https://example.com
has err 'authorised'

# Servers: kind, slow, and those that ask for time, by waiting for them.
coproc SERVER { exec node "$3/../validators/hostile_server.mjs"; }
read -r port <&"${SERVER[0]}"
serve() {
    local expected=$1 path=$2
    shift 2
    run "$expected" fuzz --url "http://127.0.0.1:$port$path" --intend https://example.com --rate 200 \
        --no-save --budget 40 --format json "$@"
}
serve 1 /echo
json '[.witnesses[].class] == ["reflected", "null"] and .executions <= 40'
serve 1 /slow --ask https://a.test
serve 0 /nothing
json '.executions == 32 and (.stages["one-edit"].complete | not)'
serve 1 /credentials --ask https://a.test
json '.witnesses[0].credentials'
serve 1 /429 --ask https://a.test
json '.seconds >= 1'
serve 4 /always-429
json '.error | contains("429")'
serve 4 /always-reset
serve 4 /never --timeout 0.2
serve 0 /no-preflight --ask https://a.test
serve 1 /no-preflight --ask https://a.test --simple-only
exec {SERVER[1]}>&-
wait

# Only what is asked for.
run 1 fuzz --regex . --intend https://example.com --ask https://a.test --no-save --format json
json '.executions == 3 and [.witnesses[].origin] == ["https://a.test"]'
run 2 fuzz --regex . --intend https://example.com --ask 'https://a.test/'
has err 'no browser sends that'
run 2 fuzz --regex . --intend https://example.com --ask 'https://example.com'
has err 'meant'

# Who must be able to send it.
run 0 fuzz --regex '^https://(example\.com|a\*b\.test)$' --intend https://example.com --engine firefox --budget 20000
run 2 fuzz --regex . --intend https://example.com --engine opera
has err 'opera'

# Wrong flags, each with what was expected.
run 2 fuzz --intend https://example.com
has err 'give one validator'
run 2 fuzz --regex a --exec b --intend https://example.com
has err 'give one validator'
run 2 fuzz --regex a
has err '--intend'
run 2 fuzz --regex a --intend 'https://exam ple.com'
has err 'column 13'
printf '# mine\nhttps://example.com\nftp://example.com\n' >intent
run 2 fuzz --regex a --intend-file intent
has err 'intent:3: column 1: expected'
run 2 fuzz --regex a --intend-file missing
has err 'missing'
printf '# mine\nhttps://example.com\n' >intent
run 0 fuzz --regex '^https://example\.com$' --intend-file intent --budget 500
for budget in 0 -5 5x 5ss s 1e99 ''; do
    run 2 fuzz --regex a --intend https://example.com --budget="$budget"
    has err 'seconds, as in 30s'
done
run 2 fuzz --regex '(' --intend https://example.com
has err 'at character 2'
run 2 fuzz --regex a --dialect cobol --intend https://example.com
has err 'cobol'
run 2 fuzz --exec a --dialect python --intend https://example.com
has err 'go with --regex'
run 2 fuzz --regex a --rate 5 --intend https://example.com
has err 'go with --url'
mkdir -p taken && : >taken/file
run 2 fuzz --regex . --intend https://example.com --save taken/file
has err 'taken/file'
run 2 fuzz --regexx a
has err '--regex'
run 0 fuzz --help
has out 'corsim fuzz --regex'
has out '--intend'

# Whatever the validator says is printed without control characters.
cat >rude.sh <<'END'
echo 'corsim-validator 1'
while IFS= read -r origin; do printf '\033[31mno\007\n'; done
END
run 4 fuzz --exec 'bash rude.sh' --intend https://example.com --budget 200
! grep -q "$(printf '[\001-\010\013-\037]')" out err || { echo "control characters came through"; failed=1; }

exit $failed
