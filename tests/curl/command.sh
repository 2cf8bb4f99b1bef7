#!/bin/bash
# `corsim check --curl`: that the fetch of a pasted command is made, from where the command may come,
# and what goes with it and what does not. What commands mean is commands.txt's.
#
#     command.sh CORSIM HOSTILE ROOT
set -u
corsim=$1 hostile=$2 root=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failed=0
. "$root/tests/cli/expectations.bash"

# serve STATUS MODE ARGUMENT...: the command against hostile.c; {port} is its port.
serve() {
    local corsim=$hostile expected=$1 mode=$2
    shift 2
    run "$expected" "$mode" 20 1048576 "$real" check -x "" -m 10 "$@"
}
real=$corsim

pasted="curl 'http://127.0.0.1:{port}/me' \\
  -X 'PUT' -H 'x-a: 1' -H 'origin: https://app.example' -H 'sec-fetch-mode: cors' \\
  -H 'user-agent: Mozilla/5.0 (Mine)' -H 'accept-language: en' -H 'referer: https://app.example/'"
serve 0 echo --curl "$pasted" -v
has out "preflight OPTIONS"
has out "Access-Control-Request-Headers: x-a"
has out "> User-Agent: Mozilla/5.0 (Mine)"
has out "> Accept-Language: en"
has out "> Referer: https://app.example/"
has out "these headers are the browser's own, not the script's: origin, sec-fetch-mode"
serve 0 echo --curl "$pasted" --format json
json '.verdict == "allowed" and .preflights == 1 and (.notes[0] | contains("user-agent"))'
serve 0 echo --curl "$pasted" --engine all
has out "firefox  allowed     1     1"

# A flag has the last word.
serve 0 echo --curl "$pasted" --origin https://other.example -X GET -A mine -H "X-B: 2" -v
has out "https://other.example may read"
has out "Access-Control-Request-Headers: x-a,x-b"
has out "User-Agent: mine"
serve 1 echo --curl "$pasted -b 'sid=1'"
has out 'are taken to be "include"'
serve 0 echo --curl "$pasted -b 'sid=1'" --credentials omit
has_not out 'are taken to be'
serve 0 trailer --curl "curl http://127.0.0.1:{port}/a.png -H 'sec-fetch-mode: no-cors'" \
    --origin https://app.example
has out "OPAQUE"

# From a file and from standard input; a file may hold what no argument could.
printf '%s\n' "curl http://127.0.0.1:2/ -H 'Origin: https://app.example'" >pasted
run 3 check --curl @pasted
has err "connection refused"
"$corsim" check --curl - <pasted >out 2>err
has err "connection refused"
run 2 check --curl @no-such-file
has err "no-such-file cannot be opened"
head -c 2000000 /dev/zero | tr '\0' 'a' >long
run 2 check --curl @long
has err "is longer than"
printf 'curl http://127.0.0.1:2/\0' >nul
run 2 check --curl @nul
has err "NUL"

# Many short pieces.
{
    printf "curl http://127.0.0.1:2/ -H 'Origin: https://app.example' -H 'Cookie: "
    yes 'a=b;' | head -n 50000 | tr -d '\n'
    printf "'"
    yes ' -da' | head -n 100000 | tr -d '\n'
} >pieces
run 3 check --curl @pieces
has err "connection refused"

# What makes no sense.
run 2 check --curl "curl http://127.0.0.1:2/ --unheard-of" --origin https://app.example
has err "line 1, column 26: --unheard-of: this flag of curl is not known here"
run 2 check --curl "curl http://127.0.0.1:2/ -d a" -d b --origin https://app.example
has err "has a body already"
run 2 check --curl "curl http://127.0.0.1:2/" http://127.0.0.1:2/
has err "the URL is that of --curl"
run 2 check --curl "curl http://127.0.0.1:2/ --$(printf '\033')[31m"
has err '\x1b[31m'
run 2 check --curl "curl \"http://127.0.0.1:2/\" -d \"{\"\"a\"\":1}\"" --curl-quoting posix -v
has err "no Origin header"
run 2 check --curl ""
has err "there is no command"
exit "$failed"
