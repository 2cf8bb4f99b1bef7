#!/bin/sh
# pages.sh CORSIM SOURCE FOLDER: the manual pages of every command of this corsim, in man1 and man5
# below the folder. A command without a template in man/ has no page, which tests/package notices.
set -eu
corsim=$1 source=$2 folder=$3
here=$(dirname "$0")
rm -rf "$folder/man1" "$folder/man5"
mkdir -p "$folder/man1" "$folder/man5"

page() {
    "$here/page.sh" "$corsim" "$source" "$here/man/$1.$2.scd" >"$folder/$1.scd"
    scdoc <"$folder/$1.scd" >"$folder/man$2/$1.$2"
    rm "$folder/$1.scd"
}

page corsim 1
page corsim-case 5
for command in $("$corsim" --help | sed -n 's/^  \([a-z][a-z-]*\)  *.*/\1/p' | grep -v '^corsim$'); do
    if [ -f "$here/man/corsim-$command.1.scd" ]; then
        page "corsim-$command" 1
    else
        echo "pages.sh: there is no template for corsim-$command(1)" >&2
    fi
done
