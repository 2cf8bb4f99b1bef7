#!/usr/bin/python3
# server.py right|wrong FILE: a server on loopback, whose port is written to FILE, for the tests of the
# examples: right compares the origin, wrong reflects it.
import http.server
import sys

RIGHT = sys.argv[1] == "right"
PAGE = "https://app.example.com"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        origin = self.headers.get("Origin")
        known = self.path == "/me"
        preflight = self.command == "OPTIONS"
        self.send_response(204 if preflight else 200 if known else 404)
        self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-store")
        if origin == PAGE or (origin and not RIGHT):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Credentials", "true")
            if preflight:
                self.send_header("Access-Control-Allow-Methods", "GET")
                self.send_header("Access-Control-Max-Age", "600")
        if not preflight:
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", "2")
        self.end_headers()
        if not preflight and self.command != "HEAD":
            self.wfile.write(b"{}")

    do_GET = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[2], "w", encoding="ascii") as file:
    file.write(str(server.server_port))
server.serve_forever()
