#!/bin/sh
# `corsim check` against nginx:
#
#     rows.sh CORSIM ROW|self-test
#
# starts nginx with nginx.conf.in around row-ROW.conf on a free port of 127.0.0.1, and holds
# verdict, step, error, JSON and the protocol in nginx's own log against what is expected, over
# HTTP/1.1 and HTTP/2. nginx is stopped at the end, whatever happens.
set -u
corsim=$1 row=$2
source=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
failures=0 checks=0 nginx_process=

. "$source/../needs.sh"
needs nginx openssl jq
folder=$(mktemp -d) || exit 1

# ---- nginx ----

stop_nginx() {
    [ -z "$nginx_process" ] && return
    kill "$nginx_process" 2>/dev/null
    wait "$nginx_process" 2>/dev/null
    nginx_process=
}

clean_up() {
    stop_nginx
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT PIPE TERM

make_certificate() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=api.example \
        -addext subjectAltName=DNS:api.example \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$folder/openssl.log" || {
        cat "$folder/openssl.log"
        exit 1
    }
}

# Some port outside the range that connections are given theirs from.
random_port() {
    number=$(od -An -N2 -tu2 /dev/urandom)
    echo $((10000 + number % 20000))
}

fill_in() {
    sed -e "s|@FOLDER@|$folder|g" -e "s|@PORT@|$port|g" -e "s|@ROW@|$folder/row.conf|g" \
        -e "s|@APPLICATION_PORT@|$((port + 1))|g" "$1"
}

# nginx writes its process id when it listens. False: it ended, because the port is not free.
listens() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -s "$folder/nginx.pid" ] && return 0
        kill -0 "$nginx_process" 2>/dev/null || return 1
        sleep 0.25
    done
    return 1
}

start_nginx() {
    for _ in 1 2 3 4 5; do
        port=$(random_port)
        fill_in "$source/row-$row.conf" >"$folder/row.conf"
        fill_in "$source/nginx.conf.in" >"$folder/nginx.conf"
        timeout 100 nginx -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf" \
            2>"$folder/nginx.log" &
        nginx_process=$!
        listens && return
        stop_nginx
        grep -q 'Address already in use' "$folder/nginx.log" "$folder/error.log" || break
    done
    echo "FAIL: nginx does not start"
    cat "$folder/nginx.log" "$folder/error.log"
    exit 1
}

# ---- Expectations ----

complain() {
    echo "FAIL: $name over $protocol: $1"
    failures=$((failures + 1))
}

# Everything that the JSON says twice or that follows from the verdict; a condition of the row's
# comes behind it.
# shellcheck disable=SC2016
json_condition='
    .verdict == $verdict and .step == $step and (.error // "") == $error
    and (.decided | .algorithm + " " + .step) == $step
    and (.decided.url | startswith("https://fetch.spec.whatwg.org/#"))
    and (.decided.summary | length) > 0
    and ([.exchanges[].method] | join(" ")) == $methods
    and ([.exchanges[] | select(.preflight)] | length) == .preflights
    and ([.exchanges[] | select(.preflight | not)] | length) == .sent
    and all(.exchanges[]; .preflight == (.method == "OPTIONS") and .url == $url
        and .fromCache == false and any(.headers[]; . == ["Origin", "https://app.example"]))
    and .decided.inPreflight == (.sent == 0)
    and .sameOrigin == false and .redirected == false
    and if $verdict == "allowed" then
            .result == "cors" and .readable and .url == $url and .fix == null
            and .status == .exchanges[-1].status and (.body | @base64d | fromjson | length) > 0
        else
            .result == "network-error" and (.readable | not) and .url == "" and .status == 0
            and .headers == [] and (.fix.change | length) > 0 and (.fix.where | length) > 0
        end
    and def received($name):
            [.exchanges[-1].responseHeaders[] | select((.[0] | ascii_downcase) == $name)[1]];
        '

check() {
    "$corsim" check "$url" --origin https://app.example --cacert "$folder/certificate.pem" \
        --resolve "api.example:$port:127.0.0.1" -x "" "$@"
}

# What nginx wrote of the exchanges; it does so a moment after the response is out.
logged() {
    for _ in 1 2 3 4 5 6 7 8; do
        [ "$(wc -l <"$folder/access.log")" -ge "$(echo "$methods" | wc -w)" ] && break
        sleep 0.25
    done
    cat "$folder/access.log"
}

# expect_json FLAG...: the JSON and the log.
expect_json() {
    : >"$folder/access.log"
    check --format json "$@" >"$folder/json" 2>"$folder/errors"
    actual=$?
    [ "$actual" -eq "$status" ] || complain "exit status $actual, not $status"
    [ ! -s "$folder/errors" ] || complain "on standard error: $(cat "$folder/errors")"
    jq -e --arg verdict "$verdict" --arg step "$step" --arg error "$error" --arg url "$url" \
        --arg methods "$methods" "$json_condition$condition" "$folder/json" >/dev/null || {
        complain "the JSON is not $verdict at $step ($error) with $methods, $condition"
        cat "$folder/json"
    }
    for method in $methods; do
        echo "$protocol $method $path"
    done >"$folder/expected.log"
    logged | diff "$folder/expected.log" - || complain "that is what nginx saw"
}

# expect_text WORD FLAG...: the verdict first, then the step, and where to change something if it is
# blocked.
expect_text() {
    word=$1
    shift
    : >"$folder/access.log"
    check "$@" >"$folder/text" 2>&1
    actual=$?
    logged >"$folder/not-late"
    [ "$actual" -eq "$status" ] || complain "exit status $actual for text, not $status"
    head -n 1 "$folder/text" | grep -q "$word" || complain "the text does not begin with $word"
    grep -qE "^Decided in .*, step ${step#* }( |,|\$)" "$folder/text" ||
        complain "the text does not name step ${step#* }"
    [ "$verdict" = allowed ] || grep -q '^Change$' "$folder/text" ||
        complain "the text does not say what to change"
}

# expect NAME PATH VERDICT STEP ERROR METHODS CONDITION [FLAG...]
expect() {
    name=$1 path=$2 verdict=$3 step=$4 error=$5 methods=$6 condition=$7
    shift 7
    url=https://api.example:$port$path
    case $verdict in
    allowed) status=0 word=ALLOWED ;;
    *) status=1 word=BLOCKED ;;
    esac
    protocol=HTTP/1.1
    expect_json --http1.1 "$@"
    protocol=HTTP/2.0
    expect_json --http2 "$@"
    expect_text "$word" "$@"
    checks=$((checks + 3))
}

# ---- The rows ----

row_2() {
    expect "no CORS headers" /broken/ blocked "cors-check 2" MissingAllowOriginHeader GET \
        'received("access-control-allow-origin") == [] and .exchanges[-1].status == 200'
    expect "the wildcard" /repaired/ allowed "cors-check 3" "" GET \
        'received("access-control-allow-origin") == ["*"] and .sent == 1 and .preflights == 0'
}

row_3() {
    expect "the wildcard with credentials" /broken/ blocked "cors-check 4" \
        WildcardOriginNotAllowed GET '.decided.subject == "*"' --credentials include
    expect "the wildcard without credentials" /broken/ allowed "cors-check 3" "" GET true
    expect "the origin with credentials" /repaired/ allowed "cors-check 7" "" GET \
        'received("vary") == ["Origin"]' --credentials include
}

row_4() {
    for answer in not-found:404 method-not-allowed:405 error:500; do
        expect "OPTIONS answered ${answer#*:}" "/broken/${answer%:*}/" blocked \
            "cors-preflight-fetch 7" PreflightInvalidStatus OPTIONS \
            ".exchanges[0].status == ${answer#*:} and .decided.subject == \"${answer#*:}\"" \
            -X PUT --json '{"a":1}'
    done
    expect "OPTIONS answered 405, headers not always" /broken/without-always/ blocked \
        "cors-check 2" MissingAllowOriginHeader OPTIONS '.exchanges[0].status == 405' -X PUT
    expect "a GET, which needs no OPTIONS" /broken/not-found/ allowed "cors-check 5" "" GET true
    expect "OPTIONS answered 204" /repaired/ allowed "cors-check 5" "" "OPTIONS PUT" \
        '.exchanges[0].status == 204' -X PUT --json '{"a":1}'
}

row_13() {
    expect "the origin twice" /broken/ blocked "cors-check 4" MultipleAllowOriginValues GET \
        'received("access-control-allow-origin") == ["https://app.example", "https://app.example"]
         and .decided.subject == "https://app.example, https://app.example"'
    expect "the origin and the wildcard" /broken/wildcard/ blocked "cors-check 4" \
        MultipleAllowOriginValues GET '.decided.subject == "https://app.example, *"'
    for place in proxy application; do
        expect "nothing at the $place" "/repaired/at-the-$place/" allowed "cors-check 5" "" GET \
            'received("access-control-allow-origin") == ["https://app.example"]
             and (.body | @base64d | fromjson | .from) == "application"'
    done
}

row_16() {
    for page in error:500 not-found:404; do
        expect "${page#*:} without the header" "/broken/${page%:*}/" blocked "cors-check 2" \
            MissingAllowOriginHeader GET ".exchanges[-1].status == ${page#*:}"
        expect "${page#*:} with the header" "/repaired/${page%:*}/" allowed "cors-check 5" "" GET \
            ".status == ${page#*:} and (.body | @base64d | fromjson | has(\"error\"))"
    done
    expect "200 with the header" /broken/fine/ allowed "cors-check 5" "" GET '.status == 200'
}

row_19() {
    expect "not on the preflight" /broken/preflight/ blocked "cors-check 8" \
        InvalidAllowCredentials OPTIONS '.decided.subject == null' \
        -X PUT -H 'X-A: 1' --credentials include
    expect "not on the preflight, but no credentials" /broken/preflight/ allowed "cors-check 5" "" \
        "OPTIONS PUT" true -X PUT -H 'X-A: 1'
    expect "not on the response" /broken/response/ blocked "cors-check 8" \
        InvalidAllowCredentials "OPTIONS PUT" '.exchanges[0].status == 204' \
        -X PUT -H 'X-A: 1' --credentials include
    expect "on both" /repaired/ allowed "cors-check 7" "" "OPTIONS PUT" true \
        -X PUT -H 'X-A: 1' --credentials include
}

# Every part of an expectation is made wrong once; each must be noticed in both protocols and, the
# text's parts, in the text.
row_self_test() {
    wrong=0
    for parts in allowed:2:MissingAllowOriginHeader:GET:true \
        blocked:3:MissingAllowOriginHeader:GET:true blocked:2:AllowOriginMismatch:GET:true \
        blocked:2:MissingAllowOriginHeader:PUT:true blocked:2:MissingAllowOriginHeader:GET:false
    do
        before=$failures
        IFS=: read -r verdict step error methods condition <<END
$parts
END
        expect "wrong on purpose" /broken/ "$verdict" "cors-check $step" "$error" "$methods" \
            "$condition" >/dev/null
        [ $((failures - before)) -ge 2 ] || {
            echo "FAIL: not noticed: $parts"
            wrong=1
        }
    done
    failures=$wrong
}

# ---- The run ----

make_certificate
case $row in
self-test) row=2 function=row_self_test ;;
*) function=row_$row ;;
esac
start_nginx
"$function"
echo "$checks checks, $failures failures"
[ "$failures" -eq 0 ]
