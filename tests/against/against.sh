#!/bin/bash
# `corsim run --against`: contracts that hold at one server and not at another, several hosts,
# redirects, what is skipped, what cannot be reached, and what is sent where.
#
#     against.sh CORSIM ROOT
set -u
corsim=$1 root=$2 cases=$2/tests/against
command -v python3 >/dev/null || {
    echo "SKIP: there is no python3"
    exit 77
}
folder=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid"; done; rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failed=0
. "$root/tests/cli/expectations.bash"

# start KIND: its address is then in $address, what it gets asked in KIND.log
start() {
    python3 "$cases/server.py" "$1" "$1.port" >"$1.log" 2>&1 &
    pids="$pids $!"
    for _ in $(seq 200); do
        [ -s "$1.port" ] && break
        sleep 0.05
    done
    address=http://127.0.0.1:$(cat "$1.port")
}

# asked KIND TEXT: it was asked this.
asked() {
    has "$1.log" "$2"
}

start right
right=$address
start no-options
bare=$address
start reflects
reflects=$address
start fails
fails=$address
start short-memory
short=$address

# The same contracts pass at one server and fail at others, each for its reason.
run 0 run --against "$right" "$cases/contract.case" "$cases/stranger.case" "$cases/redirect.case"
has out "3 passed, 0 failed"
asked right "OPTIONS /me ${right#http://} https://app.example corsim/"
asked right "PUT /me ${right#http://} https://app.example"
run 1 run --against "$bare" "$cases/contract.case"
has out "expected step cors-check 7, actual step cors-preflight-fetch 7"
run 1 run --against "$reflects" "$cases/stranger.case"
has out 'result: expected "network error", actual "cors"'
run 1 run --against "$fails" "$cases/contract.case"
has out 'status: expected "200", actual "500"'
has out 'body: expected "hello", actual ""'
# 30 seconds pass for the browser, and for nobody else.
run 1 run --against "$short" "$cases/contract.case"
has out 'preflights: expected "0", actual "1"'

# Each browser asks by itself; the flags of check are there.
run 0 run --engine all --against "$right" -A "mine/1" -m 5 --rate 100 "$cases/contract.case"
asked right "https://app.example mine/1"
[ "$(grep -c "^OPTIONS.* mine/1" right.log)" -eq 4 ] ||
    { echo "not one preflight for each of four engines:"; cat right.log; failed=1; }

# Several hosts: each needs a server of its own, and no other host is asked.
run 3 run --against "$right" "$cases/two-hosts.case"
has out "no server stands for https://other.example: name one, --against https://other.example=URL"
run 0 run --against "https://api.example=$right" --against "https://other.example=$bare" \
    "$cases/two-hosts.case"
asked no-options "GET /me ${bare#http://} https://stranger.example"
run 0 run --against "$right" --against "https://other.example=$bare" "$cases/two-hosts.case"
run 3 run --against "$right" "$cases/elsewhere.case"
has out "no server stands for https://elsewhere.example"

# What cannot be played, or reached, is neither right nor wrong.
run 0 run --against "$right" "$cases/cut.case" "$cases/stranger.case"
has out "skipped: its script has a network error"
has out "1 passed, 0 failed, 1 skipped"
run 3 run --against http://127.0.0.1:1 "$cases/stranger.case"
has out "unreachable: fetch 1: There was no response to the request GET https://api.example/me"
run 0 run --against "$right" --format tap "$cases/cut.case"
has out "cut.case # SKIP its script"
run 0 run --against "$right" --format junit "$cases/cut.case" "$cases/stranger.case"
xml 'count(//testcase)' 1
has err "1 skipped"
run 3 run --against http://127.0.0.1:1 --format json "$cases/stranger.case"
json '.unreachable == 1 and .cases[0].status == "unreachable"'

# Flags that make no sense.
run 2 run --against localhost:8080 "$cases/stranger.case"
has err "takes scheme, host and port of a server"
run 2 run --against "$right/path" "$cases/stranger.case"
has err "the paths are the case's"
run 2 run --against "api=$right" "$cases/stranger.case"
has err "what stands before = is no origin"
run 2 run --against "$right" --against "$bare" "$cases/stranger.case"
has err "two servers for one origin"
run 2 run --against "$right" --cacert no-such-file "$cases/stranger.case"
has err "the file of --cacert cannot be read"
exit "$failed"
