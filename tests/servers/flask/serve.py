# python3 serve.py FILE=PORT...: each file's Flask application on its port of 127.0.0.1, with the
# same routes.
import logging
import runpy
import sys
import threading

from werkzeug.serving import make_server

logging.disable(logging.CRITICAL)


def error():
    raise RuntimeError("no database")


servers = []
for pair in sys.argv[1:]:
    file, port = pair.rsplit("=", 1)
    app = runpy.run_path(file)["app"]
    app.add_url_rule("/me", "read", lambda: {"user": "me"})
    app.add_url_rule("/me", "save", lambda: {"saved": True}, methods=["PUT"])
    app.add_url_rule("/error", "error", error)
    servers.append(make_server("127.0.0.1", int(port), app, threaded=True))
for server in servers:
    threading.Thread(target=server.serve_forever).start()
