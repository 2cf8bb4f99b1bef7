/* What a sequence diagram says of a message and its answer, line by line: for mermaid.c, and for
 * the diagrams of audit_report_diagram.c. Which headers are shown is decided here. */
#ifndef CORSIM_CLI_SEQUENCE_H
#define CORSIM_CLI_SEQUENCE_H

#include "play.h"

/* The lines live in the memory that they were made in, and may hold bytes from outside. */
struct sequence_lines {
    struct cors_bytes *at;
    size_t count;
};

/* The method and URL, then the headers that have a say in CORS. */
struct sequence_lines sequence_request(const struct exchange *exchange, struct memory *memory);
/* The status, or that there was no response and why; then likewise. */
struct sequence_lines sequence_answer(const struct exchange *exchange, struct memory *memory);

#endif
