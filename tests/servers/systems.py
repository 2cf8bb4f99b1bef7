# How each system of the expected table is started: what it needs, and the commands that serve its
# configurations, each on a port of its own. A configuration is a file in the system's folder.
# Invariants: what is missing is found before anything is started, and is said with the command that
# showed it; a configuration's file is given by its path, so that a changed copy can be served.
import collections
import functools
import glob
import os
import shutil
import subprocess

import loopback

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"  # Debian's packages belong to Debian's interpreter
NODE_PACKAGES = ["express@5.3.0", "cors@2.8.6", "vite@6.4.6", "s3rver@3.7.1"]
GO_SOURCES = "/usr/share/gocode"

# What runs as one process: its command, the ports that it listens on, more of the environment.
Process = collections.namedtuple("Process", "command ports environment", defaults=[None])


class Missing(Exception):
    """What a system needs is not installed here."""


def need(*command, environment=None):
    """Runs what shows that something is installed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin",
                                   **(environment or {})})
    except OSError as error:
        raise Missing(f"{' '.join(command)}: {error.strerror}") from error
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise Missing(f"{' '.join(command)}: {' '.join(last)}")


def written(template, target, words):
    """The template with @WORD@ filled in, as the file `target`."""
    with open(template, encoding="utf-8") as source:
        text = source.read()
    for word, value in words.items():
        text = text.replace(f"@{word}@", str(value))
    with open(target, "w", encoding="utf-8") as out:
        out.write(text)
    return target


class System:
    """A system whose program serves all its configurations: serve FILE=PORT..."""

    # What the page asks for, and what it asks for to get an error page.
    me, error = "/me", "/error"
    # The configurations that put page and API on one origin.
    one_origin = ()

    def __init__(self, name, run, needs=(), alone=False, hunt=0):
        """`alone`: a configuration takes a process. `hunt`: questions that it may be asked by the
        audit's hunt for origins; those that answer slowly, or look at no origin, are asked none."""
        self.name, self.run, self.needs, self.alone, self.hunt = name, run, needs, alone, hunt
        self.environment = None

    def prepare(self, build):
        """Shows that all is there; builds and installs into the folder."""
        for command in self.needs:
            need(*command)

    def file(self, configuration):
        found = glob.glob(f"{HERE}/{self.name}/{configuration}.*")
        if len(found) != 1:
            raise FileNotFoundError(f"tests/servers/{self.name}/{configuration}.*")
        return found[0]

    def processes(self, files, work):
        """`files` is {configuration's file: port}."""
        groups = [[pair] for pair in files.items()] if self.alone else [list(files.items())]
        for group in groups:
            pairs = [f"{file}={port}" for file, port in group]
            yield Process([*self.run, *pairs], [port for _, port in group], self.environment)


class Node(System):
    """Packages of npm's registry, installed into the folder."""

    def __init__(self, name, server, **more):
        super().__init__(name, ["node", "--no-warnings", f"{HERE}/{server}"], **more)

    def prepare(self, build):
        packages(build)
        self.environment = {"NODE_PATH": f"{build}/node/node_modules"}


@functools.cache
def packages(build):
    need("node", "--version")
    installed = f"{build}/node/installed"
    wanted = " ".join(NODE_PACKAGES)
    if os.path.exists(installed):
        with open(installed, encoding="utf-8") as file:
            if file.read() == wanted:
                return
    need("sh", f"{HERE}/../prove/presets/real/install.sh", f"{build}/node", *NODE_PACKAGES)
    with open(installed, "w", encoding="utf-8") as file:
        file.write(wanted)


class Vite(Node):
    """The page is what the development server serves, and so is what it passes on."""

    me, error, one_origin = "/api/me", "/api/error", ("proxy", "default")


class Bucket(Node):
    """A bucket's objects; there is none to show an error."""

    me, error = "/bucket/me", "/bucket/none"


class Go(System):
    """The program is built from Debian's sources first, all configurations in it."""

    def prepare(self, build):
        need("ls", f"{GO_SOURCES}/src/github.com/gorilla/handlers")
        need("go", "build", "-o", f"{build}/gorilla", *sorted(glob.glob(f"{HERE}/gorilla/*.go")),
             environment={"GO111MODULE": "off", "GOFLAGS": "", "GOPATH": GO_SOURCES})
        self.run = [f"{build}/gorilla"]

    def processes(self, files, work):
        names = {os.path.basename(file)[:-len(".go")]: port for file, port in files.items()}
        return super().processes(names, work)


class Php(System):
    """PHP's own server, with the configuration as the script that it runs for each request."""

    def processes(self, files, work):
        for file, port in files.items():
            yield Process(["php", "-d", f"auto_append_file={HERE}/php/application.php",
                           "-S", f"127.0.0.1:{port}", file], [port])


class Laravel(System):
    def processes(self, files, work):
        for file, port in files.items():
            yield Process(["php", "-S", f"127.0.0.1:{port}", f"{HERE}/laravel/serve.php"], [port],
                          {"CORSIM_CONFIGURATION": file})


class Nginx(System):
    def processes(self, files, work):
        for file, port in files.items():
            folder = f"{work}/nginx-{port}"
            os.makedirs(folder)
            words = {"FOLDER": folder, "PORT": port, "CONFIGURATION": f"{folder}/configuration"}
            written(file, words["CONFIGURATION"], words)
            frame = written(f"{HERE}/nginx/frame.conf.in", f"{folder}/nginx.conf", words)
            yield Process(["nginx", "-e", "stderr", "-p", folder, "-c", frame], [port])


class Caddy(System):
    one_origin = ("one-origin",)

    def processes(self, files, work):
        folder = f"{work}/caddy"
        os.makedirs(folder, exist_ok=True)
        written(f"{HERE}/caddy/frame.in", f"{folder}/frame", {"FOLDER": folder})
        parts = [f"{folder}/frame"]
        for file, port in files.items():
            words = {"FOLDER": folder, "PORT": port}
            parts.append(written(file, f"{folder}/{port}", words))
        with open(f"{folder}/Caddyfile", "w", encoding="utf-8") as out:
            for part in parts:
                with open(part, encoding="utf-8") as source:
                    shutil.copyfileobj(source, out)
        yield Process(["caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"],
                      list(files.values()))


class Varnish(System):
    """A cache before an application; before each check somebody else asks."""

    def processes(self, files, work):
        [behind] = loopback.free_ports(1)
        yield Process([PYTHON, f"{HERE}/varnish/application.py", str(behind)], [behind])
        for file, port in files.items():
            folder = f"{work}/varnish-{port}"
            os.makedirs(folder)
            vcl = written(file, f"{folder}/vcl", {"APPLICATION_PORT": behind})
            yield Process(["varnishd", "-F", "-n", folder, "-a", f"127.0.0.1:{port}", "-f", vcl,
                           "-T", "none", "-j", "none", "-s", "malloc,8m", "-p", "vsl_space=1m",
                           "-p", "thread_pools=1", "-p", "thread_pool_min=10"], [port])


def module(*names):
    return (PYTHON, "-c", f"import {', '.join(names)}")


SYSTEMS = {system.name: system for system in [
    Node("express", "express/serve.cjs", hunt=600),
    Node("express-cors", "express/serve.cjs", hunt=600),
    Vite("vite", "vite/serve.mjs"),
    System("django", [PYTHON, f"{HERE}/django/serve.py"], [module("django", "corsheaders")],
           alone=True),
    System("flask", [PYTHON, f"{HERE}/flask/serve.py"], [module("flask", "flask_cors")],
           hunt=300),
    System("fastapi", [PYTHON, f"{HERE}/fastapi/serve.py"], [module("fastapi", "uvicorn")],
           hunt=300),
    System("rack", ["ruby", f"{HERE}/rack/serve.rb"], [
        ("ruby", "-e", "require 'rack/cors'; require 'webrick'")], hunt=300),
    System("rails", ["ruby", f"{HERE}/rails/serve.rb"], [
        ("ruby", "-e", "require 'action_controller/railtie'; require 'rack/cors'")], alone=True),
    Php("php", [], [("php", "--version")]),
    Laravel("laravel", [], [("php", "-r", "require 'Illuminate/autoload.php';")]),
    Go("gorilla", [], [("go", "version")], hunt=600),
    Nginx("nginx", [], [("nginx", "-v")], hunt=600),
    Caddy("caddy", [], [("caddy", "version")], hunt=600),
    Varnish("varnish", [], [("varnishd", "-V"), ("cc", "--version")]),
    Bucket("s3rver", "s3rver/serve.cjs"),
]}
