# The middleware is around the whole application, so that it sees error pages, too.
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

app = FastAPI()
served = CORSMiddleware(app, allow_origins=["https://app.example.com", "https://admin.example.com"],
                        allow_credentials=True, allow_methods=["GET", "PUT"],
                        allow_headers=["Content-Type"], max_age=600)
