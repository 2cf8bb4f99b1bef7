#!/usr/bin/env python3
"""HTTP caches, live: `corsim session` and `corsim check` against a server on loopback.

    live.py --corsim CORSIM [--nginx NGINX] [-v]

The server does what the query of a URL says, and keeps what it was asked. What is asserted is what
corsim says and what the server saw, as a browser's page and a server's log would show it:

- a browser with a cache: an image, then fetch() of the same URL; an error page that stays; a POST
  that is refused, and done all the same;
- two pages with one shared cache before the server, with Vary and without: simulated by corsim, and
  with nginx's proxy_cache as the cache. Both must ask the server equally often and end alike.

nginx is looked for in PATH; without it the last part is left out and the exit status is 77.
"""

import argparse
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from verdicts import FAILURES, check  # noqa: E402

# ---- The server ------------------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """/anything?status=404&origin=reflect&header=Vary:Origin, with `origin` one of: reflect,
    none, and `*`."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        origin = self.headers.get("Origin")
        self.server.seen.append((self.command, self.path.split("?")[0], origin, body.decode()))
        content = b"" if self.command == "HEAD" else b"content"
        self.send_response(int(query.get("status", ["200"])[0]))
        self.send_header("Content-Length", str(len(content)))
        for header in query.get("header", []):
            self.send_header(*header.split(":", 1))
        how = query.get("origin", ["none"])[0]
        if how == "*":
            self.send_header("Access-Control-Allow-Origin", "*")
        elif how == "reflect" and origin is not None:
            self.send_header("Access-Control-Allow-Origin", origin)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class Server:
    def __enter__(self):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.seen = []
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def take(self):
        """What was asked since the last time."""
        seen, self.http.seen = self.http.seen, []
        return seen


def url(port, path, **query):
    return f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(query, doseq=True)}"


# ---- corsim ----------------------------------------------------------------------------------------


class Session:
    """One `corsim session`, and what it answers."""

    def __init__(self, corsim, *flags):
        self.process = subprocess.Popen([corsim, "session", "-x", "", "-m", "20", *flags], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)

    def do(self, op, **fields):
        self.process.stdin.write(json.dumps({"op": op, **fields}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def fetch(self, address, origin, **fields):
        return self.do("fetch", url=address, origin=origin, **fields)


def last(answer):
    """Result, error, and where the response came from."""
    exchange = answer["exchanges"][-1]
    return answer["result"], answer["error"], exchange.get("cache")


# ---- A browser with a cache ------------------------------------------------------------------------

IMAGE = {"api": "none", "mode": "no-cors", "credentials": "include", "destination": "image"}
APP, ADMIN = "http://app.shop.example", "http://admin.other.example"


def image_then_fetch(corsim, server, vary):
    headers = ["Cache-Control:max-age=60"] + (["Vary:Origin"] if vary else [])
    address = url(server.port, "/logo", origin="reflect", header=headers)
    name = "an image, then fetch, " + ("with" if vary else "without") + " Vary"
    with Session(corsim, "--http-cache") as session:
        check(f"{name}: the image", ("opaque", None, None), last(session.fetch(address, APP, **IMAGE)))
        again = session.fetch(address, APP)
        expected = (("cors", None, None) if vary
                    else ("network-error", "MissingAllowOriginHeader", "http-cache"))
        check(f"{name}: fetch", expected, last(again))
        check(f"{name}: the server saw", [None] + ([APP] if vary else []),
              [origin for _, _, origin, _ in server.take()])
        session.do("clear", what="http-cache")
        check(f"{name}: with an empty cache", ("cors", None, None), last(session.fetch(address, APP)))
        check(f"{name}: and once more", ("cors", None, "http-cache"), last(session.fetch(address, APP)))
        server.take()


def error_page_stays(corsim, server):
    address = url(server.port, "/products", status=404, header="Cache-Control:max-age=600")
    with Session(corsim, "--http-cache") as session:
        blocked = ("network-error", "MissingAllowOriginHeader")
        check("an error page: at first", blocked + (None,), last(session.fetch(address, APP)))
        check("an error page: from the cache", blocked + ("http-cache",),
              last(session.fetch(address, APP)))
        check("an error page: the server was asked once", 1, len(server.take()))
        session.do("wait", seconds=601)
        check("an error page: later", blocked + (None,), last(session.fetch(address, APP)))
        check("an error page: the server was asked again", 1, len(server.take()))


def refused_and_done(corsim, server):
    address = url(server.port, "/transfer", header="Cache-Control:no-store")
    run = subprocess.run([corsim, "check", address, "--origin", "https://evil.test", "--credentials",
                          "include", "-d", "amount=1000", "-x", "", "-m", "20"],
                         capture_output=True, text=True)
    check("a refused POST: exit status", 1, run.returncode)
    check("a refused POST: the server has done it",
          [("POST", "/transfer", "https://evil.test", "amount=1000")], server.take())
    words = " ".join(run.stdout.split())
    for verdict in ("sent yes", "readable no", "preflights 0",
                    "the server may have acted on it"):
        check(f"a refused POST: says \"{verdict}\"", True, verdict in words)


# ---- A shared cache before the server --------------------------------------------------------------

# Each a situation: the headers of the answer, and which pages ask.
SHARED = {
    "max-age": (["Cache-Control:max-age=60"], [APP, ADMIN, APP]),
    "max-age, Vary": (["Cache-Control:max-age=60", "Vary:Origin"], [APP, ADMIN, APP, ADMIN]),
    "max-age, Vary in a list": (["Cache-Control:max-age=60", "Vary:Accept, origin"],
                                [ADMIN, APP, ADMIN]),
    "Vary: *": (["Cache-Control:max-age=60", "Vary:*"], [APP, APP]),
    "s-maxage": (["Cache-Control:max-age=0, s-maxage=60"], [APP, ADMIN]),
    "private": (["Cache-Control:private, max-age=60"], [APP, ADMIN]),
    "no-store": (["Cache-Control:no-store"], [APP, ADMIN]),
    "no-cache": (["Cache-Control:no-cache"], [APP, ADMIN]),
    "max-age=0": (["Cache-Control:max-age=0"], [APP, ADMIN]),
    "nothing": ([], [APP, ADMIN]),
}


def shared_cache(corsim, server, port, name, *flags):
    """Both verdicts and what the server was asked, for each of the situations."""
    headers, pages = SHARED[name]
    address = url(port, "/" + urllib.parse.quote(name), origin="reflect", header=headers)
    with Session(corsim, *flags) as session:
        answers = [session.fetch(address, page) for page in pages]
    return [(answer["result"], answer["error"], answer["status"]) for answer in answers], \
        [origin for _, _, origin, _ in server.take()]


def simulated(corsim, server):
    allowed = ("cors", None, 200)
    blocked = ("network-error", "AllowOriginMismatch", 0)
    for name, (_, pages) in SHARED.items():
        verdicts, seen = shared_cache(corsim, server, server.port, name, "--shared-cache", "yes")
        stored_for_all = name in ("max-age", "s-maxage")
        check(f"shared, {name}: verdicts",
              [blocked if stored_for_all and page != pages[0] else allowed for page in pages], verdicts)
        once = pages[:1] if stored_for_all else sorted(set(pages), key=pages.index)
        check(f"shared, {name}: the server saw", once if "Vary" in name and "*" not in name
              or stored_for_all else pages, seen)
    verdicts, seen = shared_cache(corsim, server, server.port, "max-age, Vary", "--shared-cache",
                                  "ignores-vary")
    check("shared, ignoring Vary", ([allowed, blocked, allowed, blocked], [APP]), (verdicts, seen))


NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=shared:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_cache shared; }}
    }}
}}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def connects(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def start(nginx, folder, behind):
    """nginx on a free port: the process, and the port."""
    for _ in range(5):
        port = free_port()
        configuration = pathlib.Path(folder, "nginx.conf")
        configuration.write_text(NGINX.format(folder=folder, port=port, behind=behind))
        process = subprocess.Popen([nginx, "-p", folder, "-c", configuration, "-e",
                                    f"{folder}/error.log"], stderr=subprocess.DEVNULL)
        for _ in range(100):
            if process.poll() is not None:
                break
            if connects(port):
                return process, port
            time.sleep(0.05)
        process.kill()
        process.wait()
    sys.exit("FAIL nginx does not start:\n" + pathlib.Path(folder, "error.log").read_text())


def with_nginx(corsim, server, nginx):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx's workers may be another user
        process, port = start(nginx, folder, server.port)
        try:
            for name in SHARED:
                alike = shared_cache(corsim, server, server.port, name, "--shared-cache", "yes")
                check(f"nginx, {name}: as simulated", alike, shared_cache(corsim, server, port, name))
        finally:
            process.terminate()
            process.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--corsim", required=True)
    arguments.add_argument("--nginx", default=shutil.which(
        "nginx", path=os.environ.get("PATH", "") + ":/usr/sbin"))
    given = arguments.parse_args()
    with Server() as server:
        image_then_fetch(given.corsim, server, vary=False)
        image_then_fetch(given.corsim, server, vary=True)
        error_page_stays(given.corsim, server)
        refused_and_done(given.corsim, server)
        simulated(given.corsim, server)
        if given.nginx is not None:
            with_nginx(given.corsim, server, given.nginx)
    if FAILURES:
        sys.exit(f"{len(FAILURES)} failed")
    if given.nginx is None:
        print("SKIP: nginx is not installed")
        sys.exit(77)


main()
