#!/usr/bin/env python3
"""Holds spec-tables/steps.tsv against the standards' texts and against the code in sim/.

A maintainer's tool: the standards' sources are not in the repository, so no build and no test needs
it. algorithms.tsv says which algorithms are modelled and under which link; the link's fragment
finds the algorithm in the standard's source, the link finds it in the code.

    steps.py extract STANDARD.bs [FRAGMENT...]  print the steps of the modelled (or named) algorithms
    steps.py check --spec-dir DIR               print where steps.tsv and the standards differ
    steps.py collect [--spec-dir DIR]           rewrite steps.tsv from the code and the standards;
                                                without DIR the steps and hashes stay as they are

The sources are Bikeshed: HTML with optional end tags, and in the W3C ones Markdown lists. The ids
that Bikeshed makes for a dfn without one are made here by its rules. The IETF's draft is Markdown; a
link to the second list of a section says with a text fragment behind which words it stands.
"""

import argparse
import hashlib
import pathlib
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = {
    "fetch": "fetch.bs",
    "xhr": "xhr.bs",
    "mimesniff": "mimesniff.bs",
    "referrer-policy": "webappsec-referrer-policy.bs",
    "fetch-metadata": "webappsec-fetch-metadata.bs",
    "mixed-content": "webappsec-mixed-content.bs",
    "secure-contexts": "webappsec-secure-contexts.bs",
    "cookies": "draft-ietf-httpbis-rfc6265bis.md",
}
WHOLE = "-"  # the label of an algorithm that is prose without numbered steps


# ---- The standard's text as a tree -------------------------------------------------------------

VOID = {"br", "hr", "img", "meta", "link", "wbr", "col", "input", "area", "source"}
BLOCK = set("address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4"
            " h5 h6 header hr main nav ol p pre section table ul".split())
SCOPE = {"li", "dd", "dt", "div", "ol", "ul", "dl", "section", "td", "th", "p"} | BLOCK
ASIDE = {"note", "example", "warning", "xxx", "issue"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


class Node:
    def __init__(self, tag, attributes=(), parent=None):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children = []

    def classes(self):
        return set((self.attributes.get("class") or "").lower().split())

    def elements(self):
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self):
        """This node and everything below it, in document order."""
        yield self
        for child in self.elements():
            yield from child.walk()

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def text(self):
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


class TreeBuilder(HTMLParser):
    """Builds Nodes, closing what HTML lets authors leave open."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.open = Node("root")

    def close_up_to(self, tags, barriers):
        node = self.open
        while node.parent is not None and node.tag not in barriers | tags:
            node = node.parent
        if node.tag in tags and node.parent is not None:
            self.open = node.parent

    def handle_starttag(self, tag, attributes):
        if tag in BLOCK | {"li", "dt", "dd"}:
            self.close_up_to({"p"}, SCOPE - {"p"})
        if tag == "li":
            self.close_up_to({"li"}, {"ol", "ul"})
        elif tag in {"dt", "dd"}:
            self.close_up_to({"dt", "dd"}, {"dl"})
        elif tag in {"td", "th"}:
            self.close_up_to({"td", "th"}, {"table", "tr"})
        elif tag == "tr":
            self.close_up_to({"tr"}, {"table"})
        node = Node(tag, attributes, self.open)
        self.open.children.append(node)
        if tag not in VOID:
            self.open = node

    def handle_endtag(self, tag):
        self.close_up_to({tag}, set() if tag in SCOPE else SCOPE)

    def handle_data(self, data):
        self.open.children.append(data)


LIST_ITEM = re.compile(r"(\s*)(\d+\.|[*-])(\s+)(\S.*)")
HEADING = re.compile(r"(#{1,6}) +(.*?)(?: *\{#([\w-]+)\})?")
TEXT_FRAGMENT = ":~:text="


def markdown_to_html(source):
    """Turns Markdown lists and `Note:` paragraphs into HTML; everything else stays."""
    lines, open_lists, in_pre, in_note = [], [], False, False

    def close_lists(indent, marker=None):
        out = ""
        while open_lists and indent < open_lists[-1][1] and open_lists[-1][::2] != (indent, marker):
            out += f"</li></{open_lists.pop()[2]}>"
        return out

    for line in source.split("\n"):
        in_pre = (in_pre or "<pre" in line) and "</pre" not in line
        item = None if in_pre else LIST_ITEM.fullmatch(line)
        heading = None if in_pre else HEADING.fullmatch(line)
        if item:
            indent, marker = len(item[1]), "ol" if item[2][0].isdigit() else "ul"
            closed = close_lists(indent, marker)
            if open_lists and open_lists[-1][::2] == (indent, marker):
                closed += "</li>"
                open_lists[-1] = (indent, item.end(3), marker)  # "9." is narrower than "10."
            else:
                closed += f"<{marker}>"
                open_lists.append((indent, item.end(3), marker))
            line = f"{closed}<li>{item[4]}"
        elif heading:
            level, words, name = len(heading[1]), heading[2], heading[3] or slug(heading[2])
            line = f'{close_lists(-1)}<h{level} id="{name}">{words}</h{level}>'
        elif not in_pre and line.strip():
            line = close_lists(len(line) - len(line.lstrip())) + line
            in_note = in_note or bool(re.match(r"\s*Note: ", line))
            line = re.sub(r"^(\s*)Note: ", r"\1<p class=note>", line)
        elif in_note and not line.strip():
            line, in_note = "</p>", False
        lines.append(line)
    return "\n".join(lines)


def parse(source):
    if "Group: WHATWG" not in source[:400]:
        source = markdown_to_html(source)
    # Names of elements in prose and examples, whose content HTMLParser would take for raw text.
    source = re.sub(r"<(?=/?(script|style|iframe|title|textarea|noembed|noframes|xmp)\b)", "&lt;",
                    source)
    builder = TreeBuilder()
    builder.feed(source)
    builder.close()
    return builder.root


# ---- Algorithms and their steps ----------------------------------------------------------------

def fold(text):
    return " ".join(text.split())


def slug(text):
    text = re.sub(r"\(\)", "", text.strip().lower())
    text = re.sub(r"[\s/(,]+", "-", text)
    return re.sub(r"[^a-z0-9_-]", "", text).rstrip("-")


def made_id(dfn):
    """The id that Bikeshed gives a dfn which has none."""
    name = slug((dfn.attributes.get("lt") or fold(dfn.text())).split("|")[0])
    for_ = slug((dfn.attributes.get("for") or "").split(",")[0])
    if "abstract-op" in dfn.attributes:
        return "abstract-opdef-" + name
    if {"method", "attribute", "constructor"} & set(dfn.attributes):
        name = slug(re.sub(r"\(.*", "", fold(dfn.text())))
        return f"dom-{for_}-{name}"
    return f"{for_}-{name}" if for_ else name


def find(root, fragment):
    for node in root.walk():
        if node.attributes.get("id") == fragment:
            return node
    for node in root.walk():
        if node.tag == "dfn" and "id" not in node.attributes and made_id(node) == fragment:
            return node
    return None


def region(root, anchor):
    """The nodes that can belong to the algorithm behind `anchor`, in document order."""
    enclosing = next((n for n in anchor.ancestors() if "algorithm" in n.attributes), None)
    block = next((n for n in [anchor, *anchor.ancestors()] if n.tag in BLOCK), anchor)
    inside = set(map(id, block.walk()))
    seen = False
    for node in (enclosing or root).walk():
        if node is block:
            seen = True
        elif seen and id(node) not in inside and enclosing is None and (
                node.tag in HEADINGS or node.tag == "dfn" and block.tag not in HEADINGS):
            return
        if seen:
            yield node


def is_switch(node):
    return node.tag == "dl" and "switch" in node.classes()


def is_aside(node):
    return bool(ASIDE & node.classes())


def own_text(node, top=True):
    """The text of a step without the steps below it and without what is not normative."""
    if isinstance(node, str):
        return node
    if not top and (is_aside(node) or node.tag == "ol" or is_switch(node)):
        return " "
    gap = " " if node.tag in BLOCK | {"li", "dt", "dd", "br", "td", "th"} else ""
    return gap + "".join(own_text(child, False) for child in node.children) + gap


def containers(node):
    """The lists of steps directly below a step."""
    for child in node.elements():
        if is_aside(child):
            continue
        if child.tag == "ol" or is_switch(child):
            yield child
        else:
            yield from containers(child)


def steps_below(node, label):
    found = list(containers(node))
    for number, container in enumerate(found):
        letter = chr(ord("a") + number) + "." if len(found) > 1 else ""
        yield from steps_of(container, f"{label}.{letter}")


def steps_of(container, prefix=""):
    """(label, text) of each step of an <ol> or of each branch of a <dl class=switch>."""
    children = container.elements()
    if [child.tag for child in children] == ["ol"]:  # a Markdown list inside an <ol>
        yield from steps_of(children[0], prefix)
        return
    count, conditions = 0, ""
    for child in children:
        if child.tag == "dt":
            conditions += own_text(child) + " "
            continue
        if child.tag not in {"li", "dd"}:
            continue
        label = prefix + (chr(ord("a") + count) if child.tag == "dd" else str(count + 1))
        count += 1
        yield label, fold(conditions + own_text(child))
        conditions = ""
        yield from steps_below(child, label)


def algorithm_steps(root, fragment):
    """(label, text) of each step, in the standard's order."""
    fragment, _, behind = fragment.partition(TEXT_FRAGMENT)
    anchor = find(root, fragment)
    if anchor is None:
        raise SystemExit(f"no such anchor in the standard: #{fragment}")
    nodes = list(region(root, anchor))
    if behind:  # the first list below a section's heading may not be the one that is meant
        lists = [n for n in nodes if n.tag == "ol"]
        nodes = lists[lists.index(first_list_behind(root, anchor, unquote(behind))):]
    start = next((n for n in nodes if n.tag == "ol" and not is_aside(n)
                  and not any(is_aside(a) for a in n.ancestors())), None)
    if start is not None:
        return list(steps_of(start))
    tops = [n for n in nodes if n.parent not in nodes]
    return [(WHOLE, fold(" ".join(own_text(n) for n in tops)))]


def in_order(node):
    """Everything below a node, its texts too, in document order."""
    for child in node.children:
        yield child
        if isinstance(child, Node):
            yield from in_order(child)


def first_list_behind(root, anchor, words):
    """The first list that the words `words` stand before, behind the anchor."""
    text, seen = "", False
    for item in in_order(root):
        seen = seen or item is anchor
        if isinstance(item, str) and seen:
            text += item
        elif isinstance(item, Node) and item.tag == "ol" and words in fold(text):
            return item
    raise SystemExit(f"no list behind the words: {words}")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Standards:
    def __init__(self, folder):
        self.folder, self.trees = pathlib.Path(folder), {}

    def steps(self, algorithm):
        name = algorithm["standard"]
        if name not in self.trees:
            self.trees[name] = parse((self.folder / SOURCES[name]).read_text())
        return algorithm_steps(self.trees[name], algorithm["url"].split("#", 1)[1])


# ---- Tables ------------------------------------------------------------------------------------

ALGORITHM_COLUMNS = ["algorithm", "title", "standard", "url", "file"]
STEP_COLUMNS = ["algorithm", "step", "outcomes", "reason", "sha256", "summary"]


def read_table(name, columns):
    path, rows = HERE / name, []
    if not path.exists():
        return rows
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("#") or not line or line.split("\t") == columns:
            continue
        fields = line.split("\t")
        if len(fields) != len(columns):
            raise SystemExit(f"{path}:{number}: {len(fields)} columns, not {len(columns)}")
        rows.append(dict(zip(columns, fields)))
    return rows


def head_of(name):
    """The comments and the column names that a table begins with."""
    lines = []
    for line in (HERE / name).read_text().splitlines():
        if not line.startswith("#") and line.split("\t") != STEP_COLUMNS and line:
            break
        lines.append(line)
    return lines


# ---- The code ----------------------------------------------------------------------------------

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|//[^\n]*', re.S)
LINK = re.compile(r"https://[^\s*()<>\"]+#[^\s*()<>\",;]+")
LABEL = re.compile(r"(\d+(?:\.(?:\d+|[a-z]))*)\.\s+(.*)", re.S)
IN_SCOPE = re.compile(r"\s*\[scope: ([a-z0-9-]+)\]$")
# when, unless, whether, and helpers that take a label and a condition like them; the rest show.
CALL = re.compile(r'\b(?!(?:let|show\w*|decide|begin)\()\w+\(\s*&?s,\s*"(\d[\d.a-z]*|-)"'
                  r'(?:,\s*((?:true|false)\s*\)))?')


def comment_text(comment):
    return fold(re.sub(r"\n\s*\*", "\n", comment[2:-2]))


def link_in(comment, known):
    for match in LINK.finditer(comment_text(comment)):
        if match[0].rstrip(".:") in known:
            return match[0].rstrip(".:")
    return None


def functions(source):
    """(comment before it or None, body) of each function defined in clang-format's layout."""
    for match in re.finditer(r"^\{$.*?^\}$", source, re.S | re.M):
        head = source[:match.start()].rstrip("\n")
        start = max(head.rfind("\n\n"), head.rfind("*/\n") + 2, head.rfind("\n}\n") + 2)
        before = head[:start].rstrip(" ") if head[:start].endswith("*/") else ""
        comments = [m[0] for m in TOKEN.finditer(before) if m.end() == len(before)]
        yield (comments[0] if comments else None), match[0]


def read_code(algorithms):
    """For each algorithm: {label: (summary, outcomes, reason)}; and what is wrong with the code."""
    known = {row["url"]: row["algorithm"] for row in algorithms}
    files = {row["algorithm"]: row["file"] for row in algorithms}
    found, wrong = {}, []
    for path in sorted((HERE.parent / "sim").glob("*.c")):
        for before, body in functions(path.read_text()):
            link = link_in(before, known) if before else None
            comments = [LABEL.fullmatch(comment_text(m[0])) for m in TOKEN.finditer(body)
                        if m[0].startswith("/*")]
            labels = [m for m in comments if m]
            if link is None:
                if "sim/" + path.name in files.values():
                    wrong += [f"{path.name}: step {m[1]} outside a linked algorithm"
                              for m in labels[:1]]
                continue
            name = known[link]
            if files[name] != "sim/" + path.name:
                if labels:
                    wrong.append(f"{path.name}: {name} is in {files[name]} says algorithms.tsv")
                continue
            steps = found.setdefault(name, {})
            for opened in re.findall(r'\bbegin\(\s*\w+,\s*"([^"]*)"', body):
                if opened != name:
                    wrong.append(f'{path.name}: {name} opens with begin(..., "{opened}")')
            outcomes = {}
            for label, constant in CALL.findall(body):
                outcomes[label] = constant.strip(" )\n") or "both"
            for match in labels:
                if match[1] in steps:
                    wrong.append(f"{path.name}: {name} {match[1]} twice")
                scope = IN_SCOPE.search(match[2])
                outcome = f"scope:{scope[1]}" if scope else outcomes.get(match[1], "none")
                reason = "-"
                if outcome in {"true", "false"}:
                    reason = "the step has no condition: to reach it is to take it"
                steps[match[1]] = (IN_SCOPE.sub("", match[2]), outcome, reason)
            if "-" in outcomes:  # an algorithm in prose is one step and has no labels
                steps["-"] = ("-", outcomes["-"], "-")
            wrong += [f"{path.name}: {name} {label} has a condition but no comment"
                      for label in outcomes if label not in steps]
    return found, wrong


# ---- Commands ----------------------------------------------------------------------------------

def extract(arguments):
    root = parse(pathlib.Path(arguments.standard).read_text())
    name = pathlib.Path(arguments.standard).name
    fragments = arguments.fragment or [
        row["url"].split("#", 1)[1] for row in read_table("algorithms.tsv", ALGORITHM_COLUMNS)
        if SOURCES.get(row["standard"]) == name]
    for fragment in fragments:
        for label, text in algorithm_steps(root, fragment):
            print(fragment, label, sha256(text)[:12], text, sep="\t")
    return 0


def under(label, scopes):
    return any(label.startswith(scope + ".") for scope in scopes)


def check(arguments):
    standards, differences = Standards(arguments.spec_dir), []
    rows = {}
    for row in read_table("steps.tsv", STEP_COLUMNS):
        rows.setdefault(row["algorithm"], {})[row["step"]] = row
    for algorithm in read_table("algorithms.tsv", ALGORITHM_COLUMNS):
        name, mine = algorithm["algorithm"], rows.pop(algorithm["algorithm"], {})
        scopes = [label for label, row in mine.items() if row["outcomes"].startswith("scope:")]
        for label, text in standards.steps(algorithm):
            if under(label, scopes):
                continue
            row = mine.pop(label, None)
            if row is None:
                differences.append(f"{name} {label}: no row: {text}")
            elif row["sha256"] != sha256(text):
                differences.append(f"{name} {label}: the standard now says: {text}")
        differences += [f"{name} {label}: no such step in the standard" for label in mine]
    differences += [f"{name}: not in algorithms.tsv" for name in rows]
    print(*differences, sep="\n", end="\n" if differences else "")
    print(f"{len(differences)} differences", file=sys.stderr)
    return 1 if differences else 0


def summarize(old, code):
    """A row's outcomes, reason and summary: from the code, but for what was written by hand."""
    summary, outcomes, reason = code or ("-", "none", "-")
    by_hand = old is not None and old["outcomes"] in {"true", "false"}
    if by_hand and outcomes in {"both", "true"}:
        outcomes, reason = old["outcomes"], old["reason"]
    return outcomes, reason, summary


def collect(arguments):
    algorithms = read_table("algorithms.tsv", ALGORITHM_COLUMNS)
    old = {}
    for row in read_table("steps.tsv", STEP_COLUMNS):
        old.setdefault(row["algorithm"], {})[row["step"]] = row
    standards = Standards(arguments.spec_dir) if arguments.spec_dir else None
    code, wrong = read_code(algorithms)
    lines = head_of("steps.tsv")
    for algorithm in algorithms:
        name, file = algorithm["algorithm"], algorithm["file"]
        mine, rows = code.get(name, {}), old.get(name, {})
        if name not in code:
            wrong.append(f"{file}: {name} has no code")
        scopes = [label for label, step in mine.items() if step[1].startswith("scope:")]
        if standards:
            steps = [(label, sha256(text), text) for label, text in standards.steps(algorithm)]
        else:
            steps = [(label, row["sha256"], "") for label, row in rows.items()]
        for label, digest, text in steps:
            if under(label, scopes):
                continue
            if label not in mine and label != WHOLE and name in code:
                wrong.append(f"{file}: {name} {label} is missing: {text[:90]}")
            outcomes, reason, summary = summarize(rows.get(label), mine.pop(label, None))
            lines.append("\t".join([name, label, outcomes, reason, digest, summary]))
        wrong += [f"{file}: {name} {label} is no step of the standard" for label in mine]
    (HERE / "steps.tsv").write_text("\n".join(lines) + "\n")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("extract")
    command.add_argument("standard")
    command.add_argument("fragment", nargs="*")
    command.set_defaults(run=extract)
    for function in check, collect:
        command = commands.add_parser(function.__name__)
        command.add_argument("--spec-dir", required=function is check)
        command.set_defaults(run=function)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
