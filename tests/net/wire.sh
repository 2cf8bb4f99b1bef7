#!/bin/sh
# What `corsim check` and `corsim session` put on the wire, byte for byte: the URL as the standard
# serializes it without its fragment, the headers of the standard in its order and nothing of
# libcurl's own but Host. hostile.c's mode echo answers with the request.
set -u
hostile=$1 corsim=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# sent NAME EXPECTED-FILE PATH FLAG...
sent() {
    name=$1 path=$2
    shift 2
    cat >"$folder/expected"
    "$hostile" echo 20 1048576 "$corsim" check "http://127.0.0.1:{port}$path" \
        --origin https://app.example -x "" -m 10 -A "" --format json "$@" >"$folder/json"
    sed -n 's/^  "body": "\(.*\)",$/\1/p' "$folder/json" | base64 -d | tr -d '\r' |
        sed -e 's/^Host: 127.0.0.1:[0-9]*$/Host: HOST/' -e '$a\' >"$folder/actual"
    if diff -u "$folder/expected" "$folder/actual"; then
        echo "ok $name"
    else
        echo "FAIL: $name"
        status=1
    fi
}

sent "simple GET" '/a/../b/%2e/c?x=%20|"<>&y#fragment' <<'END'
GET /b/c?x=%20|%22%3C%3E&y HTTP/1.1
Host: HOST
Accept: */*
Referer: https://app.example/
Origin: https://app.example
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site

END

sent "form" / -d a=1 -d b=2 --data-raw @c <<'END'
POST / HTTP/1.1
Host: HOST
Content-Type: application/x-www-form-urlencoded;charset=UTF-8
Accept: */*
Content-Length: 10
Referer: https://app.example/
Origin: https://app.example
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site

a=1&b=2&@c
END

sent "JSON, preflighted" / -X PUT --json '{"a":1}' -H 'X-A: 1' -H 'X-Empty;' -H 'x-a:  2 ' \
    --referrer "" <<'END'
PUT / HTTP/1.1
Host: HOST
X-A: 1
X-Empty:
X-A: 2
Content-Type: application/json
Accept: application/json
Content-Length: 7
Origin: https://app.example
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site

{"a":1}
END

sent "no body with POST, no referrer" / -X POST --referrer-policy no-referrer <<'END'
POST / HTTP/1.1
Host: HOST
Accept: */*
Content-Length: 0
Origin: https://app.example
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site

END
sent "a browser's name" / -A 'Some/1.0 (thing)' <<'END'
GET / HTTP/1.1
Host: HOST
Accept: */*
Referer: https://app.example/
Origin: https://app.example
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site
User-Agent: Some/1.0 (thing)

END
exit "$status"
