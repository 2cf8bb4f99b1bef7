# The default is "*", and with credentials that becomes whoever asks.
from flask import Flask
from flask_cors import CORS

app = Flask("api")
# cors: begin
CORS(app, supports_credentials=True)
# cors: end
