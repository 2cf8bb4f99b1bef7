# django-cors-headers before everything that may answer by itself.
CORS_ALLOWED_ORIGINS = ["https://app.example.com", "https://admin.example.com"]
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_METHODS = ["GET", "PUT"]
CORS_ALLOW_HEADERS = ["content-type"]
CORS_PREFLIGHT_MAX_AGE = 600
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware",
              "django.middleware.common.CommonMiddleware"]
