CORS_ALLOW_ALL_ORIGINS = True
NOTE = """CORS_ALLOWED_ORIGINS = ["https://a.example.com"]
