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

# From anywhere, with any corsim; and what another hunt left there is said.
(cd / && PATH=/usr/bin:/bin CORSIM=$corsim "$folder/corsim-found/stranger-suffix-unbroken.sh") >out 2>err
[ $? -eq 1 ] || { echo "the reproducer does not reproduce elsewhere"; cat out err; failed=1; }
has_not out 'cases of other hunts'
run 1 fuzz --regex '^https://example.com$' --intend https://example.com --budget 2000
has out 'cases of other hunts are there, too: '

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
json '.runs[0].results[0] | .locations[0].logicalLocations[0] as $place |
      $place.fullyQualifiedName == "example\\.com$" and $place.kind == "pattern" and
      .partialFingerprints["witness/v1"] == "https://aexample.com at example\\.com$"'

# What everybody can send and register comes first; who sends the others, and whom they are loaded from.
run 1 fuzz --regex '^https://api.example.com$' --intend https://api.example.com --budget 20000 --no-save
has out 'BYPASS  https://apiaexample.com'
has_not out 'sent  by'
run 1 fuzz --regex '^https://api.example.com$' --intend https://api.example.com --budget 20000 --no-save \
    --format json
json '.witnesses[0] | .origin == "https://apiaexample.com" and (has("server") | not) and .steady and
      .engines == ["chromium", "firefox", "webkit"] and (has("preflight") | not)'
json '.witnesses | map(select(.server != null)) | length > 0 and all(.engines | length < 3)'
json '(.reflecting | not) and .meant == {"asked": 1, "let_in": 1} and (has("error") | not)'

# Nothing found: what that means, and what it does not.
run 0 fuzz --regex '^https://example\.com$' --intend https://example.com --budget 9000
has out 'NONE FOUND'
has out 'Nothing within one edit of what you mean is accepted'
has out 'corsim prove'
run 0 fuzz --regex '^https://example\.com$' --intend https://example.com --budget 100
has_not out 'Nothing within one edit'
has out 'not all'
# Nor what is meant is let in: it says nothing that nothing else is.
run 4 fuzz --regex '^$' --intend https://example.com --budget 2000 --format json
json '.verdict == "none-found" and .refused == ["https://example.com"] and .witnesses == []'
json '.error | startswith("It lets in nothing of what you mean")'
# Of a wildcard the hosts that are asked about may be none of the owner's.
run 0 fuzz --regex '^https://api\.[a-z]+\.example\.com$' --intend 'https://*.example.com' --budget 2000
has out 'NONE FOUND'
has out 'beware  It lets in nothing of what you mean'
run 4 fuzz --regex '^$' --intend https://example.com --budget 2000
has out 'NOT DECIDED'
has out 'It lets in nothing of what you mean'
has out 'refused https://example.com, though it is meant'
has_not out 'Nothing within one edit'
run 1 fuzz --regex 'evil' --intend https://example.com --budget 2000 --no-save
has out 'beware  It lets in nothing of what you mean'
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
# What is said of a certificate is said of the origin that is printed.
run 1 fuzz --regex '^https?://10\.' --intend https://app.acme.io --budget 9000 --no-save --format json
json '[.witnesses[] | select(.tier == "stranger" and (.origin | test("^https://[a-z0-9.-]+$")))] |
      length > 0 and all(.certificate)'
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
has out 'NOT DECIDED'
# What it said before it could not go on counts.
cat >fails.sh <<'END'
echo 'corsim-validator 1'
while IFS= read -r origin; do
    case $origin in https://example.com*) echo "$origin"; ;; *) exit 1; ;; esac
done
END
run 1 fuzz --exec 'bash fails.sh' --intend https://example.com --no-save --format json
json '[.witnesses[].origin] | index("https://example.com.evil.net") != null'
json '.error | contains("given up")'
# A budget of seconds is kept, whatever hangs, and what was found until then is said.
cat >hangs.sh <<'END'
echo 'corsim-validator 1'
while IFS= read -r origin; do
    case $origin in
        https://example.com*) echo "$origin"; ;;
        *x*) sleep 60; ;;
        *) echo -; ;;
    esac
done
END
run 1 fuzz --exec 'bash hangs.sh' --intend https://example.com --budget 2s --no-save --format json
json '.seconds < 3.5 and .witnesses[0].origin == "https://example.com.at" and (has("error") | not)'
run 4 fuzz --exec 'echo corsim-validator 1; read -r o; echo "$o"; exec sleep 60' --intend https://example.com \
    --budget 2s
has out 'NOT DECIDED'
has out 'before anything was asked that is not meant'
run 0 fuzz --regex '^https://example\.com$|^https://(([a-z.])+.)+[A-Z]([a-z])+$' \
    --intend https://example.com --budget 2s --format json
json '.seconds < 3'
# It lets in now and then only: who tries often enough gets in.
cat >now-and-then.sh <<'END'
echo 'corsim-validator 1'
while IFS= read -r origin; do
    case $origin in https://example.com) echo "$origin"; continue; ;; esac
    case $((n++ % 3)):$origin in 0:*example.com) echo "$origin"; ;; *) echo -; ;; esac
done
END
run 1 fuzz --exec 'bash now-and-then.sh' --intend https://example.com --budget 3000 --no-save --format json
json '.verdict == "bypass" and (.witnesses[0] | (.steady | not) and .let_in >= 1 and .let_in < .asked)'
run 1 fuzz --exec 'bash now-and-then.sh' --intend https://example.com --budget 3000 --no-save
has out 'It is not let in always: '
# `*` for everybody is no bypass, but nobody is kept out.
run 0 fuzz --exec 'echo corsim-validator 1; while read -r o; do echo "*"; done' --intend https://example.com \
    --budget 9000
has out 'It answers * to origins that are not meant'
has_not out 'Nothing within one edit'
# Stopped by hand, it says what it found until then. (timeout gives its whole group the signal, else:
# a second time.)
last='fuzz until it is interrupted'
timeout --foreground -s INT 2 "$corsim" fuzz --exec 'bash honest.sh' --intend 'https://*.example.com' --no-save \
    --budget 100000000 >out 2>err </dev/null
has out 'BYPASS  http://a.example.com'
has out 'ended   interrupted'
# Words of a file that the command does not name.
echo 'partners: legacy-partner.test' >module
partner='echo corsim-validator 1; while read -r o; do case $o in https://legacy-[p]artner.test) echo "$o";; '
partner+='https://example.com) echo "$o";; *) echo -;; esac; done'
run 0 fuzz --exec "$partner" --intend https://example.com --budget 3000
run 1 fuzz --exec "$partner" --intend https://example.com --budget 3000 --words module --no-save --format json
json '.witnesses[0] | .origin == "https://legacy-partner.test" and .found_by == "words"'
run 2 fuzz --exec "$partner" --intend https://example.com --words nowhere
has err 'nowhere'
# The reproducer waits as long as the hunt did.
cat >slow.sh <<'END'
echo 'corsim-validator 1'
while IFS= read -r origin; do sleep 0.3; echo "$origin"; done
END
run 1 fuzz --exec 'bash slow.sh' --timeout 20 --intend https://example.com --ask https://a.test
grep -q -e "'--timeout' '20'" corsim-found/stranger-reflected.sh || { echo "no --timeout"; failed=1; }
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
serve 4 /nothing
json '.executions == 32 and (.stages["one-edit"].complete | not)'
json '.error | contains("the server answered 200 without Access-Control-Allow-Origin")'
serve 4 /elsewhere
json '.error | contains("the server answered 302 to http://127.0.0.1:") and contains("not followed")'
serve 4 /key
serve 4 /key --header 'X-Api-Key: https://a.test' --header 'Cookie:'
json '.error | contains("Access-Control-Allow-Origin: https://a.test")'
serve 1 /credentials --ask https://a.test
json '.witnesses[0].credentials'
serve 1 /429 --ask https://a.test
json '.seconds >= 1'
serve 4 /always-429
json '.error | contains("429")'
serve 4 /always-reset
serve 4 /never --timeout 0.2
# A server that does not know OPTIONS: simple requests are read all the same.
serve 1 /no-preflight --budget 120
json '.witnesses[0].preflight == false'
serve 1 /echo --ask https://a.test
json '.witnesses[0].preflight == true'
serve 1 /no-preflight --ask https://a.test --simple-only
json '.witnesses[0] | has("preflight") | not'
serve 1 /no-preflight --ask https://a.test --format text
has out 'for requests without a preflight only'
# Seconds are kept by servers that are slow, or want to be waited for.
serve 1 /slow --budget 2s
json '.seconds < 3'
serve 4 /always-429 --budget 1s
json '.seconds < 2 and .executions == 0'
exec {SERVER[1]}>&-
wait

# Servers whose certificate nobody has signed.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>openssl.err || { cat openssl.err; failed=1; }
coproc TLS { exec node -e '
    const { readFileSync: read } = require("fs");
    const server = require("https").createServer({ key: read("key.pem"), cert: read("cert.pem") }, (ask, tell) => {
        tell.setHeader("access-control-allow-origin", ask.headers.origin);
        tell.end();
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));
    process.stdin.on("end", () => process.exit()).resume();'; }
read -r port <&"${TLS[0]}"
for trusted in '3' '1 --insecure' '1 --cacert cert.pem'; do
    # shellcheck disable=SC2086 # words
    set -- $trusted
    run "$1" fuzz --url "https://localhost:$port/" --intend https://example.com --ask https://a.test "${@:2}"
done
grep -q -e "'--cacert' 'cert.pem'" corsim-found/stranger-reflected.sh || { echo "no --cacert"; failed=1; }
exec {TLS[1]}>&-
wait

# Only what is asked for.
run 1 fuzz --regex . --intend https://example.com --ask https://a.test --no-save --format json
json '.executions == 3 and [.witnesses[].origin] == ["https://a.test"]'
run 1 fuzz --regex a --intend https://example.com --ask https://a.test --ask https://b.dev --no-save
has out 'refused https://b.dev'
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
for budget in 0 -5 5x 5ss s 1e99 '' 0.5 0s .5s 5.s 1e3 0x10 1.5 1.2.3s; do
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
run 2 fuzz --regex a --insecure --intend https://example.com
has err 'go with --url'
for number in 0 -1 0.0 1e3 x ''; do
    run 2 fuzz --url http://127.0.0.1:9/ --rate="$number" --intend https://example.com
    has err 'a number above 0'
    run 2 fuzz --exec cat --timeout="$number" --intend https://example.com
    has err 'a number above 0'
done
for header in 'Origin: https://a.test' nothing ': a'; do
    run 2 fuzz --url http://127.0.0.1:9/ --header "$header" --intend https://example.com
    has err 'NAME: VALUE'
done
# What was found is no less found where it cannot be kept.
mkdir -p taken && : >taken/file
run 1 fuzz --regex . --intend https://example.com --save taken/file
has err 'taken/file'
has out 'BYPASS'
has_not out 'kept'
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
