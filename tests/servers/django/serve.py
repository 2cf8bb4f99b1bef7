# python3 serve.py FILE=PORT: a Django project with the settings of the file on a port of 127.0.0.1.
# Django knows one project in a process.
import runpy
import socketserver
import sys
from wsgiref import simple_server

from django.conf import settings

file, port = sys.argv[1].rsplit("=", 1)
chosen = {name: value for name, value in runpy.run_path(file).items() if name.isupper()}
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF="__main__", SECRET_KEY="for a test",
                   INSTALLED_APPS=["corsheaders"], LOGGING_CONFIG=None, **chosen)

import django  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponseRedirect, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


def me(request):
    if request.method not in ("GET", "HEAD", "PUT"):
        return JsonResponse({"error": "no such method"}, status=405)
    return JsonResponse({"saved": True} if request.method == "PUT" else {"user": "me"})


def error(request):
    raise RuntimeError("no database")


def logged_in(get_response):
    """A middleware of the project's own."""
    def answer(request):
        if request.path in ("/login", "/error") or "session" in request.COOKIES:
            return get_response(request)
        return HttpResponseRedirect("/login")
    return answer


class Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True


class Handler(simple_server.WSGIRequestHandler):
    def log_message(self, *message):
        pass


urlpatterns = [path("me", me), path("error", error),
               path("login", lambda request: JsonResponse({"login": True}))]
django.setup()
simple_server.make_server("127.0.0.1", int(port), get_wsgi_application(), Server,
                          Handler).serve_forever()
