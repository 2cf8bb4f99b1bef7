# python3 fuzz/adapters/python.py server.py PRESET STRING...: nginx, Apache, HAProxy or Caddy with
# the strings in its configuration, as PRESET (a name of spec-tables/presets.tsv) means, on a port
# of loopback, asked by HTTP. The server gets a folder of its own, stays in the foreground, and is
# killed by the kernel if this program dies.
import http.client
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../servers"))
import loopback  # noqa: E402

NGINX = """daemon off; master_process off; error_log stderr; pid {folder}/pid;
events {{}}
http {{
    access_log off; keepalive_requests 100000; map_hash_bucket_size 512;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    map $http_origin $allow {{ {rules} }}
    server {{ listen 127.0.0.1:{port};
        location / {{ add_header Access-Control-Allow-Origin $allow always; return 200 ""; }} }}
}}
"""
APACHE = """ServerName api.test
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog /dev/stderr
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule setenvif_module {modules}/mod_setenvif.so
LoadModule headers_module {modules}/mod_headers.so
DocumentRoot {folder}
User nobody
Group nogroup
<Directory />
    AllowOverride None
</Directory>
MaxKeepAliveRequests 0
{rules}
Header always set Access-Control-Allow-Origin "{value}" env=MATCHED
"""
HAPROXY = """defaults
    mode http
    timeout client 60s
    timeout http-keep-alive 60s
frontend api
    bind 127.0.0.1:{port}
    http-request set-var(txn.origin) req.fhdr(origin)
{rules}
    http-request return status 200 hdr Access-Control-Allow-Origin "%[var(txn.origin)]" if allowed
    http-request return status 200
"""
CADDY = """{{
    admin off
    auto_https off
    storage file_system {folder}
}}
http://127.0.0.1:{port} {{
{rules}
    respond 200
}}
"""


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def shell_quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def nginx(preset, strings):
    mark = {"nginx": "~", "nginx-i": "~*", "nginx-string": ""}[preset]
    return NGINX, "".join(f"{quoted(mark + s)} $http_origin; " for s in strings), {}, [
        "nginx", "-e", "stderr", "-p", "{folder}", "-c", "{file}"]


def apache(preset, strings):
    directive = "SetEnvIfNoCase" if preset == "apache-i" else "SetEnvIf"
    rules = "\n".join(f"{directive} Origin {quoted(s)} MATCHED=$0" for s in strings)
    value = "%{MATCHED}e" if preset == "apache-matched" else "expr=%{HTTP:Origin}"
    return APACHE, rules, {"value": value, "modules": "/usr/lib/apache2/modules"}, [
        "apache2", "-X", "-f", "{file}"]


def haproxy(preset, strings):
    test = {"haproxy": "req.fhdr(origin) -m reg", "haproxy-hdr": "hdr_reg(origin)",
            "haproxy-hdr-list": "hdr(origin)", "haproxy-hdr-beg": "hdr_beg(origin)",
            "haproxy-hdr-end": "hdr_end(origin)", "haproxy-hdr-sub": "hdr_sub(origin)"}[preset]
    return HAPROXY, "\n".join(f"    acl allowed {test} {shell_quoted(s)}" for s in strings), {}, [
        "haproxy", "-db", "-f", "{file}"]


def caddy(preset, strings):
    matcher = "header Origin" if preset == "caddy-header" else "header_regexp m Origin"
    value = "{re.m.0}" if preset == "caddy-matched" else "{http.request.header.Origin}"
    return CADDY, "\n".join(
        f"    @m{i} {matcher} `{s}`\n    header @m{i} Access-Control-Allow-Origin {value}"
        for i, s in enumerate(strings)), {}, [
        "caddy", "run", "--config", "{file}", "--adapter", "caddyfile"]


def started(preset, strings, port):
    make = {"nginx": nginx, "apache": apache, "haproxy": haproxy, "caddy": caddy}[
        preset.split("-")[0]]
    template, rules, more, command = make(preset, strings)
    folder = loopback.folder("corsim-preset-")
    file = os.path.join(folder, "configuration")
    with open(file, "w", encoding="latin-1") as out:
        out.write(template.format(folder=folder, port=port, rules=rules, **more))
    server = loopback.started([c.format(folder=folder, file=file) for c in command], folder,
                              sys.stderr)
    try:
        loopback.wait_for(server, [port])
    except loopback.Failed as failure:
        why = "refused: " if server.poll() is not None else ""
        sys.exit(f"{why}{command[0]} with this: {failure}")


[port] = loopback.free_ports(1)
started(sys.argv[2], [a for a in sys.argv[3:] if a != "--credentials"], port)
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)


def validate(origin):
    for _ in range(2):
        try:
            connection.request("GET", "/", headers={"Origin": origin})
            response = connection.getresponse()
            response.read()
            return response.getheader("Access-Control-Allow-Origin")
        except (http.client.HTTPException, ConnectionError):
            connection.close()
    raise ConnectionError(f"no answer for {origin!r}")
