/* What the generator writes from tables that have passed the checks. */
#ifndef CORSIM_EMIT_H
#define CORSIM_EMIT_H

#include "schema.h"

#include <stdio.h>

void emit_tables_h(FILE *out, const struct tables *tables); /* emit_core.c */
void emit_tables_c(FILE *out, const struct tables *tables);
void emit_texts_h(FILE *out, const struct tables *tables); /* emit_texts.c */
void emit_texts_c(FILE *out, const struct tables *tables);
void emit_host_bytes_h(FILE *out, const struct tables *tables); /* emit_hosts.c */
void emit_host_bytes_c(FILE *out, const struct tables *tables);
void emit_dialects_h(FILE *out, const struct tables *tables); /* emit_dialects.c */
void emit_dialects_c(FILE *out, const struct tables *tables);
void emit_presets_h(FILE *out, const struct tables *tables); /* emit_presets.c */
void emit_presets_c(FILE *out, const struct tables *tables);
void emit_dictionary(FILE *out, const struct tables *tables, const char *name);

/* gen.c */
void put_literal(FILE *out, const char *text);
/* A word or a list's word as part of a C name: hyphens become underscores. */
void put_upper(FILE *out, const char *word, size_t length);
void put_lower(FILE *out, const char *word, size_t length);
/* PREFIX_A | PREFIX_B, or 0. */
void put_sets(FILE *out, const char *prefix, const char *words);

#endif
