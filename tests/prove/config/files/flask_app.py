import re
from flask import Flask, request
from flask_cors import CORS, cross_origin

app = Flask(__name__)
CORS(app, origins=["https://shop.example.com", r"https://.*\.example\.com", "https://*.example.org"],
     supports_credentials=True)
CORS(app, resources={r"/api/*": {"origins": re.compile("^https://api[.]example[.]com$")}})
open_app = Flask("open")
CORS(open_app)

@app.route("/one")
@cross_origin(origins="https://one.example.com")
def one():
    return "1"

app.config["CORS_ORIGINS"] = f"https://{app.name}.example.com"
