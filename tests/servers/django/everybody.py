# With credentials, "all origins" is whoever asks.
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = True
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware",
              "django.middleware.common.CommonMiddleware"]
