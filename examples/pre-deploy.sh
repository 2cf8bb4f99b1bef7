#!/bin/sh
# pre-deploy.sh URL ORIGIN FOLDER [OPTION...]: may this server go live? The pages of ORIGIN must be able
# to read URL with credentials in every browser, and an audit, with these options of corsim audit, must
# find nothing that is worse than a note. Leaves report.html, and findings.sarif for code scanning, in
# FOLDER.
#
# Exit status: 0 deploy; 1 do not; 2 wrong arguments; 3 the server could not be reached; 4 it could not be
# decided.
set -u
url=$1 origin=$2 folder=$3
shift 3
mkdir -p "$folder" || exit 2

blocked=0
for engine in chromium firefox webkit; do
    corsim check "$url" --origin "$origin" --credentials include --engine $engine
    status=$?
    [ $status -le 1 ] || exit $status
    [ $status -eq 0 ] || blocked=1
done

# A page for people, and the same for machines: the server is asked twice.
corsim audit "$url" --origin "$origin" --credentials "$@" --format html >"$folder/report.html"
corsim audit "$url" --origin "$origin" --credentials "$@" --format sarif >"$folder/findings.sarif"
status=$?
[ $blocked -eq 0 ] || status=1
case $status in
0) echo "nothing above a note: deploy" ;;
1) echo "findings: see $folder/report.html" ;;
*) echo "the audit could not be finished (exit status $status)" ;;
esac
exit $status
