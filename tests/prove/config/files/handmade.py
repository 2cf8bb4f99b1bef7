import re

ORIGIN = re.compile(r"https://([a-z]+\.)?example\.com")
SUFFIXES = (".example.com", ".example.org")


def allow(request, response):
    origin = request.headers.get("Origin", "")
    if ORIGIN.match(origin) or re.fullmatch("https://[a-z]+[.]example[.]net", origin):
        response.headers["Access-Control-Allow-Origin"] = origin
    elif origin.endswith(SUFFIXES) and origin.startswith("https://"):
        response.headers["Access-Control-Allow-Origin"] = origin
    elif "example.info" in origin or origin in ["https://a.example", "https://b.example"]:
        response["Access-Control-Allow-Origin"] = origin
    elif any(origin.startswith(p) for p in ("https://x.example", "https://y.example")):
        response["Access-Control-Allow-Origin"] = origin


def reflect(request, response):
    response["Access-Control-Allow-Origin"] = request.headers["Origin"]


def fixed(request, response):
    response["Access-Control-Allow-Origin"] = "https://app.example.com"
