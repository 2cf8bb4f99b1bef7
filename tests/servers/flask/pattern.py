# A string with certain characters in it is a pattern, matched from its beginning: the dots are any
# character, and nothing holds its end.
from flask import Flask
from flask_cors import CORS

app = Flask("api")
# cors: begin
CORS(app, origins=["https://.*.example.com"], supports_credentials=True,
     allow_headers=["Content-Type"])
# cors: end
