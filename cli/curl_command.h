/* A curl command (https://curl.se/docs/manpage.html), as DevTools' "Copy as cURL" gives it or as
 * people write it in READMEs, as the request that it makes. Flags about curl's output and
 * retries are known and change nothing; a flag that is not known is a complaint that names it
 * and its place. */
#ifndef CORSIM_CLI_CURL_COMMAND_H
#define CORSIM_CLI_CURL_COMMAND_H

#include "shell_words.h"
#include "transport.h"

struct curl_command {
    struct cors_bytes url;
    struct cors_bytes method;         /* null: not given, and none that another flag implies */
    struct cors_header_list headers;  /* of -H, -b, -A, -e, -u and the like, in order */
    const char *cookie_file;          /* -b FILE; NULL: none */
    struct cors_bytes body;           /* null: none */
    struct cors_bytes body_type;      /* the Content-Type that curl adds; null: none */
    struct transport_flags transport; /* only what the command says; to be freed */
};

enum { LONGEST_CURL_COMMAND = 1 << 20 };

/* The command itself, "-" for standard input, or @FILE. */
bool curl_command_text(const char *given, struct cors_bytes *text, struct memory *memory,
                       struct complaint *complaint);
/* Strings of `transport` live in the memory. On false there is nothing to be freed. */
bool curl_command_read(struct curl_command *command, struct cors_bytes text, enum shell shell,
                       struct memory *memory, struct complaint *complaint);

#endif
