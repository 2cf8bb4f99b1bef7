#!/bin/bash
# What `explain` says beside the verdict, for cases whose verdict is held elsewhere: whose value
# decided, advice that would not lead to the next error, browsers that decide otherwise, what else is
# decided alike, and whether the case says the same.
#
#     advice.sh CORSIM ROOT
set -u
corsim=$1 root=$2 cases=$2/corpus/cases
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failed=0
. "$root/tests/cli/expectations.bash"

# says CASE TEXT...: all of them are in what explain prints.
says() {
    run 0 explain "$cases/$1.case"
    shift
    for text; do has out "$text"; done
}

# answer ORIGIN HEADER...: a case of one response, without what is expected.
answer() {
    printf 'A claim.\n\n-- fetch --\nurl https://api.example/\norigin %s\n' "$1"
    shift
    printf '\n-- response --\n200\n'
    printf '%s\n' "$@"
}

# Whose value it is.
says cors-preflight-fetch/method-not-listed 'The method is "' '; the answer lists "'
says cors-preflight-fetch/no-allow-methods 'The method is "' '; the answer has no such list.'
says cors-preflight-fetch/methods-wildcard-with-credentials \
    '; the answer lists "*", which counts only without credentials.'
says cors-preflight-fetch/header-not-listed 'The header is "'
says cors-check/subdomain-is-another-origin 'The header says "'
says headers-validate/nul-in-value "The header's name is \""

# With Origin: null, to name an origin does not help, and to name null is dangerous.
says http-redirect-fetch/second-server-without-header 'so the request says Origin: null.' \
    'Let the page call the URL that the redirects lead to' 'Do not answer null'
says http-redirect-fetch/wildcard-with-credentials 'so the request says Origin: null.' \
    'Do not answer null'
has_not out "exact value of the request's Origin"
says cors-check/page-from-disk 'Open the page from a server' 'Do not answer null'
answer null 'Access-Control-Allow-Origin: null' 'Access-Control-Allow-Credentials: yes' |
    sed '/^origin/a credentials include' >null.case
run 0 explain null.case
has out 'Do not answer null'
has_not out 'Send Access-Control-Allow-Credentials'

# Advice for what the request is.
says dom-request/patch-in-lower-case 'Write the method in upper case in the page'
answer https://app.example 'Access-Control-Allow-Origin: *' 'Access-Control-Allow-Methods: patch' |
    sed '/^origin/a method patch' >patch.case
sed -n '/^-- response/,$p' patch.case >again
cat again >>patch.case
run 0 explain patch.case
has out 'The method goes out as "patch".'
says http-redirect-fetch/redirect-without-header 'answer requests of scripts with 401'
says scenarios/06-session-expired 'answer requests of scripts with 401'
says scenarios/19-no-credentials-on-preflight 'the answer to OPTIONS, where it was decided'
says scenarios/14-wildcard-subdomain "answer with the value of the request's Origin header"
says extract-header-values/expose-headers-malformed 'is no list of header names, so it names none'
answer https://app.example 'Access-Control-Allow-Origin: *' | sed 's/api.example/192.168.0.1/' >local.case
run 0 explain local.case
has out '(Local Network Access); that is not simulated'
sed -i 's/app.example/10.1.2.3/' local.case
run 0 explain local.case
has_not out 'Local Network'

# Browsers that decide otherwise.
says engines/authorization-covered-by-wildcard \
    'In Chrome, Firefox and Safari the page may read the answer (authorization-covered-by-wildcard):'
says should-block-fetch/page-from-localhost \
    'a message goes out that was not sent here (pages-from-https-only-do-not-mix):' \
    'See --engine all.'
says cors-check/wildcard
has_not out '--engine all'
run 0 explain --format json "$cases/engines/authorization-covered-by-wildcard.case"
json '[.fetches[0].notes[] | select(startswith("In Chrome, Firefox and Safari"))] | length == 1'
run 0 explain --engine chromium "$cases/engines/authorization-covered-by-wildcard.case"
has_not out '--engine all'

# What is decided alike: * counts without credentials, so it stands with include alone.
says cors-preflight-fetch/methods-wildcard-with-credentials 'Decided alike: ' '  or'
awk '/^  credentials-mode/ { mode = $0 }
     /^  allow-methods/ && /wildcard/ && mode !~ /^  credentials-mode *include$/ { exit 1 }' out ||
    { echo "* is among what refuses a method without credentials:"; cat out; failed=1; }

# What the case expects need not be said, and is compared if it is.
answer https://app.example 'Access-Control-Allow-Origin: *' >unsaid.case
run 2 run unsaid.case
run 0 explain unsaid.case
has out 'What the case could expect'
cp out explained
"$corsim" serve unsaid.case >served 2>&1 &
server=$!
for _ in $(seq 100); do
    [ -s served ] && break
    sleep 0.1
done
kill "$server"
grep -q '^http://127.0.0.1:' served || { echo "serve does not take a case that expects nothing:"; cat served; failed=1; }
sed -n '/^-- expect --/,$p' explained >>unsaid.case
run 0 run unsaid.case
run 0 explain unsaid.case
has_not out 'What the case could expect'
has_not out 'The case expects otherwise'
sed 's/cors-check 3/cors-check 5/' unsaid.case >otherwise.case
run 0 explain otherwise.case
has out 'The case expects otherwise'
has out 'step: expected cors-check 5, is cors-check 3'
run 0 explain --engine all otherwise.case
has out 'step: expected cors-check 5, is cors-check 3'
run 0 explain --format json otherwise.case
json '.fetches[0].mismatches | length == 1 and .[0].what == "step"'
sed '/^step/d' unsaid.case >half.case
run 2 run half.case
run 0 explain half.case
has out 'What the case could expect'

[ $failed -eq 0 ] && echo "all as expected"
exit "$failed"
