# To be sourced by a test of the command, which has set `corsim` and `failed=0` and is in a scratch
# folder: runs it, and says what differs in what it printed.

# run STATUS ARGUMENT...: out and err hold what was printed.
run() {
    local expected=$1 status
    shift
    last="$*"
    timeout 60 "$corsim" "$@" >out 2>err </dev/null
    status=$?
    if [ "$status" -ne "$expected" ]; then
        echo "corsim $last: exit status $status, expected $expected; it said:"
        cat out err
        failed=1
    fi
}
# has FILE TEXT, has_not FILE TEXT
has() {
    grep -qF -e "$2" "$1" || { echo "corsim $last: no \"$2\" in its $1:"; cat "$1"; failed=1; }
}
has_not() {
    ! grep -qF -e "$2" "$1" || { echo "corsim $last: \"$2\" in its $1:"; cat "$1"; failed=1; }
}
# json FILTER: true of out.
json() {
    jq -e "$1" out >/dev/null || { echo "corsim $last: not so: $1"; cat out; failed=1; }
}
# xml XPATH VALUE: of out.
xml() {
    local got
    got=$(xmllint --xpath "string($1)" out)
    [ "$got" = "$2" ] || { echo "corsim $last: $1 is \"$got\", not \"$2\""; cat out; failed=1; }
}
