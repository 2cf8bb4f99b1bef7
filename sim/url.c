/* URL Standard, sections "URL miscellaneous", "URL parsing", "URL serializing" and "URL
 * equivalence" (https://url.spec.whatwg.org/#url-parsing). One function per state of the parser,
 * which runs the state over all the bytes that belong to it and names the next: the standard's
 * buffer is then what lies between two pointers of the input. There is no encoding but UTF-8 and no
 * state override, so steps about them have no code, nor have validation errors. Every byte is
 * looked at a bounded number of times, nothing recurses, and all that is written is the URL's
 * components, one behind the other at the arena's end. A path is written with each segment behind
 * its "/"; shortening it moves the arena back. */
#include "url.h"
#include "tables.h"

enum { EOF_CODE_POINT = -1, NOT_SPECIAL = -2 };

enum state {
    SCHEME_START_STATE,
    SCHEME_STATE,
    NO_SCHEME_STATE,
    SPECIAL_RELATIVE_OR_AUTHORITY_STATE,
    PATH_OR_AUTHORITY_STATE,
    RELATIVE_STATE,
    RELATIVE_SLASH_STATE,
    SPECIAL_AUTHORITY_SLASHES_STATE,
    SPECIAL_AUTHORITY_IGNORE_SLASHES_STATE,
    AUTHORITY_STATE,
    HOST_STATE,
    PORT_STATE,
    FILE_STATE,
    FILE_SLASH_STATE,
    FILE_HOST_STATE,
    PATH_START_STATE,
    PATH_STATE,
    OPAQUE_PATH_STATE,
    QUERY_STATE,
    FRAGMENT_STATE,
    DONE,    /* the end of the input was reached */
    FAILURE, /* the standard's failure */
};

struct parser {
    struct cors_bytes input; /* well-formed UTF-8 without ASCII tab or newline */
    size_t pointer;
    const struct cors_url *base; /* or NULL */
    struct cors_url url;
    int32_t default_port; /* of the URL's scheme, or NOT_SPECIAL */
    cors_domain_to_ascii *domain_to_ascii;
    struct cors_arena *arena;
};

/* ---- URL miscellaneous -------------------------------------------------------------------- */

bool cors_url_is_special(const struct cors_url *url)
{
    return special_scheme_default_port(url->scheme) != NOT_SPECIAL;
}

bool cors_url_is_http_s(const struct cors_url *url)
{
    return bytes_equal(url->scheme, CORS_BYTES("http")) ||
           bytes_equal(url->scheme, CORS_BYTES("https"));
}

bool cors_url_includes_credentials(const struct cors_url *url)
{
    return url->username.len > 0 || url->password.len > 0;
}

static bool is_file(const struct cors_url *url)
{
    return bytes_equal(url->scheme, CORS_BYTES("file"));
}

/* https://url.spec.whatwg.org/#windows-drive-letter */
static bool is_windows_drive_letter(struct cors_bytes string)
{
    return string.len == 2 && is_ascii_alpha(string.at[0]) &&
           (string.at[1] == ':' || string.at[1] == '|');
}

/* https://url.spec.whatwg.org/#start-with-a-windows-drive-letter */
static bool starts_with_a_windows_drive_letter(struct cors_bytes string)
{
    return string.len >= 2 && is_windows_drive_letter(bytes_slice(string, 0, 2)) &&
           (string.len == 2 || bytes_contain(CORS_BYTES("/\\?#"), string.at[2]));
}

/* Whether a path's first segment is a normalized Windows drive letter. */
static bool has_a_drive(struct cors_bytes path)
{
    return path.len >= 3 && is_ascii_alpha(path.at[1]) && path.at[2] == ':' &&
           (path.len == 3 || path.at[3] == '/');
}

/* https://url.spec.whatwg.org/#shorten-a-urls-path */
static struct cors_bytes shorten(const struct cors_url *url, struct cors_bytes path)
{
    /* 3. A drive letter alone stays (1. asserts, 2. is the argument). */
    if (path.len == 3 && has_a_drive(path) && is_file(url))
        return path;

    /* 4. Otherwise the last segment goes. */
    while (path.len > 0 && path.at[--path.len] != '/') {
    }
    return path;
}

/* ---- URL parsing -------------------------------------------------------------------------- */

/* The standard's c. A byte of a non-ASCII code point is none of those that steps ask for. */
static int c_of(const struct parser *p)
{
    return p->pointer < p->input.len ? (unsigned char)p->input.at[p->pointer] : EOF_CODE_POINT;
}

static bool remaining_starts_with(const struct parser *p, char byte)
{
    return p->pointer + 1 < p->input.len && p->input.at[p->pointer + 1] == byte;
}

static bool is_special(const struct parser *p)
{
    return p->default_port != NOT_SPECIAL;
}

/* A solidus, or a reverse solidus where it means the same. */
static bool c_is_slash(const struct parser *p)
{
    return c_of(p) == '/' || (c_of(p) == '\\' && is_special(p));
}

/* The first place from the pointer on where an authority can end. */
static size_t end_of_authority(const struct parser *p)
{
    size_t end = p->pointer;
    while (end < p->input.len && p->input.at[end] != '/' && p->input.at[end] != '?' &&
           p->input.at[end] != '#' && (p->input.at[end] != '\\' || !is_special(p)))
        end++;
    return end;
}

static enum state enter(struct parser *p, enum state state, size_t pointer)
{
    p->pointer = pointer;
    return state;
}

static void set_scheme(struct parser *p, struct cors_bytes scheme)
{
    p->url.scheme = scheme;
    p->default_port = special_scheme_default_port(scheme);
}

/* At U+003F (?): an empty query, and what is behind it goes there. */
static enum state enter_query_state(struct parser *p)
{
    p->url.query = CORS_BYTES("");
    return enter(p, QUERY_STATE, p->pointer + 1);
}

/* At U+0023 (#): likewise. */
static enum state enter_fragment_state(struct parser *p)
{
    p->url.fragment = CORS_BYTES("");
    return enter(p, FRAGMENT_STATE, p->pointer + 1);
}

/* https://url.spec.whatwg.org/#scheme-start-state */
static enum state scheme_start_state(struct parser *p)
{
    /* scheme-start-state 1. A letter may begin a scheme. */
    if (c_of(p) != EOF_CODE_POINT && is_ascii_alpha(p->input.at[0]))
        return SCHEME_STATE;

    /* scheme-start-state 2. Anything else does not. */
    return NO_SCHEME_STATE;
}

/* Step 2 of the scheme state, behind the colon at `colon`. */
static enum state scheme_state_at_colon(struct parser *p, size_t colon)
{
    /* scheme-state 2.2. and 2.4. What stands before the colon is the scheme, in lower case. */
    const char *start = p->arena->at;
    for (size_t i = 0; i < colon; i++)
        append_byte(p->arena, byte_lowercase(p->input.at[i]));
    set_scheme(p, appended_since(start, p->arena));
    p->pointer = colon;

    /* scheme-state 2.5. Files are special in their own way. */
    if (is_file(&p->url))
        return enter(p, FILE_STATE, colon + 1);

    /* scheme-state 2.6. With a base URL of the same special scheme it may be relative. */
    if (is_special(p) && p->base != NULL && bytes_equal(p->base->scheme, p->url.scheme))
        return enter(p, SPECIAL_RELATIVE_OR_AUTHORITY_STATE, colon + 1);

    /* scheme-state 2.7. Otherwise a special URL has an authority. */
    if (is_special(p))
        return enter(p, SPECIAL_AUTHORITY_SLASHES_STATE, colon + 1);

    /* scheme-state 2.8. Otherwise a slash says that it has a path or an authority. */
    if (remaining_starts_with(p, '/'))
        return enter(p, PATH_OR_AUTHORITY_STATE, colon + 2);

    /* scheme-state 2.9. Otherwise its path is opaque. */
    p->url.has_opaque_path = true;
    return enter(p, OPAQUE_PATH_STATE, colon + 1);
}

/* https://url.spec.whatwg.org/#scheme-state */
static enum state scheme_state(struct parser *p)
{
    /* scheme-state 1. What a scheme can go on with. */
    size_t i = p->pointer;
    while (i < p->input.len &&
           (is_ascii_alpha(p->input.at[i]) || is_ascii_digit(p->input.at[i]) ||
            p->input.at[i] == '+' || p->input.at[i] == '-' || p->input.at[i] == '.'))
        i++;

    /* scheme-state 2. A colon ends it. */
    if (i < p->input.len && p->input.at[i] == ':')
        return scheme_state_at_colon(p, i);

    /* scheme-state 3. Anything else: it was none, start over. */
    return enter(p, NO_SCHEME_STATE, 0);
}

/* https://url.spec.whatwg.org/#no-scheme-state */
static enum state no_scheme_state(struct parser *p)
{
    const struct cors_url *base = p->base;

    /* no-scheme-state 1. Nothing to be relative to, or only a fragment can be: failure. */
    if (base == NULL || (base->has_opaque_path && c_of(p) != '#'))
        return FAILURE;

    /* no-scheme-state 2. A fragment goes with any base URL. */
    if (base->has_opaque_path) {
        set_scheme(p, base->scheme);
        p->url.has_opaque_path = true;
        p->url.path = base->path;
        p->url.query = base->query;
        return enter_fragment_state(p);
    }

    /* no-scheme-state 3. Relative to anything but a file. */
    if (!is_file(base))
        return RELATIVE_STATE;

    /* no-scheme-state 4. Relative to a file. */
    return FILE_STATE;
}

/* https://url.spec.whatwg.org/#special-relative-or-authority-state */
static enum state special_relative_or_authority_state(struct parser *p)
{
    /* special-relative-or-authority-state 1. Two slashes: an authority. */
    if (c_of(p) == '/' && remaining_starts_with(p, '/'))
        return enter(p, SPECIAL_AUTHORITY_IGNORE_SLASHES_STATE, p->pointer + 2);

    /* special-relative-or-authority-state 2. Otherwise relative in spite of the scheme. */
    return RELATIVE_STATE;
}

/* https://url.spec.whatwg.org/#path-or-authority-state */
static enum state path_or_authority_state(struct parser *p)
{
    /* path-or-authority-state 1. A second slash: an authority. */
    if (c_of(p) == '/')
        return enter(p, AUTHORITY_STATE, p->pointer + 1);

    /* path-or-authority-state 2. Otherwise a path. */
    return PATH_STATE;
}

static void take_authority_of_base(struct parser *p)
{
    p->url.username = p->base->username;
    p->url.password = p->base->password;
    p->url.host = p->base->host;
    p->url.port = p->base->port;
}

/* https://url.spec.whatwg.org/#relative-state */
static enum state relative_state(struct parser *p)
{
    /* relative-state 2. The base URL's scheme (1. asserts that it is not a file's). */
    set_scheme(p, p->base->scheme);

    /* relative-state 3. and 4. A slash, of either kind if the scheme is special. */
    if (c_is_slash(p))
        return enter(p, RELATIVE_SLASH_STATE, p->pointer + 1);

    /* relative-state 5.1. All but the fragment is the base URL's. */
    take_authority_of_base(p);
    p->url.path = p->base->path;
    p->url.query = p->base->query;

    /* relative-state 5.2. Up to the query, */
    if (c_of(p) == '?')
        return enter_query_state(p);

    /* relative-state 5.3. or up to the fragment, */
    if (c_of(p) == '#')
        return enter_fragment_state(p);

    /* relative-state 5.4. or, if there is anything at all, */
    if (c_of(p) != EOF_CODE_POINT) {
        /* relative-state 5.4.1. without the query, */
        p->url.query = null_bytes();

        /* relative-state 5.4.2. and without the path's last segment, */
        p->url.path = shorten(&p->url, p->url.path);

        /* relative-state 5.4.3. which is replaced. */
        return PATH_STATE;
    }
    return DONE;
}

/* https://url.spec.whatwg.org/#relative-slash-state */
static enum state relative_slash_state(struct parser *p)
{
    /* relative-slash-state 1. A second slash, of either kind: a special URL's authority. */
    if (is_special(p) && c_is_slash(p))
        return enter(p, SPECIAL_AUTHORITY_IGNORE_SLASHES_STATE, p->pointer + 1);

    /* relative-slash-state 2. A second slash: an authority. */
    if (c_of(p) == '/')
        return enter(p, AUTHORITY_STATE, p->pointer + 1);

    /* relative-slash-state 3. Otherwise a path at the base URL's authority. */
    take_authority_of_base(p);
    return PATH_STATE;
}

/* https://url.spec.whatwg.org/#special-authority-slashes-state */
static enum state special_authority_slashes_state(struct parser *p)
{
    /* special-authority-slashes-state 1. Two slashes, as it should be. */
    if (c_of(p) == '/' && remaining_starts_with(p, '/'))
        return enter(p, SPECIAL_AUTHORITY_IGNORE_SLASHES_STATE, p->pointer + 2);

    /* special-authority-slashes-state 2. Anything else does as well. */
    return SPECIAL_AUTHORITY_IGNORE_SLASHES_STATE;
}

/* https://url.spec.whatwg.org/#special-authority-ignore-slashes-state */
static enum state special_authority_ignore_slashes_state(struct parser *p)
{
    /* special-authority-ignore-slashes-state 2. Any further slash of either kind is skipped. */
    while (c_of(p) == '/' || c_of(p) == '\\')
        p->pointer++;

    /* special-authority-ignore-slashes-state 1. With anything else the authority begins. */
    return AUTHORITY_STATE;
}

/* Step 1 of the authority state for all the `@` at once: up to the last of them, what is before the
 * first colon is the username and what is behind it the password. */
static void set_credentials(struct parser *p, struct cors_bytes credentials)
{
    size_t colon = 0;
    while (colon < credentials.len && credentials.at[colon] != ':')
        colon++;

    /* authority-state 1.4.4. No colon yet: the username. (1.2. is its percent-encoding of `@`.) */
    const char *start = p->arena->at;
    append_utf8_percent_encoded(p->arena, bytes_slice(credentials, 0, colon), BYTE_USERINFO_SET);
    p->url.username = appended_since(start, p->arena);

    /* authority-state 1.4.1. The first colon is in neither. */
    if (colon == credentials.len)
        return;

    /* authority-state 1.4.3. The rest: the password. */
    start = p->arena->at;
    append_utf8_percent_encoded(p->arena, bytes_slice(credentials, colon + 1, credentials.len),
                                BYTE_USERINFO_SET);
    p->url.password = appended_since(start, p->arena);
}

/* https://url.spec.whatwg.org/#authority-state */
static enum state authority_state(struct parser *p)
{
    /* authority-state 3. Everything up to the end of the authority. */
    const size_t end = end_of_authority(p);
    size_t at_sign = end;
    while (at_sign > p->pointer && p->input.at[at_sign - 1] != '@')
        at_sign--;

    /* authority-state 1. What stands before an `@` are credentials. */
    if (at_sign > p->pointer) {
        set_credentials(p, bytes_slice(p->input, p->pointer, at_sign - 1));

        /* authority-state 2.1. They need a host behind them. */
        if (at_sign == end)
            return FAILURE;
    }

    /* authority-state 2.2. What is left is looked at again, as a host. */
    return enter(p, HOST_STATE, at_sign);
}

/* The end of the host that begins at the pointer: a colon outside brackets, or `end`. */
static size_t end_of_host(const struct parser *p, size_t end)
{
    bool inside_brackets = false;
    size_t i = p->pointer;
    for (; i < end; i++) {
        const char c = p->input.at[i];
        if (c == ':' && !inside_brackets)
            break;

        /* host-state 4.1. and 4.2. Colons between brackets belong to the host. */
        if (c == '[' || c == ']')
            inside_brackets = c == '[';
    }
    return i;
}

/* https://url.spec.whatwg.org/#host-state */
static enum state host_state(struct parser *p)
{
    /* host-state 4. Everything up to a port or the end of the authority. */
    const size_t end = end_of_host(p, end_of_authority(p));
    const struct cors_bytes buffer = bytes_slice(p->input, p->pointer, end);
    const bool port_follows = end < p->input.len && p->input.at[end] == ':';

    /* host-state 2.1. No port without a host; 3.1. no special URL without one. */
    if (buffer.len == 0 && (port_follows || is_special(p)))
        return FAILURE;

    /* host-state 2.3. to 2.5. and 3.3. to 3.5. It must parse as a host. */
    if (!parse_a_host(&p->url.host, buffer, !is_special(p), p->domain_to_ascii, p->arena))
        return FAILURE;

    /* host-state 2.5. A colon: the port, */
    if (port_follows)
        return enter(p, PORT_STATE, end + 1);

    /* host-state 3.5. otherwise the path. */
    return enter(p, PATH_START_STATE, end);
}

/* https://url.spec.whatwg.org/#port-state */
static enum state port_state(struct parser *p)
{
    const size_t start = p->pointer;
    uint32_t port = 0;

    /* port-state 1. Digits, */
    for (; c_of(p) >= '0' && c_of(p) <= '9'; p->pointer++) {
        /* port-state 2.1.1. which are a decimal number, */
        if (port <= UINT16_MAX)
            port = port * 10 + (uint32_t)(c_of(p) - '0');
    }

    /* port-state 3. and nothing else up to the end of the authority. */
    if (p->pointer != end_of_authority(p))
        return FAILURE;

    /* port-state 2.1. There may be none. */
    if (p->pointer > start) {
        /* port-state 2.1.2. There are only so many ports. */
        if (port > UINT16_MAX)
            return FAILURE;

        /* port-state 2.1.3. The scheme's own port is not kept. */
        p->url.port = (int32_t)port == p->default_port ? CORS_PORT_NULL : (int32_t)port;
    }

    /* port-state 2.3. The path follows. */
    return PATH_START_STATE;
}

/* Step 4 of the file state: relative to a file. */
static enum state file_state_with_base(struct parser *p)
{
    /* file-state 4.1. All but the fragment is the base URL's. */
    p->url.host = p->base->host;
    p->url.path = p->base->path;
    p->url.query = p->base->query;

    /* file-state 4.2. Up to the query, */
    if (c_of(p) == '?')
        return enter_query_state(p);

    /* file-state 4.3. or up to the fragment, */
    if (c_of(p) == '#')
        return enter_fragment_state(p);

    /* file-state 4.4. or, if there is anything at all, */
    if (c_of(p) != EOF_CODE_POINT) {
        /* file-state 4.4.1. without the query, */
        p->url.query = null_bytes();

        /* file-state 4.4.2. and without the path's last segment, */
        if (!starts_with_a_windows_drive_letter(bytes_slice(p->input, p->pointer, p->input.len)))
            p->url.path = shorten(&p->url, p->url.path);

        /* file-state 4.4.3. or, in front of a drive letter, without any path. */
        else
            p->url.path = CORS_BYTES("");

        /* file-state 4.4.4. It is replaced. */
        return PATH_STATE;
    }
    return DONE;
}

/* https://url.spec.whatwg.org/#file-state */
static enum state file_state(struct parser *p)
{
    /* file-state 1. The scheme. */
    set_scheme(p, CORS_BYTES("file"));

    /* file-state 2. No host yet. */
    p->url.host = (struct cors_host){CORS_HOST_EMPTY, CORS_BYTES("")};

    /* file-state 3. A slash of either kind. */
    if (c_is_slash(p))
        return enter(p, FILE_SLASH_STATE, p->pointer + 1);

    /* file-state 4. Otherwise relative to the base URL, if that is a file. */
    if (p->base != NULL && is_file(p->base))
        return file_state_with_base(p);

    /* file-state 5. Otherwise a path. */
    return PATH_STATE;
}

/* https://url.spec.whatwg.org/#file-slash-state */
static enum state file_slash_state(struct parser *p)
{
    /* file-slash-state 1. A second slash of either kind: a host. */
    if (c_is_slash(p))
        return enter(p, FILE_HOST_STATE, p->pointer + 1);

    /* file-slash-state 2.1. Otherwise, if the base URL is a file: */
    if (p->base != NULL && is_file(p->base)) {
        /* file-slash-state 2.1.1. its host, */
        p->url.host = p->base->host;

        /* file-slash-state 2.1.2. and its drive, unless the input names one. */
        if (!starts_with_a_windows_drive_letter(bytes_slice(p->input, p->pointer, p->input.len)) &&
            has_a_drive(p->base->path))
            p->url.path = bytes_slice(p->base->path, 0, 3);
    }

    /* file-slash-state 2.2. The path follows. */
    return PATH_STATE;
}

/* https://url.spec.whatwg.org/#file-host-state */
static enum state file_host_state(struct parser *p)
{
    /* file-host-state 2. Everything up to the end of the authority. */
    const size_t end = end_of_authority(p);
    const struct cors_bytes buffer = bytes_slice(p->input, p->pointer, end);

    /* file-host-state 1.1. A drive letter is no host but the path's first segment. */
    if (is_windows_drive_letter(buffer))
        return PATH_STATE;

    /* file-host-state 1.2. Nothing is no host. */
    if (buffer.len == 0)
        return PATH_START_STATE;

    /* file-host-state 1.3.1. and 1.3.2. It must parse as a host. */
    struct cors_host host;
    if (!parse_a_host(&host, buffer, !is_special(p), p->domain_to_ascii, p->arena))
        return FAILURE;

    /* file-host-state 1.3.3. The host of local files is left out. */
    if (bytes_equal(host.serialized, CORS_BYTES("localhost")))
        host = (struct cors_host){CORS_HOST_EMPTY, CORS_BYTES("")};

    /* file-host-state 1.3.4. That is the host. */
    p->url.host = host;

    /* file-host-state 1.3.6. The path follows. */
    return enter(p, PATH_START_STATE, end);
}

/* https://url.spec.whatwg.org/#path-start-state */
static enum state path_start_state(struct parser *p)
{
    /* path-start-state 1. A special URL always has a path, whose first slash may be missing. */
    if (is_special(p))
        return enter(p, PATH_STATE, p->pointer + (c_is_slash(p) ? 1 : 0));

    /* path-start-state 2. Otherwise there may be none but a query, */
    if (c_of(p) == '?')
        return enter_query_state(p);

    /* path-start-state 3. or a fragment, */
    if (c_of(p) == '#')
        return enter_fragment_state(p);

    /* path-start-state 4. or there is one, */
    if (c_of(p) != EOF_CODE_POINT)
        return enter(p, PATH_STATE, p->pointer + (c_of(p) == '/' ? 1 : 0));

    /* or nothing. */
    return DONE;
}

/* How many dots a segment amounts to:
 * https://url.spec.whatwg.org/#single-dot-path-segment and #double-dot-path-segment; 0 if neither.
 */
static int dots_of(struct cors_bytes segment)
{
    int dots = 0;
    for (size_t i = 0; i < segment.len; dots++) {
        if (dots == 2)
            return 0;
        if (segment.at[i] == '.')
            i++;
        else if (segment.len - i >= 3 && segment.at[i] == '%' && segment.at[i + 1] == '2' &&
                 byte_lowercase(segment.at[i + 2]) == 'e')
            i += 3;
        else
            return 0;
    }
    return dots;
}

/* Step 2 of the path state, for all of a segment. The userinfo percent-encode set has everything in
 * it that ends a segment or is encoded in one. */
static void append_segment(struct parser *p)
{
    const char *const input = p->input.at;
    const size_t len = p->input.len;
    size_t i = p->pointer;
    for (;;) {
        const size_t run = i;
        while (i < len && !byte_is(input[i], BYTE_USERINFO_SET))
            i++;
        append(p->arena, input + run, i - run);
        p->pointer = i;
        if (i == len || c_is_slash(p) || input[i] == '?' || input[i] == '#')
            return;

        /* path-state 2.3. What cannot stand in a path is percent-encoded. */
        if (byte_is(input[i], BYTE_PATH_SET))
            append_percent_encoded_byte(p->arena, input[i]);
        else
            append_byte(p->arena, input[i]);
        i++;
    }
}

/* Step 1 of the path state: the segment that was appended behind `before` is complete. `path` is
 * where the path begins. */
static void end_segment(struct parser *p, char *path, char *before)
{
    struct cors_arena *arena = p->arena;
    const bool slash_follows = c_is_slash(p);
    struct cors_bytes segment = appended_since(before, arena);
    if (segment.len > 0)
        segment = bytes_slice(segment, 1, segment.len);
    const int dots = dots_of(segment);

    /* path-state 1.2. Two dots: */
    if (dots == 2) {
        /* path-state 1.2.1. back to the segment before, */
        arena->at =
            path + shorten(&p->url, appended_since(path, &(struct cors_arena){.at = before})).len;

        /* path-state 1.2.2. with an empty one if it ends here. */
        if (!slash_follows)
            append_byte(arena, '/');
    }

    /* path-state 1.3. One dot: nothing, or an empty segment if it ends here. */
    else if (dots == 1) {
        arena->at = before;
        if (!slash_follows)
            append_byte(arena, '/');
    }

    /* path-state 1.4. Otherwise it is a segment. 1.4.1. A file's drive letter is normalized. */
    else if (before == path && is_windows_drive_letter(segment) && is_file(&p->url)) {
        arena->at[-1] = ':';
    }
}

/* https://url.spec.whatwg.org/#path-state */
static enum state path_state(struct parser *p)
{
    /* The path so far, which was another URL's, is the beginning of this one. */
    char *const path = p->arena->at;
    append(p->arena, p->url.path.at, p->url.path.len);

    bool another = true;
    while (another) {
        char *const before = p->arena->at;
        append_byte(p->arena, '/');

        /* path-state 2. Everything up to the segment's end, */
        append_segment(p);

        /* path-state 1. which is looked at there. */
        end_segment(p, path, before);
        another = c_is_slash(p);
        p->pointer += another ? 1 : 0;
    }
    p->url.path = appended_since(path, p->arena);

    /* path-state 1.6. The query follows, */
    if (c_of(p) == '?')
        return enter_query_state(p);

    /* path-state 1.7. or the fragment. */
    if (c_of(p) == '#')
        return enter_fragment_state(p);
    return DONE;
}

/* https://url.spec.whatwg.org/#cannot-be-a-base-url-path-state */
static enum state opaque_path_state(struct parser *p)
{
    const size_t start = p->pointer;
    while (c_of(p) != EOF_CODE_POINT && c_of(p) != '?' && c_of(p) != '#')
        p->pointer++;
    struct cors_bytes rest = bytes_slice(p->input, start, p->pointer);

    /* opaque-path-state 3.2. Only a space right before the query or fragment is encoded. */
    const bool space_at_end =
        rest.len > 0 && rest.at[rest.len - 1] == ' ' && c_of(p) != EOF_CODE_POINT;
    if (space_at_end)
        rest.len--;

    /* opaque-path-state 4.3. What is no space is percent-encoded where it must; 3.3. spaces stay:
     * they are not in this set. */
    const char *path = p->arena->at;
    append_utf8_percent_encoded(p->arena, rest, BYTE_C0_CONTROL_SET);
    if (space_at_end)
        append(p->arena, "%20", 3);
    p->url.path = appended_since(path, p->arena);

    /* opaque-path-state 1. The query follows, */
    if (c_of(p) == '?')
        return enter_query_state(p);

    /* opaque-path-state 2. or the fragment. */
    if (c_of(p) == '#')
        return enter_fragment_state(p);
    return DONE;
}

/* https://url.spec.whatwg.org/#query-state */
static enum state query_state(struct parser *p)
{
    /* query-state 3.3. Everything up to the fragment. */
    size_t end = p->pointer;
    while (end < p->input.len && p->input.at[end] != '#')
        end++;

    /* query-state 2.1. A special URL's query has no single quotes. */
    const unsigned set = is_special(p) ? BYTE_SPECIAL_QUERY_SET : BYTE_QUERY_SET;

    /* query-state 2.2. That is the query. */
    const char *query = p->arena->at;
    append_utf8_percent_encoded(p->arena, bytes_slice(p->input, p->pointer, end), set);
    p->url.query = appended_since(query, p->arena);
    p->pointer = end;

    /* query-state 2.4. The fragment follows. */
    if (c_of(p) == '#')
        return enter_fragment_state(p);
    return DONE;
}

/* https://url.spec.whatwg.org/#fragment-state */
static enum state fragment_state(struct parser *p)
{
    /* fragment-state 1.3. All the rest. */
    const char *fragment = p->arena->at;
    append_utf8_percent_encoded(p->arena, bytes_slice(p->input, p->pointer, p->input.len),
                                BYTE_FRAGMENT_SET);
    p->url.fragment = appended_since(fragment, p->arena);
    return DONE;
}

static bool is_ascii_tab_or_newline(char c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

/* Whether one of the bytes is below 0x20 (only there are tabs and newlines), and whether one is
 * above 0x7F: eight at a time, since of most URLs none is. */
static void look_for_unusual_bytes(struct cors_bytes input, bool *control, bool *non_ascii)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    const uint64_t space = UINT64_C(0x2020202020202020);
    uint64_t below = 0;
    uint64_t above = 0;
    size_t i = 0;
    for (; input.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, input.at + i, sizeof eight);
        below |= (eight - space) & ~eight; /* its high bits are set where a byte was below 0x20;
                                              one such byte may set another's, which is no harm */
        above |= eight;
    }
    *control = (below & high) != 0;
    *non_ascii = (above & high) != 0;
    for (; i < input.len; i++) {
        *control |= (unsigned char)input.at[i] < 0x20;
        *non_ascii |= (unsigned char)input.at[i] > 0x7F;
    }
}

/* Steps 1.3 and 3 of the basic URL parser. */
static struct cors_bytes prepare(struct cors_bytes input, struct cors_arena *arena)
{
    if (is_null(input))
        input = CORS_BYTES("");

    /* 1.3. C0 controls and spaces around the input do not count. */
    while (input.len > 0 && (unsigned char)input.at[input.len - 1] <= 0x20)
        input.len--;
    while (input.len > 0 && (unsigned char)*input.at <= 0x20)
        input = bytes_slice(input, 1, input.len);

    bool control;
    bool non_ascii;
    look_for_unusual_bytes(input, &control, &non_ascii);

    /* 3. Nor do tabs and newlines anywhere. */
    if (control) {
        const char *start = arena->at;
        for (size_t i = 0; i < input.len; i++)
            if (!is_ascii_tab_or_newline(input.at[i]))
                append_byte(arena, input.at[i]);
        input = appended_since(start, arena);
    }
    return non_ascii ? utf8_decode_without_bom(input, arena) : input;
}

static enum state run(struct parser *p, enum state state)
{
    static enum state (*const states[])(struct parser *) = {
        [SCHEME_START_STATE] = scheme_start_state,
        [SCHEME_STATE] = scheme_state,
        [NO_SCHEME_STATE] = no_scheme_state,
        [SPECIAL_RELATIVE_OR_AUTHORITY_STATE] = special_relative_or_authority_state,
        [PATH_OR_AUTHORITY_STATE] = path_or_authority_state,
        [RELATIVE_STATE] = relative_state,
        [RELATIVE_SLASH_STATE] = relative_slash_state,
        [SPECIAL_AUTHORITY_SLASHES_STATE] = special_authority_slashes_state,
        [SPECIAL_AUTHORITY_IGNORE_SLASHES_STATE] = special_authority_ignore_slashes_state,
        [AUTHORITY_STATE] = authority_state,
        [HOST_STATE] = host_state,
        [PORT_STATE] = port_state,
        [FILE_STATE] = file_state,
        [FILE_SLASH_STATE] = file_slash_state,
        [FILE_HOST_STATE] = file_host_state,
        [PATH_START_STATE] = path_start_state,
        [PATH_STATE] = path_state,
        [OPAQUE_PATH_STATE] = opaque_path_state,
        [QUERY_STATE] = query_state,
        [FRAGMENT_STATE] = fragment_state,
    };
    return states[state](p);
}

/* https://url.spec.whatwg.org/#concept-basic-url-parser */
bool cors_url_parse(struct cors_url *url, struct cors_bytes input, const struct cors_url *base,
                    cors_domain_to_ascii *domain_to_ascii, struct cors_arena *arena)
{
    /* 1.1. A new URL, which may take the place of the base URL only at the end. */
    struct parser p = {
        .base = base,
        .url = {.username = CORS_BYTES(""),
                .password = CORS_BYTES(""),
                .path = CORS_BYTES(""),
                .port = CORS_PORT_NULL},
        .default_port = NOT_SPECIAL,
        .domain_to_ascii = domain_to_ascii,
        .arena = arena,
    };
    char *const start = arena->at;

    /* 1.3. and 3. The input without what does not count. */
    p.input = prepare(input, arena);

    /* 9. From state to state, up to the end of the input. */
    enum state state = SCHEME_START_STATE;
    while (state < DONE)
        state = run(&p, state);

    /* 10. That is the URL. */
    if (state == FAILURE || arena->exhausted) {
        arena->at = start;
        return false;
    }
    *url = p.url;
    return true;
}

/* ---- URL serializing ---------------------------------------------------------------------- */

enum { MOST_PIECES = 15 };

/* A URL's serialization, as the pieces it is made of. */
struct serialization {
    struct cors_bytes pieces[MOST_PIECES];
    size_t count;
    char port[5];
};

static void add(struct serialization *output, struct cors_bytes piece)
{
    if (piece.len > 0)
        output->pieces[output->count++] = piece;
}

/* https://infra.spec.whatwg.org/#serialize-an-integer */
static struct cors_bytes serialize_port(char digits[5], int32_t port)
{
    size_t first = 5;
    do {
        digits[--first] = (char)('0' + port % 10);
        port /= 10;
    } while (port > 0 && first > 0);
    return (struct cors_bytes){digits + first, 5 - first};
}

/* Step 2 of the URL serializer: a host, and what belongs to it. */
static void serialize_authority(struct serialization *output, const struct cors_url *url)
{
    /* 2.1. It begins with two slashes. */
    add(output, CORS_BYTES("//"));

    /* 2.2. If there are credentials: */
    if (cors_url_includes_credentials(url)) {
        /* 2.2.1. the username, */
        add(output, url->username);

        /* 2.2.2. the password, if there is one, */
        if (url->password.len > 0) {
            add(output, CORS_BYTES(":"));
            add(output, url->password);
        }

        /* 2.2.3. and what separates them from the host. */
        add(output, CORS_BYTES("@"));
    }

    /* 2.3. The host. */
    add(output, url->host.serialized);

    /* 2.4. The port, unless it is null. */
    if (url->port != CORS_PORT_NULL) {
        add(output, CORS_BYTES(":"));
        add(output, serialize_port(output->port, url->port));
    }
}

/* https://url.spec.whatwg.org/#concept-url-serializer */
static void serialize(struct serialization *output, const struct cors_url *url,
                      enum cors_url_fragment fragment)
{
    /* 1. The scheme and a colon. */
    output->count = 0;
    add(output, url->scheme);
    add(output, CORS_BYTES(":"));

    /* 2. The authority, if there is a host. */
    if (url->host.kind != CORS_HOST_NULL)
        serialize_authority(output, url);

    /* 3. Without one, a path that begins with two slashes must not look like one. */
    else if (!url->has_opaque_path && starts_with(url->path, CORS_BYTES("//")))
        add(output, CORS_BYTES("/."));

    /* 4. The path, which is kept serialized. */
    add(output, url->path);

    /* 5. The query, unless it is null. */
    if (!is_null(url->query)) {
        add(output, CORS_BYTES("?"));
        add(output, url->query);
    }

    /* 6. The fragment, unless it is null or not wanted. */
    if (fragment == CORS_URL_WITH_FRAGMENT && !is_null(url->fragment)) {
        add(output, CORS_BYTES("#"));
        add(output, url->fragment);
    }
}

struct cors_bytes cors_url_serialize(const struct cors_url *url, enum cors_url_fragment fragment,
                                     struct cors_arena *arena)
{
    struct serialization output;
    serialize(&output, url, fragment);
    return bytes_join(output.pieces, output.count, CORS_BYTES(""), arena);
}

/* ---- URL equivalence ---------------------------------------------------------------------- */

/* Whether the pieces of both make up the same bytes, wherever they are cut. */
static bool serializations_are_equal(const struct serialization *a, const struct serialization *b)
{
    struct cors_bytes left = CORS_BYTES("");
    struct cors_bytes right = CORS_BYTES("");
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        if (left.len == 0 && i < a->count)
            left = a->pieces[i++];
        if (right.len == 0 && j < b->count)
            right = b->pieces[j++];
        const size_t common = left.len < right.len ? left.len : right.len;
        if (common == 0)
            return left.len == right.len;
        if (memcmp(left.at, right.at, common) != 0)
            return false;
        left = bytes_slice(left, common, left.len);
        right = bytes_slice(right, common, right.len);
    }
}

/* https://url.spec.whatwg.org/#concept-url-equals */
bool cors_url_equals(const struct cors_url *a, const struct cors_url *b,
                     enum cors_url_fragment fragment)
{
    /* 1. The one serialized. */
    struct serialization serialized_a;
    serialize(&serialized_a, a, fragment);

    /* 2. The other likewise. */
    struct serialization serialized_b;
    serialize(&serialized_b, b, fragment);

    /* 3. They are equal if these are. */
    return serializations_are_equal(&serialized_a, &serialized_b);
}
