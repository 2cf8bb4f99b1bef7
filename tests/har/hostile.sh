#!/bin/bash
# `corsim har` on what is no recording, or a malicious one: a clear message and exit status 2, or what
# can be said of the rest; bounds; nothing that a terminal would obey; and the flags.
#
#     hostile.sh CORSIM ROOT
set -u
corsim=$1 root=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failed=0
. "$root/tests/cli/expectations.bash"

# har STATUS TEXT [FLAG...]: of a file with this text.
har() {
    local status=$1
    printf '%s' "$2" >given.har
    shift 2
    run "$status" har given.har "$@"
    if LC_ALL=C tr -d '\n' <out | LC_ALL=C grep -q '[[:cntrl:]]' ||
        LC_ALL=C tr -d '\n' <err | LC_ALL=C grep -q '[[:cntrl:]]'; then
        echo "a control character was printed"
        failed=1
    fi
}

# entries ENTRY...: a recording of them.
entries() {
    local IFS=,
    echo "{\"log\":{\"creator\":{\"name\":\"WebInspector\",\"version\":\"537.36\"},\"pages\":[
        {\"id\":\"p\",\"title\":\"https://app.example/\"}],\"entries\":[$*]}}"
}

# entry METHOD URL HEADERS STATUS HEADERS [MORE]
entry() {
    echo "{\"pageref\":\"p\",\"startedDateTime\":\"2026-11-21T15:00:0${6-0.000Z}\",
        \"_resourceType\":\"fetch\",\"request\":{\"method\":\"$1\",\"url\":\"$2\",\"headers\":[$3]},
        \"response\":{\"status\":$4,\"headers\":[$5]${7-}}}"
}
header() {
    echo "{\"name\":\"$1\",\"value\":\"$2\"}"
}
origin=$(header Origin https://app.example)
allow=$(header Access-Control-Allow-Origin '*')

# No recording.
har 2 ''
has err "not JSON"
har 2 '{"log":'
has err "not JSON"
har 2 '[]'
has err "this is JSON, but no HAR"
har 2 '{"log":{"entries":{}}}'
has err "no HAR"
har 2 '{"log":{"entries":[1]}}'
has err "entry 1 is no object"
har 2 '{"log":{"entries":[{}]}}'
has err "entry 1 has no request"
har 2 '{"log":{"entries":[{"request":{"method":"GET","url":1}}]}}'
has err "entry 1 has no request with a method and a URL"
har 2 '{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/"},"response":[]}]}}'
has err "entry 1 has a response that is no object"
run 2 har no-such-file.har
has err "no-such-file.har cannot be opened"
har 2 "$(head -c 100000 /dev/zero | tr '\0' '[')"
has err "not JSON"
{
    printf '{"log":{"entries":['
    yes '{},' | head -n 20000
    printf '{}]}}'
} >many.har
run 2 har many.har
has err "more than 20000 entries"
truncate -s 140000000 long.har
run 2 har long.har
has err "is longer than"

# Nothing to explain.
har 4 "$(entries)"
has out "no cross-origin request"
printf '\357\273\277%s' "$(entries)" >bom.har
run 4 har bom.har
har 0 "$(entries '{"request":{"method":"GET","url":"data:,"}}' '{"request":{"method":"G T","url":"https://a.example/"}}')"
has out "2 that no script could make over HTTP"
har 0 "$(entries '{"_resourceType":"fetch","request":{"method":"GET","url":"https://a.example/"},"response":{"status":200}}')"
has out "1 whose page the recording does not name"
run 1 har given.har --origin https://app.example
has out "BLOCKED  GET https://a.example/"

run 2 har given.har --origin https://app.example/
has err "is no origin"

# Odd values.
har 1 "$(entries "$(entry GET 'https://api.example/\u001b[31m' "$origin" 200 "$(header 'Access-Control-Allow-Origin' '\u001b]0;gone\u0007\u202e')")")"
has out '\x1b]0;gone\x07'
har 1 "$(entries "$(entry GET https://api.example/ "$origin" 200 "$(header 'X A' b),$(header '' ''),{},1,null,$(header Vary '\u0000')")")" -v
har 4 "$(entries "$(entry GET https://api.example/ "$origin" -5 "$allow")" "$(entry GET https://api.example/2 "$origin" '"200"' "$allow")" "$(entry GET https://api.example/3 "$origin" 1e9 "$allow")")"
has out "3 undecided"
har 0 "$(entries "$(entry GET https://api.example/ "$origin" 200 "$allow" garbage)")"
har 4 "$(entries "$(entry GET https://api.example/ "$origin" 302 "$(header Location /),$allow")")"
har 1 "$(entries "$(entry GET https://api.example/ "$origin" 302 "$(header Location 'https://['),$allow")")"
loop=$(entry GET https://api.example/ "$origin" 302 "$(header Location /),$allow")
har 1 "$(entries $(for _ in $(seq 30); do echo "$loop" | tr -d ' \n'; echo; done))"
har 1 "$(entries "$(entry GET https://api.example/ "$origin" 200 "$(header Access-Control-Allow-Origin 'https://app.example\nhttps://app.example')")")"
has out "https://app.example, https://app.example"
# Bounds: newlines behind a NUL, more headers of the browser's than a name each could be copied for, and
# more pages than could be looked through for each entry.
lines=$(for i in $(seq 3000); do printf ',{"name":"x%s","value":"a\\u0000\\nb"}' "$i"; done)
har 1 "$(entries "$(entry GET https://api.example/ "$origin" 200 "$allow$lines")")"
{
    printf '{"log":{"entries":[{"request":{"method":"GET","url":"https://api.example/","headers":['
    yes '{"name":"DNT","value":"1"},' | head -n 100000
    printf '{}]}}]}}'
} >added.har
run 0 har added.har
{
    printf '{"log":{"pages":['
    yes '{"id":"a","title":"https://app.example/"},' | head -n 300000
    printf '{}],"entries":['
    yes '{"pageref":"b","request":{"method":"GET","url":"https://api.example/"}},' | head -n 19999
    printf '{"request":{"method":"GET","url":"https://api.example/"}}]}}'
} >pages.har
run 0 har pages.har
har 0 "$(entries "$(entry TRACE https://api.example/ "$origin" 200 "$allow")")" --only 'https://other/*'

# What missing preflights mean; * and credentials.
put=$(entry PUT https://api.example/ "$origin" 200 "$allow")
har 0 "$(entries "$put")"
has out "one from before the recording was still remembered"
har 4 "$(entries "$(entry PUT https://api.example/ "$origin" 0 '')")"
has out "the recording does not say which of the two failed"
har 0 "$(entries "$(entry GET https://api.example/ "$origin" 200 "$(header Access-Control-Allow-Origin https://app.example),$(header Set-Cookie 'a=do-not-show')")")" -v
has_not out do-not-show
har 1 "$(entries "$(entry GET https://api.example/ "$origin" 200 "$allow" 0.000Z ',"_error":"net::ERR_FAILED"')")"
has out "fits only if credentials were included"
preflight=$(entry OPTIONS https://api.example/ "$origin,$(header Access-Control-Request-Method PUT)" 200 "$allow,$(header Access-Control-Allow-Methods PUT)")
har 0 "$(entries "$preflight" "$put" "$preflight" "$put")"
has out "The browser sent a preflight although an earlier one should still count"
har 0 "$(entries "$preflight")"
has out "1 preflights without their request"
post=$(entry POST https://api.example/ "$origin" 200 "$allow")
har 0 "$(entries "${preflight//PUT/POST}" "$post")"
has out "something listens to its upload"
har 1 "$(entries "$(entry GET https://api.example/ "$origin" 200 '')")"
has out "an extension or a flag of the browser may have allowed it"

# Choosing.
har 1 "$(entries "$put" "$(entry GET https://other.example/a "$origin" 200 '')")" --only 'https://o?her.example/*' --format json
json '.blocked == 1 and .allowed == 0 and (.fetches | length) == 1'
run 0 har given.har --only '*api*'
run 0 har given.har --only 'https://nowhere/*'
has out "no cross-origin request that matches"
has out 'left out, as --only "https://nowhere/*" wants it: 2'
run 1 har given.har --engine spec
has out "explained as the standard does it"
exit "$failed"
