/* Bodies and header lines as curl's flags give them (https://curl.se/docs/manpage.html): what
 * `check` takes on its own command line and what a pasted curl command has in common. Complaints
 * name the file. */
#ifndef CORSIM_CLI_CURL_DATA_H
#define CORSIM_CLI_CURL_DATA_H

#include "memory.h"
#include "options.h"

enum { LONGEST_DATA = 16 << 20 };

/* "Name: value", and "Name;" for an empty value. False: neither. */
bool curl_header(const char *line, struct cors_header *header);

/* Lines of --header, into as many headers. EXIT_HOLDS, or an error has been printed. */
int curl_headers(const struct command *command, const struct string_list *lines,
                 struct cors_header *headers);

enum curl_file { FILE_AS_IT_IS, FILE_WITHOUT_NEWLINES };

/* DATA, or @FILE; -d leaves out what text files have and forms do not. */
bool curl_data(const char *given, enum curl_file how, struct cors_bytes *data,
               struct memory *memory, struct complaint *complaint);
/* The contents of a file, at most LONGEST_DATA. */
bool curl_file_data(const char *path, enum curl_file how, struct cors_bytes *data,
                    struct memory *memory, struct complaint *complaint);
/* A body that grows: many short pieces take no more memory than twice as much as they are. */
struct curl_body {
    struct cors_bytes bytes; /* null: there is none; a NUL stands behind what was appended */
    char *room;              /* where they are; NULL: the bytes are another's */
    size_t capacity;         /* of the room */
};
/* More of a body; `between` only if there is something already. */
void curl_append(struct curl_body *body, const char *between, struct cors_bytes more,
                 struct memory *memory);
/* --data-urlencode's: DATA, =DATA, NAME=DATA, @FILE and NAME@FILE. */
bool curl_urlencoded(const char *given, struct cors_bytes *data, struct memory *memory,
                     struct complaint *complaint);

#endif
