# Two servers for `corsim run --against`: server.py KIND FILE, where KIND is `right` or the one thing
# that is wrong. Listens on a free port of 127.0.0.1, writes it to FILE, and then each request as a line
# on standard output: method, path, Host and Origin.
import http.server
import sys

KIND = sys.argv[1]
APP = "https://app.example"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        print(self.command, self.path, self.headers["Host"], self.headers["Origin"],
              self.headers["User-Agent"], flush=True)
        getattr(self, "answer_" + self.path.split("/")[1], self.answer_me)()

    def send(self, status, **headers):
        body = b"hello" if status == 200 and self.command != "OPTIONS" else b""
        allowed = self.headers["Origin"] == APP
        self.send_response(status)
        if allowed or KIND == "reflects":
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"] or "*")
            self.send_header("Access-Control-Allow-Credentials", "true")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_me(self):
        if self.command == "OPTIONS" and KIND == "no-options":
            self.send(404)
        elif self.command == "OPTIONS":
            self.send(204, Access_Control_Allow_Methods="PUT", Access_Control_Allow_Headers="x-a",
                      Access_Control_Max_Age="1" if KIND == "short-memory" else "60")
        else:
            self.send(500 if KIND == "fails" else 200)

    def answer_from(self):
        host = self.headers["Host"]
        self.send(302, Location="/to" if self.path.endswith("relative") else f"http://{host}/to")

    def answer_elsewhere(self):
        self.send(302, Location="https://elsewhere.example/to")

    do_GET = do_PUT = do_POST = do_OPTIONS = answer

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[2], "w") as file:
    file.write(f"{server.server_port}\n")
server.serve_forever()
