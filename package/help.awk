# What `corsim COMMAND --help` prints, as parts of a page of scdoc(5): -v part=synopsis, options,
# notes or examples. The help is made from the command's own table of options, and so is the page.

# Text in which nothing is markup.
function plain(text) {
    gsub(/[\\*_`<>#~\[\]|.-]/, "\\\\&", text)
    return text
}

# "METHOD", "text|json": underlined.
function argument(text) {
    return text == "" ? "" : " _" plain(text) "_"
}

# "  -X, --request METHOD        the method": the flags, their value, and what is said of it, which
# stands on the next line when there is no room.
function option(line,    flags, rest, said, letter, name) {
    rest = substr(line, 7)
    said = match(rest, /  +/) ? substr(rest, RSTART + RLENGTH) : ""
    if (RSTART > 0)
        rest = substr(rest, 1, RSTART - 1)
    letter = substr(line, 3, 2)
    name = rest
    sub(/ .*/, "", name)
    flags = (letter ~ /-/ ? "*" plain(letter) "*, " : "") "*" plain(name) "*" \
        argument(substr(rest, length(name) + 2))
    return flags "\n" (said == "" ? "" : "\t" plain(said) "\n")
}

BEGIN { at = "synopsis" }
at == "synopsis" && /^Usage: corsim / {
    if (part == "synopsis") {
        words = substr($0, 8)
        sub(/ \[OPTION\.\.\.\]/, "", words)
        name = words
        sub(/^corsim [a-z-]+ ?/, "", words)
        name = substr(name, 1, length(name) - length(words))
        sub(/ $/, "", name)
        print "*" plain(name) "* [_OPTION_...]" argument(words)
    }
    next
}
/^Example:$/ {
    at = "examples"
    if (part == "examples")
        print "```"
    next
}
at != "examples" && /^  (-[A-Za-z0-9], |    )--/ {
    at = "options"
    if (part == "options")
        printf "%s%s", seen++ ? "\n" : "", option($0)
    next
}
at == "options" && /^      +[^ ]/ {
    if (part == "options") {
        sub(/^ +/, "")
        print "\t" plain($0)
    }
    next
}
at == "options" && /^$/ { at = "notes"; next }
at == part && part == "notes" { print plain($0) }
at == part && part == "examples" {
    gsub(/\\/, "&&")
    print substr($0, 3)
}
END {
    if (part == "examples" && at == "examples")
        print "```"
}
