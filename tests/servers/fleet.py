# The real servers of a run: started together, each configuration on its port, and asked with the
# command. Invariants: a system that is missing is left out with the reason; one that does not start
# is a failure with its last words; nothing survives the process.
import concurrent.futures
import http.client
import json
import os
import signal
import subprocess
import sys

import loopback
import systems

TRIES = 3
PAGE = "https://app.example.com"
SOMEBODY = "https://admin.example.com"

# No proxy of the environment's stands between.
DIRECT = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}

# What is asked of each configuration, by the flags of `corsim check`.
KINDS = {
    "get": [],
    "get-credentials": ["--credentials", "include"],
    "put": ["-X", "PUT", "--json", '{"a":1}'],
    "put-credentials": ["-X", "PUT", "--json", '{"a":1}', "--credentials", "include"],
    "error": [],
}


class Target:
    """One configuration of one system, as it runs."""

    def __init__(self, system, configuration, file, port):
        self.system, self.configuration, self.file, self.port = system, configuration, file, port
        self.origin = f"http://127.0.0.1:{port}" if configuration in system.one_origin else PAGE

    @property
    def name(self):
        return f"{self.system.name} {self.configuration}"

    def url(self, kind="get"):
        path = self.system.error if kind == "error" else self.system.me
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self, path, headers):
        """What it answers to somebody who is no browser."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers)
        body = connection.getresponse().read()
        connection.close()
        return body

    def asked_by_somebody(self):
        """What a cache keeps is what was asked for first: here by another page."""
        self.asked(self.system.me, {"Origin": SOMEBODY})


def prepared(names, build):
    """Which of the systems are here, and why the others are not."""
    missing = {}

    def prepare(name):
        try:
            systems.SYSTEMS[name].prepare(build)
        except systems.Missing as why:
            missing[name] = str(why)

    # Packages of npm are installed once for all: by whoever comes first, alone.
    later = [name for name in names if not isinstance(systems.SYSTEMS[name], systems.Node)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(prepare, name) for name in later]
        for name in names:
            if name not in later:
                prepare(name)
        for one in waiting:
            one.result()
    return missing


class Fleet:
    """Servers that run: [Target], {system: why it is missing}, {system: why it does not start}.
    All are started by the same thread: the kernel kills them when that ends."""

    def __init__(self, build):
        self.build, self.work = build, loopback.folder("corsim-servers-")
        self.targets, self.missing, self.failed = [], {}, {}
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # folders are removed on exit

    def launch(self, system, files):
        """({file: port}, the processes and the ports they open), not waited for."""
        ports = dict(zip(files, loopback.free_ports(len(files))))
        running = []
        for process in system.processes(ports, self.work):
            with open(f"{self.work}/{system.name}.log", "ab") as log:
                server = loopback.started(process.command, self.work, log, process.environment)
            running.append((server, process.ports))
        return ports, running

    def awaited(self, system, files, launched):
        """The ports of the files; a server whose port was taken meanwhile gets others."""
        for tries in range(TRIES):
            ports, running = launched if tries == 0 else self.launch(system, files)
            try:
                for server, waited in running:
                    loopback.wait_for(server, waited)
                return ports
            except loopback.Failed as failure:
                for server, _ in running:
                    loopback.stop(server)
                with open(f"{self.work}/{system.name}.log", encoding="latin-1") as log:
                    self.failed[system.name] = f"{failure}\n{log.read()[-2000:]}"
        return {}

    def start(self, wanted):
        """Starts [(system, configuration or file)]."""
        names = list(dict.fromkeys(name for name, _ in wanted))
        self.missing = prepared(names, self.build)
        launched = {}
        for system in (systems.SYSTEMS[name] for name in names if name not in self.missing):
            files = {one if "/" in one else system.file(one): one
                     for name, one in wanted if name == system.name}
            launched[system] = files, self.launch(system, list(files))
        found = {}
        for system, (files, running) in launched.items():
            for file, port in self.awaited(system, list(files), running).items():
                self.failed.pop(system.name, None)
                found[system.name, files[file]] = Target(system, files[file], file, port)
        self.targets = [found[pair] for pair in wanted if pair in found]
        return self


def command(corsim, *arguments):
    """The JSON that the command prints."""
    done = subprocess.run([corsim, *arguments, "--format", "json"], capture_output=True, text=True,
                          timeout=120, check=False, env=DIRECT)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise RuntimeError(f"corsim {' '.join(arguments)}: exit {done.returncode}, "
                           f"{error}\n{done.stdout[:500]}{done.stderr[:500]}") from error


def kinds_of(page):
    """Those of a page that "reads" or "writes", "with credentials" or without."""
    with_credentials = page.endswith("with credentials")
    for kind in KINDS:
        if kind == "error" or (kind.endswith("credentials") == with_credentials
                               and (page.startswith("writes") or not kind.startswith("put"))):
            yield kind


def checked(corsim, target, kind, engine="spec"):
    return command(corsim, "check", target.url(kind), "--origin", target.origin, "--engine", engine,
                   *KINDS[kind])


def audited(corsim, target, page, system=None):
    """`page` as for kinds_of(); `system` is whose fixes are wanted, if it is not to be guessed."""
    hunt = target.system.hunt
    flags = ["--hunt-budget", str(hunt)] if hunt else ["--no-hunt"]
    if system:
        flags += ["--system", system]
    if page.endswith("with credentials"):
        flags += ["--credentials", "-b", "session=1"]
    if page.startswith("writes"):
        flags += ["-X", "GET", "-X", "PUT", "-H", "Content-Type: application/json"]
    return command(corsim, "audit", target.url(), "--origin", target.origin, "--intend", SOMEBODY,
                   "--error-path", target.system.error, *flags)
