# Origins near a configured string: what it could mean, changed in one to three places. All have the
# form that a browser sends, but for capitals, which show how a system handles case.
import random
import re

FORM = re.compile(r"(?i:null)|[A-Za-z][A-Za-z0-9+.-]*://[^\s#%*/:<>?@\[\\\]^|]+(:\d{1,5})?")
LETTERS = "abcdemopsxz0189" + "-._" * 3 + "!$&'()+,;=`{}~\"" + "EXC"
PIECES = [".evil.test", "evil", "-", ".", "a.", "b.", "com", "example.com", ":80", ":443", ":8080",
          "https://", "http://", "x.example.com", ",", ",.evil.test", "\""]
FIXED = ["null", "https://example.com", "http://example.com", "https://a.example.com",
         "https://example.com:8443", "http://example.com:80", "https://example.com.evil.test",
         "https://evilexample.com", "HTTPS://Example.COM", "https://example.com,.evil.test",
         "https://.example.com", "chrome-extension://example.com", "https://a.b.example.com",
         "https://api.eu.example.com", "https://exxample.com", "https://example.com."]


def meanings(string, chooser):
    """Texts that a configured string, or one way through a pattern, may stand for."""
    text = chooser.choice(re.split(r"\|", string)) if "|" in string else string
    text = re.sub(r"\\[AZbz]|[\^$()]|\[[^]]*\]\+?|\{[^}]*\}", "", text.strip())
    text = re.sub(r"\\d", "8", text).replace("\\", "")
    text = re.sub(r"\.?[*+]", lambda _: chooser.choice(["", "a", "x.y", "evil", ".", "a."]), text)
    text = re.sub(r"(.)\?", lambda m: chooser.choice(["", m[1], "e"]), text).rstrip("/")
    return text if "://" in text or text == "null" else "https://" + text.lstrip(".")


def changed(text, chooser):
    at, end = sorted((chooser.randint(0, len(text)), chooser.randint(0, len(text))))
    kind = chooser.randrange(8)
    if kind == 0:
        return text[:at] + text[at + 1:]
    if kind == 1:
        return text[:at] + chooser.choice(LETTERS) + text[at + 1:]
    if kind == 2:
        return text[:at] + chooser.choice(LETTERS) + text[at:]
    if kind == 3:
        return text[:at] + chooser.choice(PIECES) + text[at:]
    if kind == 4:
        return text + chooser.choice(PIECES)
    if kind == 5:
        return text[:at] + text[at:end].swapcase() + text[end:]
    if kind == 6:
        return text.replace("http", "https", 1).replace("httpss", "http", 1)
    return text.replace("://", "://" + chooser.choice(["a.", "evil", "x-", ".", "evil.test,"]), 1)


def near(string, seed, count):
    """`count` different origins, the same for the same string and seed."""
    chooser = random.Random(f"{seed} {string}")
    found = dict.fromkeys(FIXED)
    tries = 0
    while len(found) < count and tries < 200 * count:
        tries += 1
        text = meanings(string, chooser)
        for _ in range(chooser.randrange(4)):
            text = changed(text, chooser)
        if FORM.fullmatch(text) and len(text) < 200:
            found[text] = None
    return list(found)[:count]
