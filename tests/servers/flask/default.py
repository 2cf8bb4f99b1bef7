# Everybody, without credentials.
from flask import Flask
from flask_cors import CORS

app = Flask("api")
# cors: begin
CORS(app)
# cors: end
