#!/bin/sh
# `corsim serve`: that the responses of a case come out as they are, in order and for the messages
# they answer; what --map changes; the pages; that a bad visitor does no harm; and a clean end.
#
#     serve.sh CORSIM CASES
set -u
corsim=$1 cases=$2
command -v curl >/dev/null || {
    echo "SKIP: there is no curl"
    exit 77
}
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid"; rm -rf "$folder"' EXIT
status=0

start() {
    : >"$folder/address"
    "$corsim" serve "$@" >"$folder/address" 2>"$folder/err" &
    pid=$!
    tries=0
    while [ ! -s "$folder/address" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ] || ! kill -0 "$pid" 2>/dev/null; then
            echo "FAIL: serve $* does not start"
            cat "$folder/err"
            exit 1
        fi
        sleep 0.05
    done
    address=$(sed 's,/$,,' "$folder/address")
}

# stop SIGNAL
stop() {
    kill -s "$1" "$pid"
    wait "$pid"
    ended=$?
    pid=
    result "ends on $1" "$ended" 0
}

# result NAME ACTUAL EXPECTED
result() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        printf 'FAIL: %s:\n%s\nand not\n%s\n' "$1" "$2" "$3"
        status=1
    fi
}

get() {
    curl -sS -m 10 --noproxy '*' "$@" 2>&1
}

code() {
    get -o "$folder/body" -w '%{http_code}' "$@"
}

header() {
    name=$1
    shift
    get -o "$folder/body" -D - "$@" | tr -d '\r' | sed -n "s,^$name: ,,p"
}

check() {
    "$corsim" check -x "" -m 10 --origin http://app.example --format json "$@" |
        sed -n 's/^  "\(verdict\|step\)": "\(.*\)",$/\2/p' | tr '\n' ' '
}

start "$cases/wildcard.case"
result "address" "$(expr "$address" : 'http://127\.0\.0\.1:[0-9]*$')" "${#address}"
result "a browser's verdict" "$(check "$address/me?a=1" -X PUT --credentials include)" \
    "blocked cors-check 4 "
result "and again" "$(check "$address/me?a=1" -X PUT --credentials include)" \
    "blocked cors-check 4 "
result "a header" "$(header ETag -X PUT "$address/me?a=1")" '"<script>"'
result "a body" "$(cat "$folder/body")" "hello"
result "the preflight" "$(code -X OPTIONS -H 'Access-Control-Request-Method: PUT' "$address/me?a=1")" 204
result "an OPTIONS that is none" "$(code -X OPTIONS "$address/me?a=1")" 404
result "another method" "$(code "$address/me?a=1")" 404
result "another query" "$(code -X PUT "$address/me?a=2")" 404
result "the index" "$(get "$address/" | grep -c 'A wildcard does not cover')" 1
result "the page" "$(get "$address/-/" | grep -c 'Fetch it')" 1
stop TERM

start "$cases"
result "in order" "$(get "$address/nested/redirect/to")" "first"
result "then" "$(get "$address/nested/redirect/to")" "second"
result "and round" "$(get "$address/nested/redirect/to")" "first"
result "a redirect" "$(header Location "$address/nested/redirect/from")" "http://api.example/to"
result "a network error" "$(code "$address/nested/redirect/gone" | tail -c 3)" "000"
result "a title is text" "$(get "$address/-/" | grep -c '&lt;script&gt;alert(1)&lt;/script&gt; &amp;')" 1
result "on its page too" "$(get "$address/-/nested/redirect" | grep -c '<script>alert')" 0
result "a header on a page" "$(get "$address/-/wildcard" | grep -c '<script>&quot;\|"<script>"')" 0
command=$(get "$address/-/nested/body" | sed -n '/^<pre>curl/,/^$/p' |
    sed -e 's/^<pre>//' -e "s/&#39;/'/g" -e 's/&quot;/"/g')
result "the curl command has the body" "$(printf '%s' "$command" | grep -c "Content-Length\|raw 'it'")" 1
result "and works" "$(eval "$command -m 10 --noproxy '*'" 2>/dev/null | tail -n 1)" "taken"
result "a case's own root" "$(code "$address/wildcard/me?a=1" -X PUT)" 200
result "no such case" "$(code "$address/none/such")" 404
result "a path is text" "$(get --path-as-is "$address/<script>" | grep -c '<script>')" 0

zeros() {
    head -c "$1" /dev/zero | tr '\000' 'a'
}
refused=$(code -H "X-Long: $(zeros 100000)" "$address/" | tail -c 3)
result "a long header is refused" "${refused%??}" 4
zeros 40000000 | get -o "$folder/body" -X PUT -H Expect: -T - "$address/wildcard/me?a=1" >"$folder/out"
result "a long body is cut off" "$(grep -c '^curl: ' "$folder/out")" 1
i=0
while [ $i -lt 100 ]; do
    printf 'G\033[31m\000 / nonsense\r\n\r\n'
    i=$((i + 1))
done | get -m 2 "telnet://${address#http://}" >"$folder/out"
result "still there" "$(get "$address/nested/redirect/to")" "second"
stop INT

start "$cases" --map http://localhost:1234
result "the mapped origin" \
    "$(header Access-Control-Allow-Origin "$address/nested/redirect/from")" "http://localhost:1234"
result "the mapped redirect" "$(header Location "$address/nested/redirect/from")" \
    "$address/nested/redirect/to"
result "a wildcard stays" "$(header Access-Control-Allow-Origin -X PUT "$address/wildcard/me?a=1")" "*"
stop TERM

# refused NAME TEXT FLAG...
refused() {
    name=$1 text=$2
    shift 2
    "$corsim" serve "$@" >"$folder/out" 2>&1
    result "$name" "$? $(grep -cF -- "$text" "$folder/out")" "2 1"
}
refused "no such file" "no-such.case cannot be opened" no-such.case
refused "no address" "is no IPv4 address" "$cases" --host nowhere
refused "an address of someone else" "cannot listen" "$cases" --host 192.0.2.1
refused "no port" "at most 65535" "$cases" --port 65536
mkdir "$folder/empty"
refused "no case" "there is no case" "$folder/empty"
printf 'A claim.\n\n-- nonsense --\n' >"$folder/empty/a.case"
refused "a malformed case" "a.case:3" "$folder/empty"
mkdir "$folder/pipes"
mkfifo "$folder/pipes/a.case"
refused "a pipe is not waited for" "there is no case" "$folder/pipes"
exit "$status"
