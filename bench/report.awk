# Puts the results of bench/run into one table, and below it the ratios and targets of issue 2. Input,
# in this order: units of operations, instructions, limits.tsv, times. Fields are tab-separated.

/^#/ { next }
FILENAME ~ /units$/ { units[$1] = $3; next }
FILENAME ~ /instructions$/ { instructions[$1] = $2 / units[$1]; next }
FILENAME ~ /limits\.tsv$/ { target[$1] = $2; targets[++target_count] = $1; next }
FNR == 1 { printf "%-26s %10s %12s %12s %14s\n", "operation", "of one", "median ns", "best ns", "instructions" }
{
    median[$1] = $3
    printf "%-26s %10s %12.1f %12.1f %14s\n", $1, $2, $3, $4, \
        $1 in instructions ? sprintf("%.0f", instructions[$1]) : "-"
}

function verdict(kept) { return kept ? "kept" : "MISSED" }

function ratio(what, a, b, least) {
    if (!(a in median) || !(b in median)) return
    printf "%-52s %10.2f", what, median[a] / median[b]
    if (least > 0) printf "   at least %-8s %s", least, verdict(median[a] / median[b] >= least)
    printf "\n"
}

function growth(kind) {
    printf "%-52s %10.2f   at most  %-8s %s\n", "instructions: " kind "/3072 to 4 * " kind "/768", \
        instructions[kind "/3072"] / instructions[kind "/768"] / 4, 1, \
        verdict(instructions[kind "/3072"] <= 4 * instructions[kind "/768"])
}

END {
    printf "\n"
    for (i = 1; i <= target_count; i++)
        printf "%-52s %10.0f   at most  %-8s %s\n", "instructions: " targets[i], \
            instructions[targets[i]], target[targets[i]], \
            verdict(instructions[targets[i]] <= target[targets[i]])
    growth("headers")
    growth("headers-exposed")
    ratio("time: new URL().href to parse and serialize", "url/node", "url/parse-serialize", 1)
    ratio("time: libcurl set to parse", "url/libcurl-set", "url/parse", 0)
    ratio("time: libcurl set, get to parse and serialize", "url/libcurl-set-get", "url/parse-serialize", 0)
    ratio("time: jsdom to simple", "jsdom/simple", "simple", 100)
    ratio("time: jsdom to preflighted", "jsdom/preflighted", "preflighted", 100)
    if ("jsdom/simple" in median) {
        median["without transport"] = median["jsdom/simple"] - median["jsdom/transport"]
        ratio("time: jsdom without its transport to simple", "without transport", "simple", 100)
    }
    ratio("time: libpsl to no public suffix list", "simple/libpsl", "simple", 0)
}
