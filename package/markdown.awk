# A part of one of our Markdown files as scdoc(5): -v section=HEADING, or all below its title; the
# headings that it holds are -v level deeper. Rows of tables become entries of a list, links their
# text.

function plain(text) {
    gsub(/[\\*_<>#~\[\]|.-]/, "\\\\&", text)
    return text
}

# Code is bold, links are their text.
function inline(text,    out, code) {
    while (match(text, /\[[^]]*\]\([^)]*\)/)) {
        code = substr(text, RSTART + 1)
        sub(/\]\(.*/, "", code)
        text = substr(text, 1, RSTART - 1) code substr(text, RSTART + RLENGTH)
    }
    while (match(text, /`[^`]*`/)) {
        code = substr(text, RSTART + 1, RLENGTH - 2)
        out = out plain(substr(text, 1, RSTART - 1)) (code == "" ? "" : "*" plain(code) "*")
        text = substr(text, RSTART + RLENGTH)
    }
    return out plain(text)
}

# Lines of a paragraph go together: code may go over the end of one.
function flush() {
    if (paragraph != "")
        print inline(paragraph) "\n"
    paragraph = ""
}

function literal(on) {
    if (!on || !in_literal)
        blank = 0
    if (on != in_literal)
        print on ? "```" : "```\n"
    in_literal = on
}

function row(line,    cells, count, i, text) {
    gsub(/\\\|/, "\001", line)
    count = split(substr(line, 3, length(line) - 4), cells, / \| /)
    if (cells[1] ~ /^-+$/ || cells[1] == "")
        return
    if (!rows++) {
        header = line
        return
    }
    text = cells[2]
    if (count > 2 && cells[3] != "must be given")
        text = text "; not given: " cells[3]
    else if (count > 2)
        text = text "; must be given"
    gsub(/\001/, "|", cells[1])
    gsub(/\001/, "|", text)
    print inline(cells[1]) "\n\t" inline(text) "\n"
}

/^#/ {
    flush()
    literal(0)
    match($0, /^#+/)
    depth = RLENGTH
    title = substr($0, depth + 2)
    if (section == "" ? depth == 1 : title == section) {
        on = depth
        next
    }
    if (on && depth <= on)
        exit
    if (on) {
        marks = depth - on + level
        gsub(/`/, "", title)
        print (marks == 1 ? "# " toupper(plain(title)) : "## " plain(title)) "\n"
    }
    next
}
!on { next }
/^\|/ { flush(); row($0); next }
{ rows = 0 }
/^    / {
    flush()
    literal(1)
    for (; blank > 0; blank--)
        print ""
    gsub(/\\/, "&&")
    print substr($0, 5)
    next
}
/^$/ {
    flush()
    if (in_literal)
        blank++
    next
}
in_literal { literal(0) }
{ paragraph = paragraph (paragraph == "" ? "" : " ") $0 }
END {
    flush()
    literal(0)
}
