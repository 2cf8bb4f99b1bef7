"""Random patterns of a dialect, with texts that they may match, for the tests of the prover.

Which escapes and constructs a dialect has is read from spec-tables/dialects.tsv; what it has not is
written too, but seldom, as most of such patterns are refused. A pattern is made together with a
tree, from which texts that are near a match are drawn.
"""
import os
import re

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../spec-tables/dialects.tsv")
LETTERS = "abcZ019-._/:"
WORDS = ["https://", "http", "://", "example\\.com", "\\.com", "a\\.b", "localhost"]
ODD = [" ", "#", "\u00e9", "\u212a", "~", "_", "&", "@", "<", ">", "'", "`", "%", "=", ",", "!"]
SAMPLES = {
    "digit": "0190", "not-digit": "ab.Z-", "word": "abZ01_", "not-word": ".-/: ", "space": " ",
    "not-space": "ab.0", "hex": "aB09", "not-hex": "gZ.-", "any": "ab.0-Z/"}
POSIX_NAMES = {
    "alpha": "abZ", "digit": "019", "alnum": "aZ0", "upper": "ABZ", "lower": "abc", "space": " ",
    "blank": " ", "punct": ".-_:/", "cntrl": "", "graph": "a0.-", "print": "a0. ", "xdigit": "aF9",
    "word": "aZ0_"}
QUANTIFIERS = [
    ("*", 0, 3), ("*", 0, 3), ("+", 1, 3), ("+", 1, 3), ("?", 0, 1), ("?", 0, 1), ("{2}", 2, 2),
    ("{2,2}", 2, 2),
    ("{0}", 0, 0), ("{1,2}", 1, 2), ("{2,3}", 2, 3), ("{0,}", 0, 2), ("{1,}", 1, 3), ("{3,}", 3, 4)]
FLAGS = {
    "pcre2": "imsx", "javascript": "imsgyd", "javascript-u": "imsgyd", "javascript-v": "imsgyd",
    "python": "imsx", "ruby": "imx", "go": "ims", "java": "imsx", "posix-ere": "i", "perl": "imsx"}


def read_table(dialect):
    """(place, character) or (place, construct) -> what it means."""
    rows = [l.rstrip("\n").split("\t") for l in open(TABLE, encoding="utf-8")
            if l.strip() and not l.startswith("#")]
    column = rows[0].index(dialect)
    meanings = {}
    for row in rows[1:]:
        text = re.sub(r"\\x(..)", lambda m: chr(int(m[1], 16)), row[1])
        for construct in [text] if row[0] == "syntax" else text:
            meanings[row[0], construct] = row[column]
    return meanings


class Patterns:
    """A source of patterns of one dialect."""

    def __init__(self, rng, dialect):
        self.rng, self.dialect = rng, dialect
        self.meanings = read_table(dialect)
        self.known = {p: self.characters(p, True) for p in ("escape", "class")}
        self.unknown = {p: self.characters(p, False) or "\\" for p in ("escape", "class")}
        self.groups = 0
        self.open = []

    def characters(self, place, known):
        return "".join(c for (p, c), m in sorted(self.meanings.items())
                       if p == place and (m not in ("error", "refused")) == known)

    def has(self, syntax):
        """Whether to write a construct: what the dialect has not, seldom."""
        return self.meanings["syntax", syntax] not in ("error", "refused") or \
            self.rng.random() < .03

    def one_of(self, choices):
        """Of (text, tree, constructs that it needs)."""
        for _ in range(20):
            text, tree, *needs = self.rng.choice(choices)
            if all(self.has(need) for need in needs):
                return text, tree
        return "a", "a"

    # ---- Characters

    def escaped(self, place):
        pool = self.known if self.rng.random() < .96 else self.unknown
        letter = self.rng.choice(pool[place])
        meaning = self.meanings[place, letter]
        if meaning == "literal":
            return "\\" + letter, letter
        if meaning == "quote":
            return "\\Qa.b\\E", ("sequence", ["a", ".", "b"])
        if meaning == "hex-code":
            code = self.rng.choice("abcZ01.-/:]^")
            return f"\\x{ord(code):02x}", code
        if meaning == "unicode-code":
            code = self.rng.choice("abcZ01.-/:]^")
            return f"\\u{ord(code):04X}", code
        return "\\" + letter, ("set", SAMPLES.get(meaning, ""))

    def member(self):
        kind = self.rng.random()
        if kind < .5:
            letter = self.rng.choice(LETTERS if self.rng.random() < .9 else "".join(ODD))
            return letter, letter
        if kind < .75:
            return self.rng.choice([("a-c", "abc"), ("0-9", "019"), ("A-Z", "ABZ"), ("a-z", "abz"),
                                    ("+--", "+,-"), ("%--", ".-%"), ("!-~", "a~"), (" -/", " -/")])
        if kind < .85:
            text, tree = self.escaped("class")
            return text, tree if isinstance(tree, str) else tree[1]
        if kind < .9 and self.has("class-posix"):
            name = self.rng.choice(sorted(POSIX_NAMES))
            negated = self.rng.random() < .15 and self.has("class-posix-negated")
            return f"[:{'^' if negated else ''}{name}:]", "a.0" if negated else POSIX_NAMES[name]
        return self.one_of([
            ("-", "-", "class-hyphen"), ("^", "^"), ("a-\\d", "a-0", "class-range-to-set"),
            ("\\w-z", "a-z", "class-range-from-set"), ("[", "[", "class-nested"),
            ("&&", "&", "class-doubled-and"), ("::", ":", "class-doubled"), ("#", "#"), (" ", " "),
            ("b-c-e", "bc-e", "class-hyphen-after-range"), ("\\-", "-"), ("\\]", "]"),
            ("(|)", "(|)", "class-syntax-character"), ("/", "/", "class-syntax-character"),
            ("[.a.]", "a", "class-collating"), ("$", "$"), (".", "."), ("*", "*"), ("?", "?")])

    def character_class(self):
        members = [self.member() for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 4]))]
        first = "]" if self.rng.random() < .03 else ""
        negated = self.rng.random() < .3
        text = "[" + ("^" if negated else "") + first + "".join(m[0] for m in members) + "]"
        return text, ("set", LETTERS if negated else "".join(m[1] for m in members))

    def odd(self):
        """What stands for itself, or not, as the dialect has it."""
        text, tree = self.one_of([
            ("]", "]", "close-bracket"), ("}", "}", "close-brace"), ("{", "{", "interval-open"),
            ("{,", ("sequence", ["{", ","]), "interval-open"), ("a{a}", "a", "interval-open"),
            ("{ 1}", "", "interval-with-blanks"), ("\\101", "A"), ("\\0", ""), ("\\x{61}", "a"),
            ("\\u{61}", "a"), ("\\cA", ""), ("\\p{L}", "a"), ("\\R", ""),
            ("(?#c)", "", "group-comment"), ("|", "")])
        return (text, tree) if self.rng.random() < .5 else (self.rng.choice(ODD),) * 2

    def reference(self):
        if not self.groups or self.rng.random() < .03:
            return "\\1", ""
        number = self.rng.randint(1, self.groups)
        if number > 9 or not self.has("reference"):
            return "a", "a"
        return f"\\{number}", ("reference", number)

    # ---- Groups

    def fixed(self, depth):
        """What has one length, as many dialects want it behind."""
        text, trees = "", []
        for _ in range(self.rng.randint(1, 3)):
            made = self.rng.choice([
                self.literal, self.literal, self.character_class,
                lambda: (".", ("set", LETTERS)), lambda: self.escaped("escape")])()
            repeat = self.rng.random() < .1 and depth > 0
            text += made[0] + ("{2}" if repeat else "")
            trees.append(("repeat", made[1], 2, 2) if repeat else made[1])
        return text, ("sequence", trees)

    def look(self, depth):
        behind = self.rng.random() < .4 and self.has("look-behind")
        if not behind and not self.has("look-ahead"):
            return "a", "a"
        sign = self.rng.choice("=!")
        if behind and self.rng.random() < .85:
            text, tree = self.fixed(depth)
            if self.rng.random() < .3:
                other = self.fixed(0) if self.rng.random() < .5 else ("ab", "")
                text += "|" + other[0]
        else:
            text, tree = self.choice(depth - 1)
        return f"(?{'<' if behind else ''}{sign}{text})", ("look", "" if sign == "!" else tree)

    def flags(self, depth):
        letters = FLAGS[self.dialect].translate({ord(c): None for c in "gyd"})
        on = "".join(c for c in letters if self.rng.random() < .35)
        off = "".join(c for c in letters if c not in on and self.rng.random() < .15)
        words = on + ("-" + off if off else "") or "i"
        if self.rng.random() < .4 and self.has("flags-rest"):
            return f"(?{words})", ""
        if not self.has("flags-group"):
            return "a", "a"
        text, tree = self.choice(depth - 1)
        return f"(?{words}:{text})", tree

    def group(self, depth):
        kind = self.rng.random()
        if kind < .16:
            return self.look(depth)
        if kind < .24:
            return self.flags(depth)
        opening, needs = self.rng.choice([
            *[("(", "")] * 5, *[("(?:", "group-plain")] * 3, ("(?<n>", "group-angle-name"),
            ("(?P<n>", "group-p-name"), ("(?'n'", "group-quote-name"), ("(?>", "group-atomic")])
        if needs and not self.has(needs):
            opening = "("
        number = 0
        if opening not in ("(?:", "(?>"):
            self.groups += 1
            number = self.groups
        text, tree = self.choice(depth - 1)
        return opening + text + ")", ("group", number, tree)

    # ---- The whole

    def literal(self):
        letter = self.rng.choice(LETTERS)
        return ("\\" + letter if letter == "." and self.rng.random() < .5 else letter), letter

    def atom(self, depth):
        kind = self.rng.random()
        if kind < .42:
            return self.literal()
        if kind < .48:
            text = self.rng.choice(WORDS)
            return text, ("sequence", list(text.replace("\\", "")))
        if kind < .55:
            return ".", ("set", LETTERS)
        if kind < .66:
            return self.character_class()
        if kind < .74:
            return self.escaped("escape")
        if kind < .80:
            return self.rng.choice(["^", "$", "\\b", "\\B", "$", "^"]), ""
        if kind < .82:
            return self.odd()
        if kind < .86:
            return self.reference()
        return self.group(depth) if depth > 0 else self.literal()

    def quantified(self, text, tree):
        if text in ("^", "$", "\\b", "\\B", "") or text.startswith(("(?=", "(?!", "(?<=", "(?<!")):
            if self.rng.random() < .95:
                return text, tree
        quantifier, least, most = self.rng.choice(QUANTIFIERS)
        if self.rng.random() < .06:
            least, most = 0, 2
            quantifier, _ = self.one_of([
                ("{,2}", "", "interval-without-least"), ("{,}", "", "interval-without-both"),
                ("{ 1}", "", "interval-with-blanks"), ("{2,1}", ""), ("{1001}", ""), ("{,0}", "")])
        braced = quantifier.endswith("}")
        suffix, _ = self.one_of([
            ("", ""), ("", ""), ("", ""), ("", ""), ("?", "", "lazy-exact" if braced else "lazy"),
            ("+", "", "possessive-interval" if braced else "possessive"),
            ("*", "", "quantifier-twice"), ("{2}", "", "quantifier-twice")])
        return text + quantifier + suffix, ("repeat", tree, least, most)

    def choice(self, depth):
        texts, trees = [], []
        for _ in range(self.rng.choice([1, 1, 1, 1, 2, 3])):
            text, sequence = "", []
            for _ in range(self.rng.randint(0 if depth < 2 else 1, 4)):
                made = self.atom(depth)
                if self.rng.random() < .25:
                    made = self.quantified(*made)
                text += made[0]
                sequence.append(made[1])
            texts.append(text)
            trees.append(("sequence", sequence))
        return "|".join(texts), ("choice", trees)

    def question(self):
        """(match, flags, pattern, tree)"""
        while True:
            self.groups = 0
            text, tree = self.choice(2)
            if self.rng.random() < .15:
                text, tree = text + "$", tree
            if self.rng.random() < .15:
                text, tree = "^" + text, tree
            if self.rng.random() < .05 and self.has("flags-rest"):
                text = f"(?{self.rng.choice('imsx')})" + text
            if text and len(text) <= 80 and text.isprintable():
                break
        flags = "".join(f for f in FLAGS[self.dialect] if self.rng.random() < .12)
        match = self.rng.choice(["search", "prefix", "full"])
        if "#" in text and ("x" in flags or re.search(r"\(\?[a-z]*x", text)):
            match = "search" # a comment would take in what the adapters put behind the pattern
        return match, flags, text, tree

    # ---- Texts

    def draw(self, tree, taken):
        rng = self.rng
        if isinstance(tree, str):
            return tree
        kind = tree[0]
        if kind == "set":
            return rng.choice(tree[1]) if tree[1] else ""
        if kind == "sequence":
            return "".join([self.draw(t, taken) for t in tree[1]])
        if kind == "choice":
            return self.draw(tree[1][int(rng.random() * len(tree[1]))], taken)
        if kind == "repeat":
            times = tree[2] + int(rng.random() * (tree[3] - tree[2] + 1))
            return "".join([self.draw(tree[1], taken) for _ in range(times)])
        if kind == "group":
            text = self.draw(tree[2], taken)
            taken[tree[1]] = text
            return text
        if kind == "reference":
            return taken.get(tree[1], "")
        return self.draw(tree[1], taken) if rng.random() < .5 else ""

    def subject(self, tree, pattern):
        """Printable ASCII, near what the tree matches or made of the pattern's characters."""
        rng = self.rng
        if rng.random() < .7:
            text = self.draw(tree, {})[:24]
            for _ in range(rng.choice([0, 0, 1, 1, 2])):
                at = int(rng.random() * (len(text) + 1))
                put = rng.choice([rng.choice(LETTERS), rng.choice(LETTERS), rng.choice(pattern),
                                  rng.choice("AB e#{}[]_~"), ""])
                text = text[:at] + put + text[at + int(rng.random() * 2):]
            if rng.random() < .05:
                text = text.swapcase()
        else:
            text = [rng.choice(pattern) if rng.random() < .4 else rng.choice(LETTERS + "AB e#{}[]")
                    for _ in range(rng.randint(1, 7))]
        return "".join([c for c in text if " " <= c <= "~"]) or "a"
