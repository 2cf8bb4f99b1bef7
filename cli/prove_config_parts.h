/* What the readers of prove_config.h share: findings as they are collected, tokens of programming
 * languages, values, and words of server configurations. Invariants: offsets are of the file's
 * bytes; whatever is looked at has an end, and nesting is followed MOST_DEPTH deep at most. */
#ifndef CORSIM_CLI_PROVE_CONFIG_PARTS_H
#define CORSIM_CLI_PROVE_CONFIG_PARTS_H

#include "prove_config.h"

#define NOWHERE UINT32_MAX

enum { MOST_DEPTH = 64, MOST_TEXT = 200 };

/* A file while it is read. */
struct reading {
    struct cors_bytes bytes;
    const char *path;
    struct memory *memory;
    struct config *config;
    size_t capacity;
    /* What makes two findings alternatives of one check, per finding: any number of the reader's,
     * as the offset of the block they stand in. */
    uint64_t *keys;
    size_t key_capacity;
    const char *broken; /* said already; NULL: the file has no flaw so far */
};

/* ---- Findings: prove_config_findings.c ----------------------------------------------------- */

/* A check that is about to be found. Zeroed, but for what is known. */
struct found {
    uint32_t from, to; /* in the file: what is shown */
    const char *what;
    const char *preset, *dialect, *match, *flags;
    const struct config_string *strings;
    size_t count;
    bool star;
    enum config_credentials credentials;
    uint64_t key; /* of the group */
};

void find_check(struct reading *reading, const struct found *found);
/* Each origin is accepted; with `star` the answer is always a star. */
void find_any(struct reading *reading, const struct found *found);
void find_unread(struct reading *reading, const struct found *found, const char *reason);
/* Once for a file: it is broken, so that what follows may be missed. */
void find_broken(struct reading *reading, uint32_t at, const char *reason);
/* Sorts and numbers. */
void findings_end(struct reading *reading);

struct config_place place_of(const struct config *config, uint32_t offset);

/* ---- Bytes --------------------------------------------------------------------------------- */

struct cors_bytes piece(const struct reading *reading, uint32_t from, uint32_t to);
bool same_letters(struct cors_bytes bytes, const char *string); /* ASCII case is ignored */
bool ends_with_letters(struct cors_bytes bytes, const char *string);
bool mentions(struct cors_bytes bytes, const char *string);
/* The bytes of the file from `from` to `to`, as they are. */
struct config_string string_as_is(const struct reading *reading, uint32_t from, uint32_t to);
struct config_string string_part(const struct reading *reading, struct config_string string,
                                 size_t from, size_t to);
/* At least one. */
struct config_string strings_join(const struct reading *reading, const struct config_string *parts,
                                  size_t count);
/* A string's parts between separators (any of the bytes), trimmed of blanks, empty ones left out:
 * strings_split(reading, string, ",", &count). */
struct config_string *strings_split(const struct reading *reading, struct config_string string,
                                    const char *separators, size_t *count);

/* A string that is being decoded. */
struct decoded {
    char *at;
    uint32_t *offsets;
    size_t len;
};
struct decoded decode_begin(const struct reading *reading, size_t most);
void decode_byte(struct decoded *decoded, char byte, uint32_t offset);
void decode_code_point(struct decoded *decoded, uint32_t code_point, uint32_t offset);
struct config_string decode_end(struct decoded *decoded, uint32_t offset);

/* ---- The readers --------------------------------------------------------------------------- */

void read_nginx(struct reading *reading);
void read_apache(struct reading *reading);
void read_haproxy(struct reading *reading);
void read_caddy(struct reading *reading);
void read_yaml(struct reading *reading); /* JSON too */
void read_properties(struct reading *reading);
void read_xml(struct reading *reading);
void read_code(struct reading *reading); /* programming languages, TOML and Terraform */

#endif
