/* The origin checks of a configuration or source file, as far as simple reading can find them.
 * Nothing is run and no language is understood: strings, comments and brackets are told apart, and
 * known names are looked for. Invariants: each finding has its line; what looks like a check and
 * could not be read is a finding too, with the reason; bytes, findings and depth are bounded, and a
 * bound that was met is said. */
#ifndef CORSIM_CLI_PROVE_CONFIG_H
#define CORSIM_CLI_PROVE_CONFIG_H

#include "corsim_prove.h"
#include "memory.h"

enum config_kind {
    CONFIG_UNKNOWN = 0,
    CONFIG_NGINX,
    CONFIG_APACHE,
    CONFIG_HAPROXY,
    CONFIG_CADDY,
    CONFIG_YAML,
    CONFIG_JSON,
    CONFIG_XML,
    CONFIG_TOML,
    CONFIG_PROPERTIES,
    CONFIG_TERRAFORM,
    CONFIG_JAVASCRIPT, /* and TypeScript */
    CONFIG_PYTHON,
    CONFIG_PHP,
    CONFIG_RUBY,
    CONFIG_GO,
    CONFIG_JAVA, /* and Kotlin */
    CONFIG_KINDS,
};

/* The words of --config-kind, by enum config_kind; CONFIG_UNKNOWN has none (""). */
extern const char *const config_kind_words[CONFIG_KINDS];

enum {
    CONFIG_MOST_BYTES = 2 << 20, /* of a file: read_whole_file's limit */
    CONFIG_MOST_FINDINGS = 1000,
};

/* What a kind of file is, by its name, and if that does not say it by what stands in it. */
enum config_kind config_kind_of(const char *path, struct cors_bytes bytes);

struct config_place {
    unsigned line;
    unsigned column; /* in bytes; both from 1 */
};

/* A configured string. In the file it may have quotes, escapes or several parts: every byte of it
 * knows where it was written. */
struct config_string {
    struct cors_bytes bytes; /* as the system gets it; NUL-terminated */
    const uint32_t *offsets; /* in the file, of each byte and of what follows the last */
};

/* Whether the browser may send cookies along, as far as the file says it. */
enum config_credentials {
    CONFIG_CREDENTIALS_UNSAID = 0,
    CONFIG_CREDENTIALS_NO,
    CONFIG_CREDENTIALS
};

struct config_finding {
    struct config_place place; /* where `text` begins */
    const char *what;          /* the system and its setting: "nginx, map $http_origin" */
    struct cors_bytes text;    /* the line or the part of it as written, at most 200 bytes */
    /* What could not be read, and why: "a function decides"; NULL: `check` holds the check. */
    const char *unread;
    /* Its patterns are those of `strings`. A check without strings has dialect "any": it accepts
     * each origin. `flags` are those that the file says: a preset may add its own. */
    struct prove_check check;
    const struct config_string *strings;
    /* What is sent is always *, so that only what needs no credentials can be read. */
    bool star;
    enum config_credentials credentials;
    /* Findings of one group are alternatives of one check: the server accepts what one of them
     * accepts. From 1; the groups are numbered as they appear. */
    unsigned group;
};

struct config {
    enum config_kind kind;
    struct config_finding *findings; /* by their places */
    size_t count;
    size_t more;           /* at least so many were left out, beyond CONFIG_MOST_FINDINGS */
    const uint32_t *lines; /* where each begins, for config_place_of */
    size_t line_count;
};

/* False: the file is of no known kind, binary or too long, as the complaint says. A file that is
 * broken, as by a string that is not closed, is read as far as it goes, and the rest is a finding
 * that could not be read. `bytes` and everything in `config` live in `memory`. */
bool read_config(const char *path, enum config_kind kind, struct cors_bytes bytes,
                 struct config *config, struct memory *memory, struct complaint *complaint);

/* Where a byte of a finding's string stands in the file: `column` is the prover's, from 1; 0, or
 * one behind the end, is the nearest there is. */
struct config_place config_place_of(const struct config *config,
                                    const struct config_finding *finding, size_t pattern,
                                    size_t column);

#endif
