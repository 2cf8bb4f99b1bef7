#!/bin/sh
# hostile.sh CORSIM EXAMPLE SOURCE: whatever comes from a server, a file or the command line, no
# format holds a raw control character or an invisible one, and each is what it claims to be.
set -u
here=$(dirname "$0")
. "$here/outputs.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
outputs "$1" "$2" "$3" "$work" || exit 1
status=0

python3 "$here/raw.py" "$work"/*.text "$work"/*.json "$work"/*.sarif "$work"/*.junit "$work"/*.html ||
    status=1
for file in "$work"/*.json "$work"/*.sarif; do
    jq -e . "$file" >/dev/null || { echo "$(basename "$file") is no JSON"; status=1; }
done
for file in "$work"/*.junit; do
    xmllint --noout "$file" || status=1
done

# What a server says is text, and none of it is left out.
says() {
    grep -qF -e "$2" "$work/audit-$1" || { echo "audit-$1: no \"$2\""; status=1; }
}
says_not() {
    ! grep -qF -e "$2" "$work/audit-$1" || { echo "audit-$1: \"$2\""; status=1; }
}
says hostile.html '&lt;script&gt;window.hostile=1&lt;/script&gt;'
says hostile.html '\x1b[31mred'
says_not hostile.html '<script'
says_not hostile.html '<iframe'
says_not hostile.html 'onerror=window.hostile=2>'
says hostile.text '\x1b[31mred'
says hostile.junit '&lt;script&gt;'
says found.html "if (a &lt; b &amp;&amp; &quot;c&quot;) {"
says found.html '&#39;\.d&#39;'
says found.text "return '\\.d';"
says found.text '1 high, 1 note'
says dry-run.text 'would send'
says nothing.text 'nothing was found'
says unreachable.text 'could not be reached'

# The judge can say no.
printf 'a\033b\n' >"$work/wrong"
python3 "$here/raw.py" "$work/wrong" >/dev/null && { echo "an escape is not noticed"; status=1; }
exit $status
