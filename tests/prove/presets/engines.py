# Where a pattern of a dialect first matches in each of some texts, asked of the engine itself:
# python's re and libpcre2 in this process, node, ruby and Go in one of their own.
import ctypes
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class Malformed(Exception):
    """The pattern does not compile."""


def python(pattern, flags, match, texts, build):
    try:
        compiled = re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        raise Malformed(str(error)) from error
    methods = {"search": compiled.search, "prefix": compiled.match, "full": compiled.fullmatch}
    return [found and found.span() for found in map(methods[match], texts)]


def pcre2(pattern, flags, match, texts, build=None):
    library = ctypes.CDLL("libpcre2-8.so.0")
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    library.pcre2_compile_8.restype = pointer
    library.pcre2_match_data_create_from_pattern_8.restype = pointer
    library.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(size)
    error, offset, bytes_ = ctypes.c_int(), size(), pattern.encode("latin-1")
    code = library.pcre2_compile_8(bytes_, size(len(bytes_)), 0x8 if "i" in flags else 0,
                                   ctypes.byref(error), ctypes.byref(offset), None)
    if not code:
        raise Malformed(f"error {error.value} at {offset.value}")
    options = {"search": 0, "prefix": 0x80000000, "full": 0x80000000 | 0x20000000}[match]
    data = library.pcre2_match_data_create_from_pattern_8(pointer(code), None)
    found = []
    for text in texts:
        subject = text.encode("latin-1")
        matched = library.pcre2_match_8(pointer(code), subject, size(len(subject)), size(0),
                                        ctypes.c_uint32(options), pointer(data), None) > 0
        span = library.pcre2_get_ovector_pointer_8(pointer(data))
        found.append((span[0], span[1]) if matched else None)
    library.pcre2_match_data_free_8(pointer(data))
    library.pcre2_code_free_8(pointer(code))
    return found


def program(*command):
    def ask(pattern, flags, match, texts, build):
        if match == "full":  # the programs search
            pattern = rf"\A(?:{pattern})\z"
        words = [word.format(here=HERE, build=build) for word in command]
        done = subprocess.run([*words, pattern, flags], text=True, encoding="latin-1",
                              input="".join(t + "\n" for t in texts), capture_output=True)
        if done.returncode == 3:
            raise Malformed(done.stderr.strip())
        done.check_returncode()
        return [None if line == "-" else tuple(map(int, line.split()))
                for line in done.stdout.splitlines()]
    return ask


ENGINES = {
    "python": python,
    "pcre2": pcre2,
    "javascript": program("node", "{here}/engines/javascript.mjs"),
    "ruby": program("ruby", "{here}/engines/ruby.rb"),
    "re2": program("{build}/re2"),
}
