# python3 application.py PORT: what stands behind the cache, on a port of 127.0.0.1. It lets two
# origins in, without credentials, says Vary, and what may be kept.
import http.server
import sys

ORIGINS = ["https://app.example.com", "https://admin.example.com"]
ANSWERS = {"GET /me": (200, '{"user":"me"}'), "PUT /me": (200, '{"saved":true}'),
           "GET /error": (500, '{"error":"no database"}')}
NOTHING = (404, '{"error":"no such thing"}')


class Application(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = ANSWERS.get(f"{self.command} {self.path}", NOTHING)
        if self.command == "OPTIONS":
            status, body = 204, ""
        self.send_response(status)
        origin = self.headers.get("Origin")
        self.send_header("Vary", "Origin")
        if origin in ORIGINS:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, PUT")
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.send_header("Cache-Control", "public, max-age=900" if status == 200 else "no-store")
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    do_GET = do_HEAD = do_PUT = do_OPTIONS = answer

    def log_message(self, *message):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Application).serve_forever()
