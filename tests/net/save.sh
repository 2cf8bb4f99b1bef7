#!/bin/sh
# `corsim check --save`: what was seen on the network becomes a case that `corsim run` plays without
# it and finds as it was. The arguments are the same as for the other scripts here.
set -u
hostile=$1 corsim=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# save NAME MODE FLAG...
save() {
    name=$1 mode=$2
    shift 2
    "$hostile" "$mode" 20 1048576 "$corsim" check "http://127.0.0.1:{port}/" -x "" -m 2 \
        --origin https://app.example --save "$folder/$name.case" "$@" >"$folder/out" 2>&1
    if ! "$corsim" run "$folder/$name.case" >"$folder/out" 2>&1; then
        echo "FAIL: $name"
        cat "$folder/out" "$folder/$name.case"
        status=1
    else
        echo "ok $name"
    fi
}

save allowed echo -X PUT -H "X-A: 1" --json "{}"
save blocked duplicate --credentials include
save redirects redirect
save folded folded
save control control-in-header
save location control-in-location
save unreachable refused
save opaque trailer --mode no-cors --referrer ""
save script echo -X TRACE --api xhr

"$corsim" check http://127.0.0.1:1/ -x "" --origin https://app.example \
    --save "$folder/no/such/folder.case" >"$folder/out" 2>&1
if [ $? -ne 2 ] || ! grep -q "cannot write" "$folder/out"; then
    echo "FAIL: a file that cannot be written"
    status=1
fi
exit "$status"
