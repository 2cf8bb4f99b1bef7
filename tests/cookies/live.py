#!/usr/bin/env python3
"""Cookies, live: `corsim check` and `corsim session` against servers on loopback.

    live.py --corsim CORSIM

Two servers, http and https with a certificate made for the run, set the cookies that the query of a
URL asks for and keep what Cookie they got. Their names are example.com's, by --resolve. What is
asserted is what corsim says and what the server saw: rows 25 and 26 of the situations that corsim is
for, -b and -c, the same files read and written by curl, and what a server sends that means harm.
"""

import argparse
import http.server
import json
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from verdicts import FAILURES, check  # noqa: E402

HOSTS = ["api.example.com", "app.example.com", "api.other.test"]


# ---- The servers -----------------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """/anything?set=sid%3D1&set=b%3D2&times=1000: CORS lets every origin in, with credentials."""

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        self.server.seen.append(self.headers.get("Cookie"))
        origin = self.headers.get("Origin")
        self.send_response(200)
        if origin is not None:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Credentials", "true")
        for cookie in query.get("set", []):
            for i in range(int(query.get("times", ["1"])[0])):
                self.send_header("Set-Cookie", cookie.replace("%i", str(i)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server:
    def __init__(self, certificate=None):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.seen = []
        self.scheme = "http" if certificate is None else "https"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, host, path, **query):
        return f"{self.scheme}://{host}:{self.port}{path}?{urllib.parse.urlencode(query, doseq=True)}"

    def resolved(self):
        return [word for host in HOSTS for word in ("--resolve", f"{host}:{self.port}:127.0.0.1")]

    def take(self):
        """The Cookie of each request since the last time."""
        seen, self.http.seen = self.http.seen, []
        return seen


def make_certificate(folder):
    path = pathlib.Path(folder, "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=example.com", "-keyout", path, "-out", f"{path}.crt"],
                   check=True, capture_output=True)
    path.write_text(path.read_text() + pathlib.Path(f"{path}.crt").read_text())
    return path


# ---- corsim ----------------------------------------------------------------------------------------


class Corsim:
    def __init__(self, corsim, server):
        self.corsim, self.server = corsim, server

    def run(self, address, origin, *flags):
        return subprocess.run([self.corsim, "check", address, "--origin", origin, "-k", "-x", "",
                               "-m", "20", *self.server.resolved(), *flags],
                              capture_output=True, text=True)

    def ask(self, address, origin, *flags):
        """What `check --format json` says: verdict, why the cookie stayed behind, and all of it."""
        run = self.run(address, origin, "--format", "json", *flags)
        answer = json.loads(run.stdout)
        return answer["verdict"], answer["cookieReason"], answer


def row_25(corsim, folder):
    server, jar = corsim.server, f"{folder}/row-25"
    login = server.url("api.example.com", "/login", set=["sid=1; Secure; HttpOnly",
                                                         "none=2; Secure; SameSite=None"])
    me = server.url("api.example.com", "/me")
    corsim.ask(login, "https://api.example.com:" + str(server.port), "-c", jar)
    server.take()

    verdict, reason, answer = corsim.ask(me, "https://shop.test", "--credentials", "include", "-b", jar)
    check("row 25: allowed", "allowed", verdict)
    check("row 25: but the session cookie was not sent",
          'But the session cookie "sid" was not sent, because it says nothing about SameSite, which '
          "counts as Lax, and the page is of another site.", reason)
    check("row 25: the rule", [("none", "sent", None), ("sid", "withheld", "same-site-default")],
          sorted((one["name"], one["fate"], one["rule"]) for one in answer["cookies"]))
    check("row 25: what the server saw", ["none=2"], server.take())
    text = " ".join(corsim.run(me, "https://shop.test", "--credentials", "include", "-b",
                               jar).stdout.split())
    check("row 25: in words", True, 'But the session cookie "sid" was not sent, because' in text and
          "For the cookie Set it with SameSite=None; Secure" in text)
    server.take()

    verdict, reason, _ = corsim.ask(me, "https://app.example.com", "--credentials", "include", "-b",
                                    jar)
    check("row 25: from the same site", ("allowed", None, ["sid=1; none=2"]),
          (verdict, reason, server.take()))
    _, reason, _ = corsim.ask(me, "https://shop.test", "--credentials", "include", "-b", jar,
                              "--third-party-cookies", "block")
    check("row 25: blocked by the browser", [None], server.take())
    _, reason, _ = corsim.ask(me, "https://shop.test", "--credentials", "include", "-b", jar,
                              "--engine", "firefox")
    check("row 25: in Firefox", (True, [None]),
          ("apart for each site in the address bar" in reason, server.take()))
    _, _, answer = corsim.ask(me, "https://app.example.com", "--page", "https://portal.test/",
                              "--credentials", "include", "-b", jar)
    check("row 25: in a frame", ["none=2"], server.take())
    _, _, answer = corsim.ask(me, "https://shop.test", "--credentials", "include", "-b",
                              "sid=3; Secure; SameSite=None; other=4")
    check("row 25: -b with attributes", ["sid=3"], server.take())


def row_26(corsim, folder):
    server, jar = corsim.server, f"{folder}/row-26"
    me = server.url("api.example.com", "/me", set="new=1; Secure; SameSite=None")
    verdict, reason, answer = corsim.ask(me, "https://app.example.com", "-b", "sid=1", "-c", jar)
    check("row 26: allowed", "allowed", verdict)
    check("row 26: credentials forgotten", True,
          'session cookie "sid" was not sent, because the page fetches without credentials' in reason)
    check("row 26: neither sent nor set", ([None], False),
          (server.take(), "new" in pathlib.Path(jar).read_text()))
    corsim.ask(me, "https://app.example.com", "-b", "sid=1", "-c", jar, "--credentials", "include")
    check("row 26: both", (["sid=1"], True), (server.take(), "new" in pathlib.Path(jar).read_text()))
    none = corsim.ask(me, "https://app.example.com", "--credentials", "include")[2]
    check("without a flag there are no cookies", ([None], None),
          (server.take(), none.get("cookies")))


def with_curl(corsim, folder):
    server, jar = corsim.server, f"{folder}/curl"
    cookies = ["host=1", "site=2; Domain=example.com; Path=/; Max-Age=600", "http=3; HttpOnly",
               "empty=; Path=/deep", "secure=4; Secure"]
    login = server.url("api.example.com", "/", set=cookies)
    curl = ["curl", "-s", "-k", "-x", "", *server.resolved()]
    subprocess.run([*curl, "-c", jar, login], check=True)
    server.take()
    flags = ["--credentials", "include"]
    origin = "https://app.example.com"
    for path in ("/", "/deep/er"):
        corsim.ask(server.url("api.example.com", path), origin, "-b", jar, *flags)
        subprocess.run([*curl, "-b", jar, server.url("api.example.com", path)], check=True)
        ours, theirs = server.take()
        check(f"curl's file, {path}", sorted(theirs.split("; ")), sorted(ours.split("; ")))
    mine = f"{folder}/mine"
    corsim.ask(login, f"https://api.example.com:{server.port}", "-c", mine)
    subprocess.run([*curl, "-b", mine, server.url("api.example.com", "/deep/er")], check=True)
    check("our file, read by curl", sorted(["host=1", "site=2", "http=3", "secure=4", "empty="]),
          sorted(server.take()[1].split("; ")))
    again = f"{folder}/again"
    corsim.ask(server.url("api.example.com", "/"), origin, "-b", mine, "-c", again)
    server.take()
    check("our file, read and written", sorted(pathlib.Path(mine).read_text().split("\n")),
          sorted(pathlib.Path(again).read_text().split("\n")))
    pathlib.Path(folder, "headers").write_text("HTTP/1.1 200 OK\nSet-Cookie: sid=5; Secure\r\n\n")
    run = corsim.run(server.url("api.example.com", "/"), origin, "-b", f"{folder}/headers", *flags)
    check("a file with other lines", (2, True), (run.returncode, ":1: a cookie has seven" in run.stderr))
    pathlib.Path(folder, "headers").write_text("# as curl -D\nSet-Cookie: sid=5; Secure\r\n\n")
    corsim.ask(server.url("api.example.com", "/"), origin, "-b", f"{folder}/headers", *flags)
    check("Set-Cookie lines in a file", ["sid=5"], server.take())
    run = corsim.run(server.url("api.example.com", "/"), origin, "-b", f"{folder}/missing")
    check("a file that is missing", 2, run.returncode)
    saved = f"{folder}/saved.case"
    corsim.run(server.url("api.example.com", "/"), origin, "-b", mine, "--save", saved, *flags)
    replayed = subprocess.run([corsim.corsim, "run", saved], capture_output=True, text=True)
    check("--save, and replayed", (0, True),
          (replayed.returncode, "-- cookies https://api.example.com/" in
           pathlib.Path(saved).read_text()))


def with_session(corsim):
    server = corsim.server
    server.take()
    lines = [
        {"op": "visit", "url": "https://api.example.com/", "setCookie": ["sid=1; Secure"]},
        {"op": "fetch", "url": server.url("api.example.com", "/"), "origin": "https://app.example.com",
         "credentials": "include"},
        {"op": "clear", "what": "cookies"},
        {"op": "fetch", "url": server.url("api.example.com", "/"), "origin": "https://app.example.com",
         "credentials": "include"},
        {"op": "visit", "url": "ftp://example.com/", "setCookie": []},
    ]
    run = subprocess.run([corsim.corsim, "session", "-k", "-x", "", *server.resolved()], text=True,
                         input="".join(json.dumps(line) + "\n" for line in lines),
                         capture_output=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    check("session: what the server saw", ["sid=1", None], server.take())
    check("session: what became of it", [("stored", None), ("sent", 0)],
          [(one["fate"], one["exchange"]) for one in answers[1]["cookies"]])
    check("session: a visit is of a web page", "bad-request", answers[4]["error"]["kind"])


def hostile(corsim, folder):
    server, jar = corsim.server, f"{folder}/hostile"
    page = f"https://api.example.com:{server.port}"
    address = server.url("api.example.com", "/", set="c%i=" + "x" * 20, times=3000)
    started = time.monotonic()
    corsim.ask(address, page, "-c", jar)
    lines = pathlib.Path(jar).read_text().splitlines()
    check("3000 cookies: fifty stay", 50, sum("\tc" in line for line in lines))
    check("3000 cookies: in time", True, time.monotonic() - started < 10)
    server.take()
    address = server.url("api.example.com", "/", set="\x1b[31mred=<script>\x9b2J\xe9; Max-Age=5")
    for flags in ([], ["--format", "json"], ["-v"]):
        run = subprocess.run([corsim.corsim, "check", address, "--origin", "https://shop.test", "-k",
                              "-x", "", "-b", "a=1", *server.resolved(), "--credentials", "include",
                              *flags], capture_output=True)
        bad = [byte for byte in run.stdout.replace(b"\n", b"") if byte < 0x20 or byte == 0x7f]
        check(f"control characters: {flags}", ([], True),
              (bad, run.stdout.decode("utf-8", "strict").find("red") > 0))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--corsim", required=True)
    given = arguments.parse_args()
    for program in ("openssl", "curl"):
        if shutil.which(program) is None:
            print(f"SKIP: {program} is not installed")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        corsim = Corsim(given.corsim, Server(make_certificate(folder)))
        row_25(corsim, folder)
        row_26(corsim, folder)
        with_curl(corsim, folder)
        with_session(corsim)
        hostile(corsim, folder)
        plain = Corsim(given.corsim, Server())
        _, reason, _ = plain.ask(plain.server.url("api.example.com", "/", set="sid=1; Secure"),
                                 "http://app.example.com", "--credentials", "include", "-b", "a=1")
        check("over http:", 'But the session cookie "sid" was not kept, because it is Secure, and the '
              "response did not come over https:.", reason)
    if FAILURES:
        sys.exit(f"{len(FAILURES)} failed")


main()
