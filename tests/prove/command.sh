#!/bin/bash
# `corsim prove` as a person meets it: command.sh CORSIM SOURCE-FOLDER. Says what differs; exit 1.
set -u
. "$(dirname "$0")/../cli/expectations.bash"
corsim=$1 source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
mine=(--intend https://example.com)

# ---- A bypass, a proof, and neither, in each format. -----------------------------------------
run 1 prove '/example\.com$/' --dialect js "${mine[@]}"
has out 'BYPASS  https://aexample.com '
has out 'accepted because nothing stands before "example": pattern column 2'
has_not out 'http://example.com'
run 1 prove '\.example\.com$' --dialect js "${mine[@]}"
has out 'BYPASS  https://a.no;.example.com  a stranger can register a.no, from which WebKit loads it'
# Hosts that begin with a dot are nobody's, and shorter.
run 1 prove '^https://.*\.example\.com' --dialect js "${mine[@]}"
has out 'BYPASS  https://a.example.com.co  a stranger can register example.com.co'
run 1 prove 'example\.com$' --dialect pcre2 "${mine[@]}" -v
has out 'pattern column 1'
has out '        example\.com$'
has out '        ^'
has out 'BYPASS  http://example.com'
has out 'class suffix-unbroken'
run 1 prove '/example\.com$/' --dialect js "${mine[@]}" --format json
json '.verdict == "bypass" and .reason == null and .states > 0 and .seconds >= 0'
json '.refused == [] and .witnesses[0].origin == "https://aexample.com"'
json '.witnesses[0] | .answer == .origin and .tier == "stranger" and .class == "suffix-unbroken"
      and .column == 2'
json 'has("fix") and all(.witnesses[]; has("origin") and has("answer") and has("tier") and
      has("class") and has("column") and has("fix"))'
json '[.witnesses[].tier] | unique - ["stranger", "owner", "network", "null"] == []'
run 1 prove '/example\.com$/' --dialect js "${mine[@]}" --format sarif
json '.version == "2.1.0" and .runs[0].tool.driver.name == "corsim prove"'
json '.runs[0].results[0] | .ruleId == "suffix-unbroken" and .level == "error"'
json '[.runs[0].results[].ruleId] - [.runs[0].tool.driver.rules[].id] == []'
run 1 prove '/example\.com$/' --dialect js "${mine[@]}" --format junit
xml /testsuites/testsuite/@failures 1
xml /testsuites/testsuite/testcase/@name '/example\.com$/'
xml 'count(//failure)' 1

proven=('^https://([a-z0-9-]+\.)*example\.com$' --dialect js "${mine[@]}"
        --intend 'https://*.example.com')
run 0 prove "${proven[@]}"
has out 'PROVEN  no browser can send an origin that this accepts and you did not list   ('
run 0 prove "${proven[@]}" --format json
json '.verdict == "proven" and .witnesses == [] and .reason == null and .fix == null'
# What a wildcard holds and one browser takes for a stranger's host is no bypass, but is said.
run 0 prove '^https://.*\.example\.com$' --dialect js --intend 'https://*.example.com'
has out 'beware  https://evil.net;.example.com gets in too, as your * holds it, and WebKit loads it from evil.net'
run 0 prove '^https://.*\.example\.com$' --dialect js --intend 'https://*.example.com' --format json
json '.verdict == "proven" and .astray == "https://evil.net;.example.com"'
for engine in spec chromium firefox; do
    run 0 prove '^https://.*\.example\.com$' --dialect js --intend 'https://*.example.com' --engine $engine
    has_not out beware
done
run 0 prove "${proven[@]}" --format json
json '.astray == null'
run 0 prove "${proven[@]}" --format sarif
json '[.runs[0].results[] | .kind] == ["pass"]'
run 0 prove "${proven[@]}" --format junit
xml /testsuites/testsuite/@errors 0
xml 'count(//testcase/*)' 0

# What PCRE2 does not take, as it would be too large, is no pattern.
run 2 prove "^($(printf 'a%.0s' $(seq 80))){1000}\$" --dialect pcre2 "${mine[@]}"
has err 'regular expression is too large'

# The last of what is quoted takes a quantifier.
run 0 prove '^https://\Qexample.com\E{1}$' --dialect pcre2 "${mine[@]}"
run 1 prove '^https://\Qexample.com\E?$' --dialect pcre2 "${mine[@]}"
has out 'BYPASS  https://example.co '
# References that can stand for anything: what the engine takes is a bypass.
run 1 prove '^https://([a-z]+)\1\.com$' --dialect pcre2 "${mine[@]}"
has out 'BYPASS  https://aa.com '
# Onigmo finds less than the pattern says, so that there is a bypass only if it says so.
if command -v ruby >/dev/null; then
    run 4 prove '\B.*b' --dialect ruby "${mine[@]}"
    has out 'UNDECIDED  a boundary before what a search begins with is not kept exactly: pattern column 1'
    run 1 prove '\b.+/' --dialect ruby "${mine[@]}"
fi

# A reference to a group that matches endlessly many texts is more than the prover keeps exactly.
open=('/^https:\/\/(?=([a-z]+))\1x\.com$/' --dialect js "${mine[@]}")
if command -v node >/dev/null; then
    run 4 prove "${open[@]}"
    has out 'UNDECIDED  a reference to a group is not kept exactly: pattern column 25'
    has out '        /^https:\/\/(?=([a-z]+))\1x\.com$/'
    has out '                                ^'
    has out '--then-fuzz'
    run 4 prove "${open[@]}" --format json
    json '.verdict == "undecided" and (.reason | contains("pattern column 25")) and .column == 25'
    run 4 prove "${open[@]}" --format sarif
    json '[.runs[0].results[] | .ruleId, .kind] == ["undecided", "open", "dead-rule", "fail"]'
    run 4 prove "${open[@]}" --format junit
    xml /testsuites/testsuite/@errors 1
    xml /testsuites/testsuite/@failures 0

    # ---- Undecided, and then a hunt. ---------------------------------------------------------------
    run 4 prove "${open[@]}" --then-fuzz --budget 0.5s
    has out 'NOT DECIDED  the js pattern /^https'
    run 4 prove "${open[@]}" --then-fuzz --budget 0.5s --format json
    json '.verdict == "undecided" and .fuzz.verdict == "none-found"'
    large=('/^https:\/\/[a-z]xample\.com(?:(?:y{1000}){1000}|)$/' --dialect js "${mine[@]}")
    run 1 prove "${large[@]}" --then-fuzz --budget 1s
    has out 'UNDECIDED  the pattern is too large'
    has out 'BYPASS  https://axample.com'
    run 1 prove "${large[@]}" --then-fuzz --budget 1s --format json
    json '.verdict == "bypass" and (.reason | length > 0) and .fuzz.verdict == "bypass"'
    json '[.witnesses[].origin] | index("https://axample.com") != null'
    run 1 prove "${large[@]}" --then-fuzz --budget 1s --format junit
    xml 'count(//failure)' 1
    # What the engine itself confirms is a bypass.
    run 1 prove '/^https:\/\/(a|b(c+)\2)\.com$/' --dialect js "${mine[@]}"
    has out 'BYPASS  https://a.com'
else
    echo "left out: there is no node here"
fi
# An interpreter that is not there leaves it open, and says so.
mkdir -p without-node
for program in sh env cat grep timeout; do ln -sf "$(command -v $program)" without-node/; done
PATH=$folder/without-node run 4 prove "${open[@]}" --then-fuzz
has out 'there is no node here'

# ---- What a pattern is, in its language. ---------------------------------------------------------
run 0 prove '/^https:\/\/example\.com$/i' --dialect js "${mine[@]}"
run 0 prove '#^https://example\.com$#iD' --dialect php "${mine[@]}"
run 0 prove '/https:\/\/example\.com\z/' --dialect ruby --match prefix "${mine[@]}"
run 0 prove '/^https:\/\/example\.com$/x' --dialect perl "${mine[@]}"
run 0 prove '^https://example\.com$' --dialect posix-ere "${mine[@]}"
run 0 prove 'https://example\.com' --dialect python --match full "${mine[@]}"
run 1 prove 'https://example\.com' --dialect python --match prefix "${mine[@]}"
has out 'nothing stands behind "com": pattern column 20'
run 1 prove '/https:\/\/example\.com/y' --dialect js "${mine[@]}"
run 0 prove '^HTTPS://EXAMPLE\.COM$' --dialect go --flags i "${mine[@]}"
run 0 prove '^https://a\.example\.com$' '^https://b\.example\.com$' --dialect java \
    --intend 'https://*.example.com'
run 1 prove '^https://a\.example\.com$' 'b\.example\.org$' --dialect java \
    --intend https://a.example.com --intend https://b.example.org
has out 'pattern 2, column 1'
has out '   (pattern 2)'
run 0 prove --dialect go "${mine[@]}" -- '-^'
# Columns count characters, as they were written.
run 2 prove "$(printf '/\303\251(/')" --dialect js "${mine[@]}"
has err 'pattern column 3'

# ---- What to write instead is proven, and is written as the pattern was. -----------------------
for pattern in '/example\.com$/' '/^https:\/\/example.com$/i' \
    '/^https?:\/\/(www\.)?example\.com/'; do
    run 1 prove "$pattern" --dialect js "${mine[@]}"
    fix=$(sed -n 's/^fix     //p' out)
    run 0 prove "$fix" --dialect js "${mine[@]}"
    has_not out 'refused'
done
run 1 prove '#^https://example.com$#i' --dialect php "${mine[@]}" --format json
json '.fix == "#^https://example\\.com$#i" and .witnesses[0].fix == .fix'

# ---- What a system makes of it. ------------------------------------------------------------------
run 0 prove '^https://([a-z0-9-]+\.)*example\.com$' --preset express "${mine[@]}" \
    --intend 'https://*.example.com'
run 1 prove '/example\.com$/i' --preset express "${mine[@]}"
has out 'pattern column 2'
has out 'fix     /^https:\/\/example\.com$/i'
run 1 prove 'https://example\.com' --preset django-cors-headers "${mine[@]}"
has out 'nothing stands behind "com": pattern column 20'
run 0 prove 'https://example\.com' --preset starlette "${mine[@]}"
run 1 prove '*' --preset express-string "${mine[@]}"
has out 'answered with *'
run 1 prove '*' --preset express-string "${mine[@]}" --format json
json '.witnesses[0].answer == "*"'
run 2 prove 'https://example.com/' --preset django-cors-headers-list "${mine[@]}"
run 0 prove 'https://example.com/' --preset starlette-list "${mine[@]}"
has out 'refused https://example.com, which you listed: an origin has no slash at its end'
run 0 prove '~^https://example\.com$' --preset nginx "${mine[@]}"
has out "a ~ before the pattern is nginx's own"
run 2 prove a --preset expres "${mine[@]}"
has err 'did you mean express'
run 2 prove a --preset express --dialect js "${mine[@]}"
has err '--preset says'
run 2 prove a --dialect js --credentials "${mine[@]}"
has err '--preset'

# ---- What is let in at all. ----------------------------------------------------------------------
run 0 prove '^https://([a-z0-9-]+\.)?example\.com$' --dialect go "${mine[@]}" \
    --intend 'https://*.example.com' --allows
has out 'allows  https://example.com'
has out '        https://*.example.com     in part'
run 1 prove 'example.com$' --dialect go "${mine[@]}" --allows --format json
json '.allows[0].glob == "*://*example?com" and (.allows_more == null)'
run 0 prove '^$' --dialect go "${mine[@]}" --allows
has out 'allows  nothing that a browser can send'

# ---- Certificates. -------------------------------------------------------------------------------
run 0 prove '/^https:\/\/example\.com$/i' --dialect js "${mine[@]}" --certificate proven.txt
has out 'kept    proven.txt'
run 0 verify-certificate proven.txt
sed 's/example\\\.com/example.com/' proven.txt >changed.txt
! cmp -s proven.txt changed.txt || { echo "the certificate was not changed"; failed=1; }
run 2 verify-certificate changed.txt
run 1 prove '/example\.com$/' --dialect js "${mine[@]}" --certificate bypass.txt --format json
json '.certificate == "bypass.txt"'
run 0 verify-certificate bypass.txt
run 2 prove 'example\.com$' --dialect go "${mine[@]}" --certificate missing/bypass.txt
has err 'there is no certificate'

# ---- Configuration files. ------------------------------------------------------------------------
cat >nginx.conf <<'END'
http {
    map $http_origin $allowed {
        default "";
        "~^https://([a-z0-9-]+\.)?example\.com$" $http_origin;
        ~example\.org$ $http_origin;
    }
}
END
cat >express.js <<'END'
const cors = require('cors');
app.use(cors({ origin: /^https:\/\/example.com$/ }));
app.use(cors({ origin: (origin, callback) => decide(origin, callback) }));
END
wide=("${mine[@]}" --intend 'https://*.example.com')
run 1 prove --config nginx.conf express.js "${wide[@]}"
has out 'nginx.conf:4: nginx'
has out 'PROVEN'
has out 'nginx.conf:5: nginx'
has out 'line 5, column 19'
has out 'express.js:2: Express'
has out 'line 2, column 43'
has out 'express.js:3: Express'
has out 'UNDECIDED  a function decides'
run 1 prove --config nginx.conf --config express.js "${wide[@]}" --format json
json '.verdict == "bypass"'
json '[.checks[] | .verdict] == ["proven", "bypass", "bypass", "undecided"]'
json '[.checks[] | .file, .line] ==
      ["nginx.conf", 4, "nginx.conf", 5, "express.js", 2, "express.js", 3]'
json '.checks[1].witnesses[0].place == {"line": 5, "column": 19}'
json '.checks[3] | .read == false and .reason == "a function decides"'
run 1 prove --config nginx.conf express.js "${wide[@]}" --format sarif
json '[.runs[0].results[].locations[0].physicalLocation]
      | .[0].artifactLocation.uri == "nginx.conf" and .[0].region.startLine == 4'
json '[.runs[0].results[] | select(.kind == "open") | .ruleId] == ["unread"]'
run 1 prove --config nginx.conf express.js "${wide[@]}" --format junit
xml /testsuites/testsuite/@tests 4
xml /testsuites/testsuite/@failures 2
xml /testsuites/testsuite/@errors 1
xml '/testsuites/testsuite/testcase[1]/@classname' nginx.conf
head -4 nginx.conf >good.conf
printf '}}\n' >>good.conf
run 0 prove --config good.conf --config-kind nginx "${wide[@]}" --intend https://other.test
has out 'refused https://other.test'
has_not out 'refused https://example.com'
printf "const cors = require('cors');\napp.use(cors());\napp.use(cors({ origin: true }));\n" >all.js
run 1 prove --config all.js "${wide[@]}"
has out 'accepted because every origin is'
has out 'answered with *'
run 1 prove --config all.js "${wide[@]}" --allows --format json
json '[.checks[].witnesses[0].answer] | .[0] == "*" and .[1] != "*"'
json '.checks[0].allows == [{"glob": "*", "member": "null", "exact": true}]'
printf 'nothing = 1\n' >empty.py
run 4 prove --config empty.py "${mine[@]}"
has out 'no origin check was found in it'
run 2 prove --config missing.conf "${mine[@]}"
has err 'missing.conf'
run 2 prove --config good.conf --config-kind cobol "${mine[@]}"
has err 'cobol'
run 2 prove --config good.conf --dialect js "${mine[@]}"
has err '--dialect'
run 2 prove --config good.conf
has err '--intend'

# ---- What is listed, and never let in. -----------------------------------------------------------
run 0 prove '^https://example\.com:443$' --dialect go "${mine[@]}"
has out "refused https://example.com, which you listed: an origin leaves its scheme's own port out"
run 0 prove '^https://example\.com/$' --dialect go "${mine[@]}" --format json
json '.verdict == "proven" and .refused == ["https://example.com"]'
run 0 prove '^https://example\.com$' --dialect go "${mine[@]}" --intend https://www.example.com
has out 'refused https://www.example.com'
has_not out 'refused https://example.com'

# ---- Compared with an older pattern. -------------------------------------------------------------
run 0 prove '^https://a\.example$' --old '^https://[ab]\.example$' --dialect go
has out 'the old one did not'
run 1 prove '^https://[ab]\.example$' --old '^https://a\.example$' --dialect go
has out 'BYPASS  https://b.example'
run 0 prove '^https://[ab]\.example$' --old '^https://a\.example$' --dialect go \
    --intend https://b.example
run 2 prove '^https://[ab]\.example$' --old '(' --dialect go
has err 'old pattern column'
run 2 prove a --old b --dialect go --then-fuzz
has err '--old'

# ---- Who sends it. -------------------------------------------------------------------------------
differs=('^https://(example\.com|a&b\.test)$' --dialect go "${mine[@]}")
run 0 prove "${differs[@]}" --engine firefox
has out 'PROVEN  Firefox cannot send'
run 1 prove "${differs[@]}" --engine chromium
has out 'BYPASS  https://a&b.test'
run 1 prove "${differs[@]}"
run 1 prove "${differs[@]}" --engine spec
run 2 prove "${differs[@]}" --engine opera
has err 'opera'

# ---- Errors, each with its place. ----------------------------------------------------------------
run 2 prove '/a(/' --dialect js "${mine[@]}"
has err 'pattern column 3'
has err '  /a(/'
run 2 prove '[z-a]' --dialect go "${mine[@]}" --format json
has err 'pattern column'
[ ! -s out ] || { echo "an error is printed to standard output"; failed=1; }
run 2 prove '/a/b/' --dialect js "${mine[@]}"
has err 'column 3: the delimiter ends the literal'
run 0 prove '/a[/]b/' --dialect js "${mine[@]}"
run 2 prove '/a/iq' --dialect js "${mine[@]}"
has err 'column 5: patterns of js have no letter q'
run 2 prove '/a/ii' --dialect js "${mine[@]}"
has err 'column 5: the letter i'
run 2 prove '/$name\.com/' --dialect perl "${mine[@]}"
has err 'column 2: a variable'
run 2 prove '/a#{name}\.com/' --dialect ruby "${mine[@]}"
has err 'column 3: a variable'
run 2 prove '/a/' '/b/i' --dialect js "${mine[@]}"
has err 'other flags'
run 2 prove a --dialect js
has err '--intend'
run 2 prove a "${mine[@]}"
has err '--dialect'
has err 'posix-ere'
run 2 prove a --dialect cobol "${mine[@]}"
has err 'cobol'
run 2 prove a --dialect js --match whole "${mine[@]}"
has err 'whole'
run 2 prove a --dialect js --intend 'https://exam ple.com'
has err 'column 13'
printf '# mine\nhttps://example.com\nftp://example.com\n' >intent
run 2 prove a --dialect js --intend-file intent
has err 'intent:3: column 1: expected'
printf '# mine\nhttps://example.com\n' >intent
run 0 prove '^https://example\.com$' --dialect js --intend-file intent
for budget in 0 -5 5x 5ss s 1e99 ''; do
    run 2 prove a --dialect js "${mine[@]}" --budget="$budget"
    has err 'seconds, as in 5s'
done
run 2 prove
run 2 prove a --dialectt js
has err '--dialect'
run 0 prove --help
has out 'Exit status'
has out 'corsim prove'

# ---- Whatever is in a pattern is printed without control characters. -----------------------------
# nothing_rude: neither an escape sequence, nor U+202E, which turns a line around.
nothing_rude() {
    ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" out err &&
        ! LC_ALL=C grep -q "$(printf '\342\200\256')" out err ||
        { echo "corsim $last: control characters came through"; failed=1; }
}
for format in text json sarif junit; do
    run 4 prove "$(printf '^https://(\033[31m)$')" --dialect pcre2 "${mine[@]}" --format $format -v
    nothing_rude
    run 1 prove "$(printf '^https://(\342\200\256|.b\\.test)$')" --dialect pcre2 "${mine[@]}" \
        --format $format -v
    nothing_rude
    run 2 prove "$(printf '/\033[31m/\342\200\256')" --dialect js "${mine[@]}" --format $format -v \
        --match "$(printf '\033')"
    nothing_rude
done

exit $failed
