# To be sourced: outputs CORSIM EXAMPLE SOURCE FOLDER writes into the folder what the commands print
# in the formats that others read, of good, bad and hostile input: NAME.FORMAT.

outputs() {
    corsim=$1 example=$2 source=$3 folder=$4
    wide='example\.com$' narrow='^https://example\.com$'
    intend='--intend https://example.com'
    for kind in found hostile nothing dry-run unreachable; do
        for format in text json sarif junit html; do
            "$example" "$kind" $format >"$folder/audit-$kind.$format" || return 1
        done
    done
    printf 'const a = cors({ origin: /%s/ });\n' "$wide" >"$folder/a b\"<&>%.js"
    for format in json sarif junit; do
        # shellcheck disable=SC2086
        {
            "$corsim" prove "$wide" --dialect pcre2 $intend --format $format >"$folder/prove-bypass.$format"
            "$corsim" prove "$narrow" --dialect pcre2 $intend --format $format >"$folder/prove-proven.$format"
            "$corsim" prove "$wide" --dialect pcre2 $intend --intend https://a.test --format $format \
                >"$folder/prove-dead.$format"
            "$corsim" prove "$(printf '^(?=\033[31m"]]><b>\377)(a|b\\2)$')" --dialect pcre2 $intend --format $format \
                >"$folder/prove-hostile.$format" 2>/dev/null
            "$corsim" prove --config "$folder/a b\"<&>%.js" --intend https://example.com --format $format \
                >"$folder/prove-config.$format"
        }
    done
    for format in json sarif; do
        # shellcheck disable=SC2086
        {
            "$corsim" fuzz --regex "$wide" $intend --budget 3000 --no-save --format $format \
                >"$folder/fuzz-bypass.$format" 2>/dev/null
            "$corsim" fuzz --regex "$narrow" $intend --budget 3000 --no-save --format $format \
                >"$folder/fuzz-none.$format" 2>/dev/null
            "$corsim" fuzz --exec "$(printf 'exit 3 # \033[31m<b>\377"')" $intend --budget 30 --no-save \
                --format $format >"$folder/fuzz-hostile.$format" 2>/dev/null
        }
    done
    good=$source/corpus/cases/cors-check/wildcard.case
    mkdir "$folder/<b>&\"]]>"
    sed 's/cors-check 3/cors-check 2/' "$good" >"$folder/<b>&\"]]>/fails.case"
    sed 's/readable/raedable/' "$good" >"$folder/<b>&\"]]>/malformed.case"
    cp "$good" "$folder/<b>&\"]]>/$(printf 'good\033[31m\377.case')"
    for format in json junit; do
        "$corsim" run --format $format "$folder/<b>&\"]]>" >"$folder/run-hostile.$format" 2>/dev/null
    done
    # What printed nothing was refused on the command line.
    find "$folder" -maxdepth 1 -type f -empty -delete
}
