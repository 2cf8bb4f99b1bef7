/* What must hold of libcorsim and of the command's readers whatever comes in: the targets
 * (fuzz_*.c) hand their input to these and are killed by abort() where one does not hold.
 * Invariants: an oracle is either a relation between two runs or something written anew and
 * naively, never the code under test asked twice; it holds for every input, so that each abort is a
 * bug, here or there; what did not hold, and of what, is said on stderr before. */
#ifndef CORSIM_FUZZ_ORACLES_H
#define CORSIM_FUZZ_ORACLES_H

#include "case.h"

#include <stdint.h>

/* The one function that every fuzzing engine calls: https://llvm.org/docs/LibFuzzer.html */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says `claim` and the bytes that it does not hold of, and ends the process. */
void must_hold(bool holds, const char *claim, struct cors_bytes of);

/* The input as bytes; not null, even where it is empty. */
struct cors_bytes input_bytes(const uint8_t *data, size_t size);
/* An arena over the same large memory each time: what was in it before is gone. */
struct cors_arena input_arena(void);
/* What stands before the next newline, taken from `text`, without a carriage return at its end;
 * null if `text` is. */
struct cors_bytes take_line(struct cors_bytes *text);
/* Lines `Name: value`, up to an empty one; the value without the space around it. Lines that are
 * none of a header are left out. */
struct cors_header_list header_block(struct cors_bytes text, struct cors_arena *arena);
/* Letters of the other case. */
struct cors_bytes other_case(struct cors_bytes bytes, struct memory *memory);
bool equal_in_any_case(struct cors_bytes a, struct cors_bytes b);
/* https://httpwg.org/specs/rfc9110.html#rule.token.separators */
bool is_naive_token(struct cors_bytes bytes);

/* oracles_headers.c: header lists, extracting values, the CORS check, Range as safelisted. */
void header_list_oracles(struct cors_header_list list, struct cors_arena *arena);
void extraction_oracles(struct cors_bytes name, const struct cors_header_list *list,
                        struct cors_arena *arena);
void check_oracles(const struct cors_header_list *list, struct cors_arena *arena);
bool is_naive_safelisted_range(struct cors_bytes value);

/* oracles_fetch.c: all that must hold of the fetches of a case. */
void case_oracles(const struct case_file *file);

/* oracles_memory.c: the same with too little memory. */
void memory_oracles(const struct case_file *file);

/* oracles_wire.c: what went out and what became of it, judged without a look at the trace. */
struct wire;
struct wire *wire_begin(void);
/* One more fetch of the same page or another one, as CORS_ENGINE_SPEC made it. */
void wire_oracles(struct wire *wire, const struct fetch_description *description,
                  const struct played *played, const struct agent_settings *settings);
void wire_end(struct wire *wire);

/* oracles_cookies.c: URLs that are visited, behind "> ", and the Set-Cookie values of each. */
void cookie_oracles(struct cors_bytes lines);

/* oracles_intent.c: an origin, and lines that may be entries of an intent. */
void intent_oracles(struct cors_bytes origin, struct cors_bytes lines);

/* oracles_prove.c: words that say how to match, a pattern, and lines that may be entries of an
 * intent. */
void prove_oracles(struct cors_bytes how, struct cors_bytes pattern, struct cors_bytes lines);

/* oracles_readers.c: the canonical text of a case is one. */
void case_writing_oracles(const struct case_file *file);
/* `text` is what a session reads; each line must get its answer. */
void session_oracles(struct cors_bytes text);

#endif
