#!/bin/bash
# shell.sh CORSIM SOURCE fish|zsh: the completion for that shell, loaded by it.
set -u
PATH=$(dirname "$1"):$PATH
shell=$3
cd "$2" || exit 2
command -v "$shell" >/dev/null || { echo "SKIP: there is no $shell"; exit 77; }
. tests/package/expected.sh
HOME=$(mktemp -d)
export HOME
trap 'rm -rf "$HOME"' EXIT

complete_words() {
    shift
    "$shell" "tests/package/$shell.$shell" "$@" 2>&1
}

offers_all
