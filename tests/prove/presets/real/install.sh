#!/bin/sh
# install.sh FOLDER [PACKAGE...]: puts npm packages into FOLDER, those that node.mjs asks if none are
# named, at the versions that spec-tables/presets.tsv names; what they need in turn is not pinned.
# Nothing of them is committed.
# Needs the registry. Run with Node 20; some of what fastify needs asks for that.
set -eu
folder=$1
shift
[ $# -gt 0 ] || set -- express@5.3.0 cors@2.8.6 fastify@5.12.8 @fastify/cors@11.4.3 koa@3.3.0 \
    @koa/cors@5.0.0 @hapi/hapi@21.4.10 hono@4.13.19
mkdir -p "$folder"
cd "$folder"
[ -f package.json ] || echo '{"private":true}' >package.json
npm install --no-audit --no-fund --no-save --ignore-scripts --loglevel=error "$@"
