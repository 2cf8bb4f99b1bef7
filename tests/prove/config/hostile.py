"""hostile.py LIST [BYTES]: files that are made to hurt. Of every kind and of every sort each is read within
SECONDS, says something or finds nothing, and does not crash. The seed of the random ones is fixed.
"""
import os
import random
import subprocess
import sys
import tempfile
import time

SECONDS = 30  # on a machine that is shared, with sanitizers; alone it is below one
SIZE = int(sys.argv[2]) if len(sys.argv) > 2 else 30_000

NAMES = {
    'nginx': 'a.nginx', 'apache': '.htaccess', 'haproxy': 'haproxy.cfg', 'caddy': 'Caddyfile',
    'yaml': 'a.yml', 'json': 'a.json', 'xml': 'a.xml', 'toml': 'a.toml',
    'properties': 'a.properties', 'terraform': 'a.tf', 'javascript': 'a.js', 'python': 'a.py',
    'php': 'a.php', 'ruby': 'a.rb', 'go': 'a.go', 'java': 'A.java',
}

# What stands before it, so that the reader is where checks are.
HEADS = {
    'php': '<?php\n', 'nginx': 'map $http_origin $o {\n', 'javascript': "require('cors');\n",
    'python': 'import flask_cors\n', 'ruby': 'use Rack::Cors\n', 'xml': '<CORSRule>',
    'go': 'import "github.com/rs/cors"\n', 'terraform': 'resource "aws_s3" "b" {\n',
}

# Repeated until the file is long.
PIECES = {
    'nothing': '', 'brackets': '([{', 'closing': ')]}', 'deep': '[', 'quotes': '"\'`',
    'escapes': '"\\"\\', 'template': '`${', 'comments': '/*#//', 'one line': 'a.b(c)==',
    'chain': '.has(origin)', 'origins': 'origin: x,', 'lists': 'origins a, ',
    'equal': "origin === 'https://a.example' && ", 'headers': '"Access-Control-Allow-Origin", origin;\n',
    'django': 'CORS_ALLOWED_ORIGINS = [CORS_ALLOWED_ORIGINS, CORS_ALLOWED_ORIGINS]\n',
    'maps': 'map $http_origin $a {\n', 'add': 'add_header Access-Control-Allow-Origin $http_origin;\n',
    'acl': 'acl a hdr(origin) -m reg x\n', 'set': 'SetEnvIf Origin "a" B\nHeader set '
    'Access-Control-Allow-Origin "%{B}e" env=B\n', 'matcher': '@a header_regexp Origin a\nheader @a '
    'Access-Control-Allow-Origin x\n', 'keys': 'allowedOrigins: a\n', 'anchors': '&a [*a, ',
    'json': '{"AllowedOrigins": ["a"], "x": [', 'elements': '<AllowedOrigin>&#97;',
    'here': '<<A\n<<~B\n<<<C\n', 'words': '%w[%r{%q(', 'loops': 'for x in origin: x == origin\n',
    'names': 'a = b\nb = a\n', 'bytes': ''.join(map(chr, range(1, 256))), 'blanks': ' \t',
    'sets': 'if ($http_origin = a) { set $a 1; }\nif ($a) { set $b 1; }\nset $a $b;\nadd_header '
    'Access-Control-Allow-Origin $a;\n', 'mapped': '}\nmap $a $a { a $http_origin; default $a; }\n'
    'map $http_origin $a { x 1;\n', 'expressions': '<If "%{HTTP:Origin} =~ m#a# || x or y && z">\n'
    'Header set Access-Control-Allow-Origin "%{B}e" env=B\n</If>\nRewriteCond %{HTTP:Origin} !a\n'
    'RewriteRule ^ - [E=B:x]\nSetEnvIf C d B\nSetEnvIf B d C\n', 'alternatives': 'acl a hdr(origin) b\n'
    'http-response set-header Access-Control-Allow-Origin %[var(txn.a)] if a or a !a { hdr(origin) x }\n'
    'http-request set-var(txn.a) hdr(origin) if a\n', 'named': '@a header Origin b\n@a {\nnot {\n'
    'header Origin x\n}\n}\nhandle @a {\nheader @a Access-Control-Allow-Origin {re.0}\nrespond 403\n',
    'guards': "if (origin !== 'a') { return }\nres.set('Access-Control-Allow-Origin', origin)\n",
    'nested': "if (origin === 'a') ", 'cases': "switch (origin) { case 'a': case 'b':\n",
    'else': "else if (origin === 'a') { h['Access-Control-Allow-Origin'] = origin } ",
    'given': "p = o\no = p or origin\nh['Access-Control-Allow-Origin'] = o\n",
    'each': 'a.some(a => a === origin && ', 'modifiers': "do if unless x if origin == 'a'\n",
    'lines': '\n', 'ifs': 'if ($http_origin !~ a) {\n', 'spring': 'a.allowed-origins[0]=\\\n',
}


def files():
    for kind in NAMES:
        for sort, text in PIECES.items():
            repeated = text * (SIZE // max(1, len(text)))
            yield kind, sort, (HEADS.get(kind, '') + repeated).encode('latin-1')
        generator = random.Random(1)
        yield kind, 'random', bytes(generator.randrange(1, 256) for _ in range(SIZE // 10))
        words = [text for text in PIECES.values() if text]
        yield kind, 'mixed', ''.join(generator.choice(words) for _ in range(20000)).encode('latin-1')
        yield kind, 'NUL', HEADS.get(kind, '').encode() + b'\0' * 1000


def main():
    wrong = count = 0
    slowest = (0.0, '')
    with tempfile.TemporaryDirectory() as folder:
        for kind, sort, content in files():
            path = os.path.join(folder, NAMES[kind])
            with open(path, 'wb') as file:
                file.write(content)
            begin = time.monotonic()
            try:
                ended = subprocess.run([sys.argv[1], path], capture_output=True, timeout=SECONDS)
                status, said = ended.returncode, ended.stdout + ended.stderr
            except subprocess.TimeoutExpired:
                status, said = 'too slow', b''
            seconds = time.monotonic() - begin
            slowest = max(slowest, (seconds, f'{kind}, {sort}'))
            right = status == 0 or (sort == 'NUL' and status == 1 and b'NUL byte' in said)
            if not right:
                print(f'{kind}, {sort}: {status}: {said[-400:]!r}')
                wrong += 1
            count += 1
            os.remove(path)
    print(f'{count} files, {wrong} wrong; the slowest, {slowest[1]}, took {slowest[0]:.2f} s')
    return wrong != 0


sys.exit(main())
