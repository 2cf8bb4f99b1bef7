# A pattern for subdomains: both schemes, and any host that ends so.
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origin_regex=r"https?://.*example\.com",
                   allow_credentials=True, allow_methods=["GET", "PUT"],
                   allow_headers=["Content-Type"])
