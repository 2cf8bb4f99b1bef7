CORS_ALLOWED_ORIGINS = [
    "https://a.example.com",
CORS_ALLOW_CREDENTIALS = True
