# Servers on loopback for tests: free ports, a server in a folder of its own, waiting until it
# listens. Invariants: a server that was started here is killed by the kernel when the thread that
# started it ends, however that ends; a port counts as its own when it holds the socket that
# listens there; ports lie outside the range that connections are given theirs from.
import atexit
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

LIBC = ctypes.CDLL(None)


class Failed(Exception):
    """A server that does not start, and its last words."""


def is_free(port):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count):
    """So many different ports that nobody listens on."""
    ports = set()
    while len(ports) < count:
        port = random.randrange(10000, 30000)
        if is_free(port):
            ports.add(port)
    return list(ports)


def folder(prefix):
    """A folder that is removed when this process ends."""
    made = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def stop(server):
    server.kill()
    server.wait()


def started(command, work, log=None, environment=None):
    """The process of a server, with `work` as its working directory."""
    server = subprocess.Popen(
        command, cwd=work, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
             "XDG_CONFIG_HOME": work, "XDG_DATA_HOME": work, "TMPDIR": work, "HOME": work,
             **(environment or {})},
        preexec_fn=lambda: LIBC.prctl(1, signal.SIGKILL))
    atexit.register(stop, server)
    return server


def listeners():
    """{port: inode} of what listens on loopback, or on every address."""
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as lines:
            for fields in (line.split() for line in lines):
                if fields[3] == "0A":
                    found[int(fields[1].rsplit(":", 1)[1], 16)] = fields[9]
    return found


def sockets(process):
    """The inodes of the sockets of a process."""
    for link in os.scandir(f"/proc/{process}/fd"):
        try:
            target = os.readlink(link.path)
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            yield target[len("socket:["):-1]


def wait_for(server, ports, seconds=20):
    """Until it listens on all ports, itself and nobody else; Failed when it ends or
    takes too long."""
    last = time.monotonic() + seconds
    while True:
        if server.poll() is not None:
            raise Failed(f"it ended with {server.returncode}")
        heard = listeners()
        try:
            own = set(sockets(server.pid))
        except FileNotFoundError:
            continue
        silent = [port for port in ports if heard.get(port) not in own]
        if not silent:
            return
        if time.monotonic() > last:
            raise Failed(f"it does not listen on port {silent[0]}")
        time.sleep(0.05)
