#!/bin/sh
# rows.sh ROOT: every row of findings.tsv is looked for by a judge, and every system has a fix for
# each: its own or that of "allow".
set -u
cd "$1" || exit 2
failures=0
complain() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}
ids=$(grep -v '^#' spec-tables/findings.tsv | tail -n +2 | cut -f1)
for id in $ids; do
    name=FINDING_$(echo "$id" | tr 'a-z-' 'A-Z_')
    grep -qw "$name" cli/audit_judge_*.c || complain "no judge looks for $id"
done
for system in express django flask fastapi rails laravel php go nginx apache caddy spring bucket; do
    grep -q "^allow	$system	" spec-tables/fixes.tsv || complain "$system has no fix"
done
for fix in $(grep -v '^#' spec-tables/fixes.tsv | tail -n +2 | cut -f1 | sort -u); do
    grep -v '^#' spec-tables/findings.tsv | cut -f6 | grep -qx "$fix" ||
        complain "nothing is put right by $fix"
done
echo "$(echo "$ids" | wc -l) findings, $failures failures"
[ "$failures" -eq 0 ]
