# The page has its own domain by now; the list still holds the platform's.
CORS_ALLOWED_ORIGINS = ["https://app.platform.example"]
CORS_ALLOW_CREDENTIALS = True
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware",
              "django.middleware.common.CommonMiddleware"]
