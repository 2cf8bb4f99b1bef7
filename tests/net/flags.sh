#!/bin/sh
# How `corsim check` reads its flags: what is refused, with which words and exit status 2, and what
# the formats and notes say. The arguments are the same as for the other scripts here.
set -u
hostile=$1 corsim=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# expect NAME STATUS TEXT COMMAND...: TEXT is somewhere in the output.
expect() {
    name=$1 wanted=$2 text=$3
    shift 3
    "$@" >"$folder/out" 2>&1
    actual=$?
    if [ "$actual" -ne "$wanted" ] || ! tr '\n' ' ' <"$folder/out" | grep -qF -- "$text"; then
        echo "FAIL: $name: exit status $actual, not $wanted, or no \"$text\":"
        cat "$folder/out"
        status=1
    else
        echo "ok $name"
    fi
}

check() {
    "$corsim" check "$@"
}

serve() {
    mode=$1
    shift
    "$hostile" "$mode" 20 1048576 "$corsim" check -x "" -m 10 "$@"
}

url=http://127.0.0.1:{port}/
origin="--origin https://app.example"

expect "no origin" 2 "--origin is missing" check http://127.0.0.1/
expect "no URL" 2 "URL" check $origin
expect "relative URL" 2 "is not an absolute URL" check /me $origin
expect "no scheme" 2 "is no http: or https: URL" check localhost:3000/me $origin
expect "scheme" 2 "is no http: or https: URL" check ftp://localhost/ $origin
expect "origin with a path" 2 'that is "https://app.example"' \
    check http://127.0.0.1/ --origin https://app.example/
expect "header without a colon" 2 "is no header" check http://127.0.0.1/ $origin -H X-A
expect "header without a value" 2 "is no header" check http://127.0.0.1/ $origin -H X-A:
expect "control characters in a flag" 2 '\x1b[31m' \
    check http://127.0.0.1/ $origin -H "$(printf '\033[31m')"
expect "two bodies" 2 "are two bodies" check http://127.0.0.1/ $origin -d a --json b
expect "data from nowhere" 2 "no-such-file" check http://127.0.0.1/ $origin -d @no-such-file
expect "referrer" 2 "is not a URL" check http://127.0.0.1/ $origin --referrer http://
expect "unknown flag" 2 "--credentials" check http://127.0.0.1/ $origin --credential include
expect "unknown credentials mode" 2 "include" check http://127.0.0.1/ $origin --credentials yes
expect "no certificates" 2 "the file of --cacert cannot be read" \
    check https://127.0.0.1/ $origin --cacert no-such-file
expect "resolve without an address" 2 "--resolve takes HOST:PORT:ADDRESS" check http://127.0.0.1/ $origin --resolve a:b
expect "user agent in two lines" 2 "cannot be sent in a header" \
    check http://127.0.0.1/ $origin -A "$(printf 'a\nb')"
expect "help" 0 "--referrer-policy" check --help

expect "same origin" 0 "CORS does not apply" serve trailer $url --origin "http://127.0.0.1:{port}"
expect "script's error" 1 "a TypeError" serve echo $url $origin -X TRACE
expect "nothing sent" 1 "On the wire: nothing" serve echo $url $origin -X TRACE
expect "XMLHttpRequest" 1 "a SecurityError" serve echo $url $origin -X TRACE --api xhr
expect "upload listener" 0 "1. preflight OPTIONS" \
    serve echo $url $origin -X POST --api xhr --upload-listener
expect "no-cors" 0 "OPAQUE" serve trailer $url $origin --mode no-cors
expect "wildcard with credentials" 1 "does not cover a request with credentials" \
    serve echo $url $origin --credentials include
expect "works with curl" 1 "curl and Postman would show this answer" serve trailer $url $origin
expect "may have been acted on" 1 "does not protect against writes" \
    serve trailer $url $origin -X POST -d a=1
expect "redirect error" 1 "RedirectModeError" \
    serve redirect $url $origin --redirect error --format json
expect "redirect manual" 0 "opaque-redirect" \
    serve redirect $url $origin --redirect manual --format json
expect "opaque origin" 0 "> Origin: null" serve echo $url --origin null
expect "page" 0 "> Referer: https://app.example/a" \
    serve echo $url $origin --page https://app.example/a --referrer-policy unsafe-url
expect "relative referrer" 0 "> Referer: https://app.example/b" \
    serve echo $url $origin --page https://app.example/a --referrer b --referrer-policy unsafe-url
expect "user agent" 0 "> User-Agent: corsim/" serve echo $url $origin -v
expect "user agent of a script" 0 "> User-Agent: mine" serve echo $url $origin -H "User-Agent: mine" -v
expect "headers left out" 0 "so they were left out: Cookie, Host." \
    serve echo $url $origin -H "Cookie: a=b" -H "X-A: 1" -H "Host: c"
expect "headers left out without CORS" 0 "in no-cors mode, so they were left out: X-A." \
    serve echo $url $origin --mode no-cors -H "X-A: 1" -H "Accept: d"
expect "the preflight's status" 1 "its status, 404, would not do either" \
    serve not-found $url $origin -X PUT
expect "is what to repair" 1 "Answer OPTIONS with 204 and the CORS headers" \
    serve not-found $url $origin -X PUT
expect "an error's headers" 1 "is an error, with status 404" serve not-found $url $origin
expect "are often forgotten" 1 "nginx's add_header needs always" serve not-found $url $origin
expect "nobody is logged in" 1 "No cookies were sent" \
    serve unauthorized $url $origin --credentials include
expect "all names that are missing" 1 "lacks 3 of the names: authorization, x-a, x-b." \
    serve no-allow-headers $url $origin -H "X-A: 1" -H "X-B: 1" -H "Authorization: c"
expect "hidden headers" 0 "Access-Control-Expose-Headers" serve not-exposed $url $origin
expect "no credentials header" 1 "There is no such header. This is about the preflight's response." \
    serve no-allow-credentials $url $origin --credentials include -X PUT
expect "a page from localhost" 1 "In Chrome, Firefox and Safari a message goes out that was not" \
    check http://api.example/ --origin http://localhost:3000
expect "the same for programs" 1 '"In Chrome, Firefox and Safari a message goes out that was not' \
    check http://api.example/ --origin http://localhost:3000 --format json
expect "as one browser" 3 "UNREACHABLE in Chrome" \
    check http://api.invalid/ --origin http://localhost:3000 -x "" --engine chromium
expect "browsers get the same answers" 0 "Note   The address is a loopback or private one." \
    serve echo $url $origin -X PUT -H "X-A: 1"
expect "what only one browser blocks" 0 "In Firefox a message goes out that was not sent here (non-asc" \
    serve echo $url $origin -H "Accept: $(printf '\303\244')"
expect "step by step" 0 "https://fetch.spec.whatwg.org/#concept-cors-check" \
    serve echo $url $origin -v
expect "diagram" 0 "sequenceDiagram" serve echo $url $origin --format mermaid -X PUT
expect "colours" 1 "$(printf '\033[')" serve trailer $url $origin --color always
expect "proxy" 3 "connection refused" \
    check http://api.example/ --origin http://app.example -x http://127.0.0.1:1
expect "resolve" 0 "ALLOWED" \
    serve echo "http://api.example:{port}/" --origin http://app.example \
    --resolve "api.example:{port}:127.0.0.1"
exit "$status"
