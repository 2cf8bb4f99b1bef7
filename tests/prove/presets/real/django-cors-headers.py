# python3 fuzz/adapters/python.py django-cors-headers.py PRESET [--credentials] STRING...: the
# middleware around a view, configured by settings as a project does. The system checks that refuse
# some strings (E013, E014) run with manage.py only; they are asked here, too, and what they refuse
# ends this program.
import sys

from django.conf import settings

preset, *strings = [a for a in sys.argv[2:] if a != "--credentials"]
option = {"django-cors-headers": "CORS_ALLOWED_ORIGIN_REGEXES",
          "django-cors-headers-list": "CORS_ALLOWED_ORIGINS"}[preset]
settings.configure(**{option: strings}, CORS_ALLOW_CREDENTIALS="--credentials" in sys.argv,
                   ALLOWED_HOSTS=["*"], CORS_URLS_REGEX="^.*$")

import django  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402

django.setup()
from corsheaders.checks import check_settings  # noqa: E402
from corsheaders.middleware import CorsMiddleware  # noqa: E402

errors = check_settings()
if errors:
    sys.exit("refused: " + "; ".join(str(e.msg) for e in errors))
middleware = CorsMiddleware(lambda request: HttpResponse())
factory = RequestFactory()


def validate(origin):
    response = middleware(factory.get("/", HTTP_ORIGIN=origin))
    return (response.get("Access-Control-Allow-Origin"),
            response.get("Access-Control-Allow-Credentials") == "true")
