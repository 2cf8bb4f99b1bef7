# python3 serve.py FILE=PORT...: each file's FastAPI application in uvicorn on its port of
# 127.0.0.1, with the same routes. A file may say what is served in place of its `app`.
import asyncio
import runpy
import sys

import uvicorn


def error():
    raise RuntimeError("no database")


class Server(uvicorn.Server):
    def install_signal_handlers(self):
        """Several servers share this process; it ends as any other does."""


async def main():
    servers = []
    for pair in sys.argv[1:]:
        file, port = pair.rsplit("=", 1)
        names = runpy.run_path(file)
        app = names["app"]
        app.get("/me")(lambda: {"user": "me"})
        app.put("/me")(lambda: {"saved": True})
        app.get("/error")(error)
        config = uvicorn.Config(names.get("served", app), host="127.0.0.1", port=int(port),
                                log_level="critical")
        servers.append(Server(config).serve())
    await asyncio.gather(*servers)


asyncio.run(main())
