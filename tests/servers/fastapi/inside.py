# As everybody adds it: inside of what makes a 500 of an exception, which then has no headers.
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"],
                   allow_credentials=True, allow_methods=["GET", "PUT"],
                   allow_headers=["Content-Type"])
