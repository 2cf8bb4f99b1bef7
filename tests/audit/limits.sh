#!/bin/sh
# limits.sh CORSIM FOLDER: what `corsim audit` sends, and that its limits hold. The servers are
# server.mjs, which is right, and tests/fuzz/validators/hostile_server.mjs, which says 429.
set -u
corsim=$1 source=$2
failures=0

command -v node >/dev/null || { echo "SKIP: node is not installed"; exit 77; }
command -v jq >/dev/null || { echo "SKIP: jq is not installed"; exit 77; }
folder=$(mktemp -d)
mkfifo "$folder/end"
trap 'rm -rf "$folder"' EXIT

# The servers end when this script does: nobody holds the other end of their standard input then.
node "$source/server.mjs" <"$folder/end" >"$folder/port" &
node "$source/../fuzz/validators/hostile_server.mjs" <"$folder/end" >"$folder/hostile-port" &
exec 3>"$folder/end"

wait_for() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -s "$1" ] && return
        sleep 0.25
    done
    echo "FAIL: a server does not start"
    exit 1
}
wait_for "$folder/port"
wait_for "$folder/hostile-port"
fine=http://127.0.0.1:$(head -n 1 "$folder/port")/allowlist/me
bad=http://127.0.0.1:$(head -n 1 "$folder/hostile-port")

complain() {
    echo "FAIL: $1"
    cat "$folder/out" "$folder/errors"
    failures=$((failures + 1))
}

# expect NAME STATUS JQ-CONDITION URL FLAG...
expect() {
    name=$1 status=$2 condition=$3 url=$4
    shift 4
    began=$(date +%s)
    "$corsim" audit "$url" --origin https://app.example --format json "$@" \
        >"$folder/out" 2>"$folder/errors"
    actual=$?
    took=$(($(date +%s) - began))
    [ "$actual" -eq "$status" ] || complain "$name: exit status $actual, not $status"
    [ "$took" -le 15 ] || complain "$name: it took $took seconds"
    [ -z "$condition" ] || jq -e "$condition" "$folder/out" >/dev/null ||
        complain "$name: not $condition"
}

safe='([.exchanges[].method] | unique - ["GET", "HEAD", "OPTIONS"]) == []'
put='-X PUT -H X-A:1 --credentials'

# shellcheck disable=SC2086
{
    expect "a method is not sent" 0 "$safe" "$fine" $put --no-hunt
    expect "nor a POST" 0 "$safe" "$fine" -X POST -d x=1 --no-hunt
    expect "with --send it is" 0 \
        '[.exchanges[] | select(.method == "PUT")] | length == 1' "$fine" $put --no-hunt --send
    expect "a dry run sends nothing" 0 \
        '.sent == 0 and ([.exchanges[] | select(.sent)] == []) and (.exchanges | length > 20)' \
        "$fine" $put --dry-run
    expect "a dry run shows all that is sent" 0 '.exchanges | length >= 33' "$fine" $put --dry-run
    expect "no more messages than said" 4 '.sent == 7 and (.endedEarly | length > 0)' \
        "$fine" $put --no-hunt --max-requests 7
    expect "no faster than said" 0 '.seconds > (.sent - 2) / 50' "$fine" --no-hunt --rate 50
    expect "one connection does" 0 "$safe" "$fine" --no-hunt --parallel 1
    expect "no longer than said" 4 '.seconds < 3' "$fine" --no-hunt --rate 4 --max-time 1
    expect "the hunt's budget" 0 '.hunt.ran and .hunt.asked <= 60' "$fine" $put --hunt-budget 60
    expect "no other host" 4 '.hunt.ran == false and
        ([.exchanges[].url | select(startswith("http://127.0.0.1:") | not)] == [])' \
        "${fine%/allowlist/me}/redirects-to-another-host/me" --no-hunt
    host=api.example:$(head -n 1 "$folder/port")
    expect "an http: API of an https: page" 1 '.findings[0].id == "mixed-content"' \
        "http://$host/allowlist/me" --resolve "$host:127.0.0.1" --no-hunt
    expect "a port that browsers refuse" 1 '.findings[0].id == "front-end-blocked" and
        .exchanges == []' http://127.0.0.1:1/
    expect "no cookie for a host to follow" 1 \
        '[.exchanges[] | select(.url | startswith("http://localhost:"))] |
            length > 0 and all(.[].headers[]; .[0] != "Cookie")' \
        "${fine%/allowlist/me}/redirects-to-localhost/me" --follow localhost --credentials --no-hunt
    expect "no name of a header that ends a string" 0 'all(.findings[]; .fix // "" | contains("`") | not)' \
        "${fine%/allowlist/me}/odd-header-name/me" --system php --no-hunt
    expect "a rate that leaves no time" 4 '.seconds < 3 and .sent == 1' "$fine" --no-hunt --rate 0.1 \
        --max-time 2
    expect "two preflights without an answer" 1 '.findings[0].id == "preflight-unanswered"' \
        "${fine%/allowlist/me}/options-unanswered/me" $put -X DELETE --no-hunt
    expect "429 for a moment" 1 '.sent > 20' "$bad/429" --no-hunt
    expect "429 for ever" 4 '.endedEarly | contains("429")' "$bad/always-429" --no-hunt
    expect "429 for an hour" 4 '(.endedEarly | contains("429")) and .seconds < 5' "$bad/go-away" \
        --no-hunt
    expect "resets now and then" 1 '.sent > 10' "$bad/reset" --no-hunt --parallel 1
    expect "never an answer" 3 '.unreachable' "$bad/never" --timeout 0.4
    expect "rubbish" 3 '.unreachable' "$bad/rubbish"
    expect "half an answer has all its headers" 1 '.findings[0].id == "no-cors-headers"' "$bad/half" --no-hunt
}

# Reports and cases are passed on.
for format in text json sarif junit html; do
    "$corsim" audit "${fine%/allowlist/me}/reflects-anything/me" --origin https://app.example --no-hunt \
        --credentials -b sid=do-not-show -H 'Authorization: do-not-show' --format $format \
        --save "$folder/cases" >"$folder/$format.report" 2>"$folder/errors"
done
grep -rle do-not-show -e '"of.*the visitor' "$folder/cases" "$folder"/*.report \
    >"$folder/out" && complain "secrets are shown"

# What is said of pages that nobody means.
others() {
    "$corsim" audit "${fine%/allowlist/me}/$1/me" --origin https://app.example --no-hunt >"$folder/out" 2>"$folder/errors"
    grep -qF -- "$2" "$folder/out" || complain "$1: \"$2\" was not said"
}
others allowlist "cannot read what is answered. Of what needs a preflight it can send neither PUT nor DELETE."
others public "It can send without credentials what needs a preflight: PUT."
others allows-null "But under an origin that any site can get it can, and with the visitor's credentials: null."
others allows-null "With Origin: null, which any site can send: It can send with credentials what needs a preflight: PUT."
others ends-with "it can, and with the visitor's credentials: https://evilapp.example."

# What a URL may hold and a URI may not.
"$corsim" audit "$fine?a[]=%zz%41#b#c" --origin https://app.example --no-hunt -X PATCH --format sarif \
    >"$folder/out" 2>"$folder/errors"
jq -e '[.runs[].results[].locations[].physicalLocation.artifactLocation.uri] | unique ==
    ["allowlist/me?a%5B%5D=%25zz%41"]' "$folder/out" >/dev/null || complain "no URI in SARIF"

# Usage: said before anything is sent.
refuse() {
    text=$1
    shift
    "$corsim" audit "$@" >"$folder/out" 2>"$folder/errors"
    actual=$?
    [ "$actual" -eq 2 ] || complain "$*: exit status $actual, not 2"
    grep -qF -- "$text" "$folder/errors" || complain "$*: \"$text\" was not said"
}
refuse "--origin is missing" "$fine"
refuse "URL is missing" --origin https://app.example
refuse "is not an absolute URL" /me --origin https://app.example
refuse "no http: or https: URL" ftp://api.example/ --origin https://app.example
refuse "needs --i-am-authorised" https://api.example/ --origin https://app.example --hunt
refuse "give one" "$fine" --origin https://app.example --hunt --no-hunt
refuse "known are express, django" "$fine" --origin https://app.example --system iis
refuse "no path of that server" "$fine" --origin https://app.example --error-path http://b.example/
refuse "no script can send that" "$fine" --origin https://app.example -X TRACE
refuse "is no header" "$fine" --origin https://app.example -H nothing
refuse "must be more than 0" "$fine" --origin https://app.example --max-requests 0
refuse 'that is "https://app.example"' "$fine" --origin https://app.example/
refuse "expected" "$fine" --origin https://app.example --intend https://app.example/path
refuse "give the pattern to --intend" "$fine" --origin 'https://*.app.example'
refuse "cannot be sent in a header" "$fine" --origin https://app.example -b ''

echo "$failures failures"
[ "$failures" -eq 0 ]
