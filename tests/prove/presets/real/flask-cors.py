# python3 fuzz/adapters/python.py flask-cors.py PRESET [--credentials] STRING...: Flask-CORS, asked
# through Flask's test client. flask-cors-regex gives it compiled patterns instead of strings.
import re
import sys

from flask import Flask
from flask_cors import CORS

preset, *strings = [a for a in sys.argv[2:] if a != "--credentials"]
app = Flask("app")
app.add_url_rule("/", view_func=lambda: "")
CORS(app, origins=[re.compile(s) for s in strings] if preset == "flask-cors-regex" else strings,
     supports_credentials="--credentials" in sys.argv)
client = app.test_client()


def validate(origin):
    headers = client.get("/", headers={"Origin": origin}).headers
    return (headers.get("Access-Control-Allow-Origin"),
            headers.get("Access-Control-Allow-Credentials") == "true")
