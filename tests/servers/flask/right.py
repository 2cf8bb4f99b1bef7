# A list, with credentials.
from flask import Flask
from flask_cors import CORS

app = Flask("api")
CORS(app, origins=["https://app.example.com", "https://admin.example.com"],
     supports_credentials=True, methods=["GET", "PUT"], allow_headers=["Content-Type"],
     max_age=600)
