/* The allowlist as the owner means it. One entry a line or a flag:
 *
 *     https://example.com           this origin and no other
 *     https://(*).example.com       any host below, of one or more labels; not example.com itself
 *     https://example.com:8443      this port; without one the scheme's own
 *     https://example.com:*         any port
 *     (*)://example.com             http and https, each with its own port
 *     null                          opaque origins
 *
 * (The asterisks stand without parentheses: here they would end, or begin, the comment.)
 *
 * Lines that start with # and empty ones do not count. Invariants: an entry is kept in canonical
 * form (lower case, punycode is the owner's business); adding an entry never takes an origin out;
 * what cannot be read is an error at its column, never a guess. */
#ifndef CORSIM_FUZZ_INTENT_H
#define CORSIM_FUZZ_INTENT_H

#include "model.h"

enum intent_port { INTENT_PORT_DEFAULT = 0, INTENT_PORT_NUMBER, INTENT_PORT_ANY };

struct intent_entry {
    bool null;
    bool http, https;
    bool below; /* *.host */
    struct cors_bytes host;
    enum intent_port port_kind;
    uint16_t port;
    struct cors_bytes text; /* as it was given */
};

struct intent {
    struct intent_entry *entries; /* the intent's */
    size_t count, capacity;
};

struct intent_error {
    size_t line;   /* from 1; 0: a flag */
    size_t column; /* from 1, in bytes */
    const char *expected;
};

/* False: `error` says where and what was expected, or, with column 0, that memory is out. */
CORS_API bool intent_add(struct intent *intent, struct cors_bytes text, struct intent_error *error);
/* The same for each line of a file's text. */
CORS_API bool intent_add_lines(struct intent *intent, struct cors_bytes text,
                               struct intent_error *error);
CORS_API void intent_free(struct intent *intent);

CORS_API bool intent_holds(const struct intent *intent, struct cors_bytes origin);

/* In which way an origin that is not meant is like one that is: see corpus/validators/README.md. */
enum bypass_class {
    CLASS_REFLECTED = 0,   /* nothing of the intent is in it */
    CLASS_NULL,            /* null */
    CLASS_PREFIX,          /* an intended origin and then a dot and more */
    CLASS_PREFIX_UNBROKEN, /* an intended origin and then more, without a dot */
    CLASS_SUFFIX_UNBROKEN, /* more, and then an intended host, without a dot */
    CLASS_CONTAINS,        /* an intended host within */
    CLASS_SUBDOMAIN,       /* a host below an intended one, above, or beside it: of its domain */
    CLASS_ANY_CHARACTER,   /* another character for a dot */
    CLASS_ONE_EDIT,        /* another edit of one character */
    CLASS_SPECIAL,         /* a host with other than letters, digits, hyphens and dots */
    CLASS_SCHEME,          /* an intended host, the other scheme */
    CLASS_PORT,            /* an intended host, another port */
    CLASS_TRAILING_DOT,    /* an intended host and a dot */
    CLASS_LOCAL,           /* localhost, a name in it, or an address */
    CLASS_SHARED_SUFFIX,   /* another customer of the same public suffix */
    CLASS_OTHER,           /* something of the intent is in it */
    CLASS_COUNT,
};
extern CORS_API const char *const bypass_class_words[CLASS_COUNT];

struct kind_of_witness {
    enum tier tier;
    enum bypass_class class;
    bool no_certificate; /* https, and no public certificate authority could issue for the host */
};

struct public_suffixes;                                      /* libpsl's list */
CORS_API struct public_suffixes *public_suffixes_open(void); /* NULL: not to be had */
CORS_API void public_suffixes_close(struct public_suffixes *suffixes);

/* The part of a host that somebody can register; null: it is a public suffix, or has none. */
CORS_API struct cors_bytes registrable_domain(struct cors_bytes host,
                                              const struct public_suffixes *suffixes);

/* Whether a host's last label is a top-level domain that the list has, or one for examples. */
bool top_level_is_known(struct cors_bytes host, const struct public_suffixes *suffixes);

/* For a sendable origin that the intent does not hold. */
CORS_API struct kind_of_witness kind_of_witness(const struct intent *intent,
                                                struct cors_bytes origin,
                                                const struct public_suffixes *suffixes);

#endif
