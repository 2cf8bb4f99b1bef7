"""Settings of a Django project; CORS_ALLOWED_ORIGINS = ['https://not.example'] is text here."""
import os
import re

INSTALLED_APPS = ["corsheaders", "shop"]
HOSTS = ("https://shop.example.com",)
CORS_ALLOWED_ORIGINS = [
    "https://shop.example.com",
    'https://admin' '.example.com',  # two parts
]
CORS_ALLOWED_ORIGIN_REGEXES = [
    r"^https://\w+\.example\.com$",
    "https://example\\.org",
    re.compile(r"^https://.*\.example\.net$", re.IGNORECASE),
]
CORS_ALLOW_CREDENTIALS = True
CORS_ORIGIN_ALLOW_ALL = True
CORS_ORIGIN_WHITELIST = HOSTS
if os.environ.get("EXTRA"):
    CORS_ORIGIN_REGEX_WHITELIST = os.environ["EXTRA"].split(",")
