# python3 fuzz/adapters/python.py starlette.py PRESET [--credentials] STRING...: Starlette's
# CORSMiddleware, or FastAPI's name for it, called as a server calls it (ASGI). With --credentials
# the request carries a cookie, on which the answer to `*` depends.
import asyncio
import sys

preset, *strings = [a for a in sys.argv[2:] if a != "--credentials"]
credentials = "--credentials" in sys.argv
if preset.startswith("fastapi"):
    from fastapi.middleware.cors import CORSMiddleware
else:
    from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse

option = {"allow_origins": strings}
if not preset.endswith("-list"):
    option = {"allow_origin_regex": strings[0]}
app = CORSMiddleware(PlainTextResponse(""), **option, allow_credentials=credentials)


async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}


def validate(origin):
    sent = {}

    async def send(message):
        if message["type"] == "http.response.start":
            sent.update({k.decode("latin-1").lower(): v.decode("latin-1")
                         for k, v in message["headers"]})

    headers = [(b"origin", origin.encode("latin-1"))] + [(b"cookie", b"a=b")] * credentials
    asyncio.run(app({"type": "http", "method": "GET", "path": "/", "headers": headers},
                    receive, send))
    return (sent.get("access-control-allow-origin"),
            sent.get("access-control-allow-credentials") == "true")
