# What spec-tables/presets.tsv says that a system answers: its rows, the steps that they name, and
# the answers to given origins. Written from the table's head alone; check.py holds it against the
# systems.
import csv
import os
import re

from engines import ENGINES, Malformed, pcre2

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../spec-tables/presets.tsv")


def rows_of_presets():
    with open(TABLE, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    presets = {}
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        row = {name: "" if cell == "-" else cell for name, cell in row.items()}
        presets.setdefault(row["preset"], []).append(row)
    return presets


def row_for(rows, string):
    return next(row for row in rows
                if not row["when"] or pcre2(row["when"], "", "search", [string])[0])


def outer_commas(text):
    """The parts between commas, those between [ and ] aside; an empty last one is none."""
    parts, within = [""], False
    for character in text:
        within = character != "]" and (character == "[" or within)
        if character == "," and not within:
            parts.append("")
        else:
            parts[-1] += character
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts


def several(rows, row, string):
    """The strings that one is for the system, each with the rows that are about it."""
    if row["dialect"] != "several":
        return [(string, rows)]
    below = rows[rows.index(row) + 1:]
    if "brackets" in row["steps"].split():
        return [(part.strip(), below) for part in outer_commas(string)]
    parts = string.split(",")
    parts = parts[:-1] if not parts[-1] else parts
    return [(part.strip(), below) for part in parts]


def lower(text):
    return "".join(c.lower() if c.isascii() else c for c in text)


def delimited(text):
    """What stands between delimiters, and the letters behind them."""
    text = text.lstrip()
    if not text or text[0].isalnum() or text[0] == "\\":
        raise Malformed("no delimiter")
    close = {"(": ")", "[": "]", "{": "}", "<": ">"}.get(text[0], text[0])
    depth, at = 1, 1
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == close:
            depth -= 1
            if depth == 0:
                break
        elif text[at] == text[0]:
            depth += 1
        at += 1
    if at >= len(text) or not re.fullmatch("[imsxADSUXu \n\r]*", text[at + 1:]):
        raise Malformed("no delimiter at the end, or a letter that is no modifier")
    return text[1:at], text[at + 1:]


# The steps that change the text.
TEXT_STEPS = {
    "trim": str.strip,
    "trim-start": str.lstrip,
    "lower": lower,
    "unslash": lambda text: text[:-1] if text.endswith("/") else text,
    "no-default-port": lambda text: re.sub(r"^(http://.*):80$|^(https://.*):443$", r"\1\2", text),
    "undelimited": lambda text: delimited(text)[0],
    "undelimited-slashes": lambda text: re.fullmatch(r"/(.+)/[gimuy]?", text)[1],
    "end-anchor": lambda text: text.removeprefix("^") + ("" if text.endswith("$") else "$"),
    "quote": re.escape,
    "unstar": lambda text: text.removeprefix("*"),
    "authority": lambda text: re.sub(r"^([^/]*?://[^/]*)/.*$", r"\1", text, flags=re.S),
    "any-scheme": lambda text: "^[a-z][a-z0-9.+-]*://" + text + "$",
}


def subdomains(text):
    scheme, _, rest = text.partition("://")
    labels = rest.split(".")
    if "*" not in labels:
        return []
    last = len(labels) - labels[::-1].index("*")
    end = "".join("." + label for label in labels[last:])
    return [re.escape(scheme + "://") + ".*" + re.escape(end)]


def overlapping(before, after):
    sizes = range(1, min(len(before), len(after)) + 1)
    return [re.escape(before + after[size:]) for size in sizes if before[-size:] == after[:size]]


def glob(text, steps):
    """A pattern for the whole origin that says the same as a glob."""
    ports = ""
    if "ports" in steps and (found := re.fullmatch(r"(.*):\[(\*|\d+(?:,\d+)*)\]", text)):
        text = found[1]
        ports = r"(?::\d+)?" if found[2] == "*" else ":(?:" + found[2].replace(",", "|") + ")"
    before, star, after = text.partition("*")
    if "star" in steps:
        wild = {"*": ".*", **({"?": "."} if "question" in steps else {})}
        ways = ["".join(wild.get(c, re.escape(c)) for c in text)]
        ways += subdomains(text) if "subdomains" in steps else []
    elif "outer-stars" in steps:
        middle = text[text.startswith("*"):len(text) - (text.endswith("*") and text != "*")]
        ways = [".*" * text.startswith("*") + re.escape(middle) + ".*" * text.endswith("*")]
    elif not star or not {"first-star", "overlap-star", "whole-labels"} & set(steps):
        ways = [re.escape(text)]
    elif "whole-labels" in steps:
        ways = [re.escape(before) + r"[^.`{}]+(?:\.[^.`{}]+)*" + re.escape(after)]
    else:
        ways = [re.escape(before) + ".*" + re.escape(after)]
        ways += overlapping(before, after) if "overlap-star" in steps else []
    return "(?s:(?:" + "|".join(ways) + ")" + ports + ")"


def folded(row, text, configured):
    if row["case"] == "ignored" or (row["case"] == "lowered" and configured):
        return lower(text)
    if row["case"] == "scheme":
        scheme, separator, rest = text.partition("://")
        return lower(scheme) + separator + rest if separator else text
    return text


def comma_parts(origin):
    """The parts between commas; in double quotes a backslash takes the next character along."""
    return [part.strip() for part in re.findall(r'(?:"(?:\\.|[^"\\])*(?:"|$)|[^",])+', origin)]


def flags_of(row, string, flags):
    given = flags if row["flags"] in ("given", "lasting") else row["flags"]
    if "undelimited" in row["steps"].split():
        given += delimited(string)[1]
    return given


def spans(row, string, texts, build, flags):
    """Where the row's check matches in each text, or None."""
    steps = row["steps"].split()
    flags = flags_of(row, string, flags)
    for step in steps:
        string = TEXT_STEPS.get(step, lambda text: text)(string)
    if row["dialect"] not in ("literal", "glob"):
        match = "prefix" if "A" in flags and row["match"] == "search" else row["match"]
        return ENGINES[row["dialect"]](string, flags, match, texts, build)
    if "i" in flags:
        row = {**row, "case": "ignored"}
    string = folded(row, string, True)
    if row["dialect"] == "glob":
        compiled = re.compile(glob(string, steps))
        matches = compiled.fullmatch
    else:
        matches = {"full": string.__eq__, "search": lambda text: string in text,
                   "prefix": lambda text: text.startswith(string),
                   "suffix": lambda text: text.endswith(string)}[row["match"]]
    return [(0, len(text)) if matches(folded(row, text, False)) else None for text in texts]


def parts_of(row, origin):
    """What of an origin is compared: one of these is enough."""
    if row["part"] == "comma-parts":
        return comma_parts(origin)
    if (row["part"] == "url" and "://" not in origin) or (
            row["part"] in ("unbracketed", "host") and "[" in origin):
        return []
    if row["part"] == "host" and "://" in origin:
        return [re.sub(r":\d*$", "", origin.split("://", 1)[1])]
    return [origin]


def accepted(row, string, origins, build, flags):
    """For each origin the part that matched, or None."""
    if row["dialect"] == "any" or (
            "star-opens" in row["steps"].split() and spans(row, string, ["*"], build, flags)[0]):
        return list(origins)
    parts = [parts_of(row, origin) for origin in origins]
    texts = [part for some in parts for part in some]
    found = iter(spans(row, string, texts, build, flags))
    matched = []
    for some in parts:
        some_found = [part[span[0]:span[1]] for part in some if (span := next(found)) is not None]
        matched.append(some_found[0] if some_found else None)
    return matched


def answers(rows, string, credentials, origins, build, flags="", alone=True):
    """What is sent to each origin, None where nothing is; or "refused", "error" or "unknown"."""
    row = row_for(rows, string)
    if row["dialect"] == "several":
        sent = [answers(below, part, credentials, origins, build, flags, alone)
                for part, below in several(rows, row, string)]
        verdicts = [one for one in sent if isinstance(one, str)]
        return verdicts[0] if verdicts else [next((a for a in some if a is not None), None)
                                             for some in zip(*sent)]
    if row["answer"] in ("refused", "unknown"):
        return row["answer"]
    if credentials and row["credentials"] in ("refused", "error"):
        return row["credentials"]
    if alone and "alone" in row["steps"].split():
        return [string] * len(origins)
    try:
        matched = accepted(row, string, origins, build, flags)
    except Malformed:
        return row["malformed"] if row["malformed"] != "nothing" else [None] * len(origins)
    answer = row["answer"]
    if credentials and row["credentials"] == "origin":
        answer = "origin"
    value = {"origin": lambda origin, part: origin, "matched": lambda origin, part: part,
             "configured": lambda origin, part: string.strip(), "star": lambda origin, part: "*",
             "unexpanded": lambda origin, part: "$0"}[answer]
    return [None if part is None else value(origin, part) for origin, part in zip(origins, matched)]
