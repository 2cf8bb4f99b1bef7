/* Writes host_bytes.h and host_bytes.c from host-bytes.tsv: what the origin fuzzer and prover ask
 * of a profile. They need no header of the library. */
#include "emit.h"

#include <string.h>

static const char banner[] =
    "/* Made by spec-tables/gen.c from spec-tables/host-bytes.tsv. Do not edit. */\n";

/* A profile's column, and its enumerator behind HOST_PROFILE_. */
static const struct {
    const char *column;
    const char *enumerator;
} profiles[] = {
    {"fetch-abnf", "ABNF"}, {"url-standard", "URL"}, {"chromium", "CHROMIUM"},
    {"firefox", "FIREFOX"}, {"webkit", "WEBKIT"},
};
enum { PROFILES = sizeof profiles / sizeof *profiles };

static void put_outcome(FILE *out, const char *word)
{
    fputs("HOST_BYTE_", out);
    put_upper(out, word, strlen(word));
}

static void put_outcomes(FILE *out)
{
    const char *words = words_of("host-bytes", "chromium"), *word;
    fputs(
        "/* What becomes of a byte in the host of a page: host-bytes.tsv says what each means. */\n"
        "enum host_byte {\n",
        out);
    for (size_t length; next_word(&words, &word, &length);) {
        fputs("    ", out);
        put_outcome(out, copy_text(word, length));
        fputs(",\n", out);
    }
    fputs("};\n\n", out);
}

void emit_host_bytes_h(FILE *out, const struct tables *tables)
{
    (void)tables;
    fputs(banner, out);
    fputs("#ifndef CORSIM_HOST_BYTES_H\n#define CORSIM_HOST_BYTES_H\n\n#include <stdbool.h>\n\n"
          "enum host_profile {\n",
          out);
    for (size_t i = 0; i < PROFILES; i++)
        fprintf(out, "    HOST_PROFILE_%s,\n", profiles[i].enumerator);
    fputs("    HOST_PROFILE_COUNT\n};\n\nenum host_scheme {\n    HOST_SCHEME_HTTP,\n"
          "    HOST_SCHEME_HTTPS,\n    HOST_SCHEME_COUNT\n};\n\n",
          out);
    put_outcomes(out);
    fputs("extern const unsigned char host_bytes[HOST_PROFILE_COUNT][HOST_SCHEME_COUNT][128];\n\n"
          "/* No byte from 0x80 is in any Origin: domains are written in ASCII. */\n"
          "static inline enum host_byte host_byte(enum host_profile profile, enum host_scheme "
          "scheme,\n"
          "                                       unsigned char byte)\n{\n"
          "    return byte < 128 ? (enum host_byte)host_bytes[profile][scheme][byte]\n"
          "                      : HOST_BYTE_REJECTED;\n}\n\n"
          "/* Whether the host in Origin may hold the byte itself. */\n"
          "static inline bool host_byte_sendable(enum host_profile profile, enum host_scheme "
          "scheme,\n"
          "                                      unsigned char byte)\n{\n"
          "    const enum host_byte outcome = host_byte(profile, scheme, byte);\n"
          "    return outcome == HOST_BYTE_AS_IS || outcome == HOST_BYTE_CUT;\n}\n\n"
          "/* Whether it may hold % and the byte's two upper-case hexadecimal digits. */\n"
          "static inline bool host_byte_sendable_escaped(enum host_profile profile,\n"
          "                                              enum host_scheme scheme, "
          "unsigned char byte)\n{\n"
          "    return host_byte(profile, scheme, byte) == HOST_BYTE_ESCAPED;\n}\n\n"
          "/* Whether what stands before the byte is the host that serves the page, whatever "
          "follows:\n"
          " * who owns http://evil.example owns http://evil.example;.trusted.example. */\n"
          "static inline bool host_byte_cuts(enum host_profile profile, enum host_scheme scheme,\n"
          "                                  unsigned char byte)\n{\n"
          "    return host_byte(profile, scheme, byte) == HOST_BYTE_CUT;\n}\n\n#endif\n",
          out);
}

/* The row of a byte for a scheme (0 is http); there is one. */
static size_t row_of(const struct table *table, unsigned byte, unsigned scheme)
{
    size_t row = 0;
    for (;; row++) {
        const char *text = cell_at(table, row, 0)->text;
        unsigned other;
        if (parse_hex_byte(&text, &other) && other == byte &&
            (host_schemes_of(table, row) >> scheme & 1) != 0)
            return row;
    }
}

void emit_host_bytes_c(FILE *out, const struct tables *tables)
{
    const struct table *table = table_named(tables, "host-bytes");
    fputs(banner, out);
    fputs("#include \"host_bytes.h\"\n\n"
          "const unsigned char host_bytes[HOST_PROFILE_COUNT][HOST_SCHEME_COUNT][128] = {\n",
          out);
    for (size_t i = 0; i < PROFILES; i++)
        for (unsigned scheme = 0; scheme < HOST_SCHEMES; scheme++) {
            fprintf(out, "    [HOST_PROFILE_%s][%s] = {\n", profiles[i].enumerator,
                    scheme == 0 ? "HOST_SCHEME_HTTP" : "HOST_SCHEME_HTTPS");
            for (unsigned byte = 0; byte < 128; byte++) {
                fprintf(out, "        [0x%02X] = ", byte);
                put_outcome(out, text_at(table, row_of(table, byte, scheme), profiles[i].column));
                fputs(",\n", out);
            }
            fputs("    },\n", out);
        }
    fputs("};\n", out);
}
