#!/bin/bash -eu
exec "$SRC/corsim/fuzz/oss-fuzz/build.sh"
