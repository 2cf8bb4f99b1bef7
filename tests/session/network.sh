#!/bin/sh
# `corsim session` without scripted responses: it asks the network, with the transport flags of
# `check`, and goes on after a failure. tests/net/hostile.c serves.
set -u
hostile=$1 corsim=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/session" <<'END'
#!/bin/sh
url=$2
"$1" session -x "" -m 10 --resolve "api.example:${url##*:}:127.0.0.1" <<LINES
{"id":1,"op":"fetch","url":"$url/","origin":"http://app.example","method":"PUT","body":"x"}
{"id":2,"op":"fetch","url":"http://127.0.0.1:2/","origin":"http://app.example"}
{"id":3,"op":"fetch","url":"http://api.example:${url##*:}/","origin":"http://app.example"}
{"id":4,"op":"fetch","url":"$url/","origin":"http://app.example","credentials":"include"}
{"id":5,"op":"fetch","url":"$url/","origin":"http://app.example","responses":[]}
LINES
END
"$hostile" echo 20 1048576 /bin/sh "$folder/session" "$corsim" "http://127.0.0.1:{port}" \
    >"$folder/out"
sed 's/^\({"id":[0-9]*,"result":"[a-z-]*"\).*"error":\("[A-Za-z]*"\|null\),"reason.*/\1,\2/' \
    "$folder/out" >"$folder/actual"
diff -u - "$folder/actual" <<'END'
{"id":1,"result":"cors",null
{"id":2,"result":"network-error","ConnectionFailed"
{"id":3,"result":"cors",null
{"id":4,"result":"network-error","WildcardOriginNotAllowed"
{"id":5,"result":"network-error","ConnectionFailed"
END
