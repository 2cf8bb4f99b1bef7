#!/bin/sh
# install.sh BUILD SOURCE CC: what `cmake --install` puts into a prefix, and that the example of a C
# server builds against it, passes, and fails when the server is wrong.
set -eu
build=$1 source=$2 cc=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
cmake --install "$build" --prefix "$root" >/dev/null
status=0
for file in bin/corsim include/corsim.h share/bash-completion/completions/corsim \
    share/zsh/site-functions/_corsim share/fish/vendor_completions.d/corsim.fish \
    share/doc/corsim/copyright share/doc/corsim/examples/pre-deploy.sh; do
    [ -f "$root/$file" ] || { echo "there is no $file"; status=1; }
done
if command -v scdoc >/dev/null; then
    for page in man1/corsim.1 man1/corsim-check.1 man5/corsim-case.5; do
        [ -s "$root/share/man/$page" ] || { echo "there is no $page"; status=1; }
    done
fi
"$root/bin/corsim" --version

cp -r "$root/share/doc/corsim/examples/in-process" "$work/server"
cmake -G Ninja -S "$work/server" -B "$work/server/build" -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_PREFIX_PATH="$root" -DCMAKE_C_FLAGS="-Wall -Wextra -Werror" >/dev/null
cmake --build "$work/server/build" >/dev/null
ctest --test-dir "$work/server/build" >/dev/null || { echo "the example does not pass"; status=1; }
grep -q 'strcmp(origin, front_ends\[i\]) == 0' "$work/server/server.c"
sed -i 's/strcmp(origin, front_ends\[i\]) == 0/strncmp(origin, front_ends[i], strlen(front_ends[i])) == 0/' \
    "$work/server/server.c"
cmake --build "$work/server/build" >/dev/null
"$work/server/build/server_test" >"$work/said" && { echo "a server that is wrong passes"; status=1; }
grep -q '^WRONG .*https://app.example.evil.test' "$work/said" || { cat "$work/said"; status=1; }
exit $status
