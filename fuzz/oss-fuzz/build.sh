#!/bin/bash -eu
# OSS-Fuzz runs the targets where nothing is installed, so what they need is linked in.
export LIBRARIES='-Wl,-Bstatic -lpsl -lidn2 -lunistring -ljansson -lpcre2-8 -Wl,-Bdynamic'
exec "$SRC/corsim/fuzz/build.sh"
