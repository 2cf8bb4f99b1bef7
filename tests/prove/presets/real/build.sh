#!/bin/sh
# build.sh FOLDER: builds handlers.go from Debian's packages of the middlewares (no module proxy) as
# FOLDER/handlers, and ../engines/re2.go as FOLDER/re2. Exits 77 and says what is missing where a
# package is not installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
sources=/usr/share/gocode/src/github.com
for package in rs/cors go-chi/cors gorilla/handlers gin-contrib/cors labstack/echo \
    emicklei/go-restful; do
    [ -d "$sources/$package" ] || {
        echo "SKIP: $sources/$package is not there; apt-get install golang-github-*-dev of it"
        exit 77
    }
done
command -v go >/dev/null || {
    echo "SKIP: no go; apt-get install golang-go"
    exit 77
}
# Outside of modules an import path with /v4 is found only from a folder below GOPATH with a go.mod.
mkdir -p "$folder/path/src/presets"
cp "$here/handlers.go" "$here/../../../../fuzz/adapters/go.go" "$folder/path/src/presets/"
echo 'module presets' >"$folder/path/src/presets/go.mod"
cd "$folder/path/src/presets"
GO111MODULE=off GOFLAGS='' GOPATH="$folder/path:/usr/share/gocode" go build -o "$folder/handlers" .
GO111MODULE=off GOFLAGS='' go build -o "$folder/re2" "$here/../engines/re2.go"
