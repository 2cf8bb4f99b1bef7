# Who is not logged in is sent to the login page, before CORS is looked at; and a preflight never is
# logged in.
CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
CORS_ALLOW_CREDENTIALS = True
MIDDLEWARE = ["__main__.logged_in",
              "corsheaders.middleware.CorsMiddleware",
              "django.middleware.common.CommonMiddleware"]
