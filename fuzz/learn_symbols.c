/* The learner's symbols: words are read as the longest symbols that fit, and where none fits as the
 * character that stands for its class. Few symbols are few questions; one is added when an answer
 * shows that bytes of a class differ. */
#include "learn_parts.h"

#include <stdio.h>
#include <string.h>

struct cors_bytes symbol_bytes(const struct learning *learning, size_t which)
{
    return (struct cors_bytes){learning->symbols[which].at, learning->symbols[which].length};
}

static bool find_symbol(const struct learning *learning, enum symbol_kind kind,
                        struct cors_bytes bytes, size_t *which)
{
    for (*which = 0; *which < learning->symbol_count; ++*which) {
        const struct symbol *symbol = &learning->symbols[*which];
        if (symbol->kind == kind && symbol->length == bytes.len &&
            memcmp(symbol->at, bytes.at, bytes.len) == 0)
            return true;
    }
    return false;
}

bool symbol_add(struct learning *learning, enum symbol_kind kind, struct cors_bytes bytes)
{
    size_t which;
    if (bytes.len == 0 || bytes.len > LEARN_SYMBOL || find_symbol(learning, kind, bytes, &which))
        return true;
    if (learning->symbol_count == LEARN_SYMBOLS) {
        learning->end = LEARNED_TOO_LARGE;
        return false;
    }
    struct symbol *symbol = &learning->symbols[learning->symbol_count];
    *symbol = (struct symbol){.kind = kind, .length = bytes.len};
    memcpy(symbol->at, bytes.at, bytes.len);
    for (size_t i = 0; i < learning->state_count; i++)
        learning->states[i].to[learning->symbol_count] = 0;
    learning->symbol_count++;
    return true;
}

/* ---- The first ones ------------------------------------------------------------------------ */

static bool is_of_intent(const struct intent *intent, char c)
{
    for (size_t i = 0; i < intent->count; i++)
        if (!intent->entries[i].null &&
            memchr(intent->entries[i].host.at, c, intent->entries[i].host.len) != NULL)
            return true;
    return false;
}

/* The first of these that no intended host has. */
static char stranger(const struct intent *intent, const char *characters)
{
    for (const char *c = characters; *c != '\0'; c++)
        if (!is_of_intent(intent, *c))
            return *c;
    return *characters;
}

static char special(const struct learning *learning)
{
    char origin[] = "https://a?z.net";
    for (const char *c = "!$&'()*+,;=`{}~\""; *c != '\0'; c++) {
        origin[9] = *c;
        if (origin_sendable((struct cors_bytes){origin, sizeof origin - 1},
                            learning->options.profile))
            return *c;
    }
    return '\0';
}

static void add_labels(struct learning *learning, struct cors_bytes host)
{
    enum { ROOM_LEFT = LEARN_SYMBOLS / 2 };
    if (host.at[0] == '[') {
        symbol_add(learning, SYMBOL_HOST, host);
        return;
    }
    while (host.len > 0 && learning->symbol_count < ROOM_LEFT) {
        const char *dot = memchr(host.at, '.', host.len);
        const size_t length = dot == NULL ? host.len : (size_t)(dot - host.at);
        symbol_add(learning, SYMBOL_HOST, (struct cors_bytes){host.at, length});
        host.at += length + (dot != NULL);
        host.len -= length + (dot != NULL);
    }
}

static void add_port(struct learning *learning, int port)
{
    char text[16];
    snprintf(text, sizeof text, ":%d", port);
    symbol_add(learning, SYMBOL_PORT, (struct cors_bytes){text, strlen(text)});
}

void symbols_begin(struct learning *learning)
{
    const struct intent *intent = learning->options.intent;
    learning->letter = stranger(intent, "zqkjwyvxubfghdnrsiatoelmcp");
    learning->digit = stranger(intent, "7395842610");
    learning->special = special(learning);
    learning->port = 7443;
    symbol_add(learning, SYMBOL_SCHEME, CORS_BYTES("https://"));
    symbol_add(learning, SYMBOL_SCHEME, CORS_BYTES("http://"));
    const char single[] = {'.', '-', '_', learning->letter, learning->digit, learning->special};
    for (size_t i = 0; i < sizeof single; i++)
        symbol_add(learning, SYMBOL_HOST,
                   (struct cors_bytes){&single[i], single[i] == '\0' ? 0 : 1});
    add_port(learning, learning->port);
    for (size_t i = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        if (entry->null)
            continue;
        add_labels(learning, entry->host);
        if (entry->port_kind == INTENT_PORT_NUMBER && learning->symbol_count < LEARN_SYMBOLS / 2)
            add_port(learning, entry->port);
    }
}

/* ---- Reading ------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char class_of(const struct learning *learning, char c)
{
    if (is_letter(c))
        return learning->letter;
    if (is_digit(c))
        return learning->digit;
    return c == '.' || c == '-' || c == '_' || learning->special == '\0' ? c : learning->special;
}

/* The longest symbol that the bytes begin with. */
static bool longest_symbol(const struct learning *learning, enum symbol_kind kind,
                           struct cors_bytes bytes, size_t *which)
{
    bool found = false;
    for (size_t i = 0; i < learning->symbol_count; i++) {
        const struct symbol *symbol = &learning->symbols[i];
        if (symbol->kind == kind && symbol->length <= bytes.len &&
            (!found || symbol->length > learning->symbols[*which].length) &&
            memcmp(symbol->at, bytes.at, symbol->length) == 0) {
            found = true;
            *which = i;
        }
    }
    return found;
}

static void read_as(struct reading *out, size_t symbol, size_t from, size_t to)
{
    out->at[out->count].symbol = symbol;
    out->at[out->count].from = from;
    out->at[out->count++].to = to;
}

bool symbols_read(const struct learning *learning, struct cors_bytes word, struct reading *out)
{
    struct origin_parts parts;
    size_t symbol = 0;
    out->count = 0;
    if (word.len > LONGEST_ORIGIN || !origin_take_apart(word, &parts) || parts.opaque ||
        !longest_symbol(learning, SYMBOL_SCHEME, word, &symbol))
        return false;
    const size_t start = (size_t)(parts.host.at - word.at), end = start + parts.host.len;
    read_as(out, symbol, 0, start);
    for (size_t i = start; i < end;) {
        const char as = class_of(learning, word.at[i]);
        size_t length = 1;
        if (longest_symbol(learning, SYMBOL_HOST, (struct cors_bytes){word.at + i, end - i},
                           &symbol))
            length = learning->symbols[symbol].length;
        else if (!find_symbol(learning, SYMBOL_HOST, (struct cors_bytes){&as, 1}, &symbol))
            return false;
        read_as(out, symbol, i, i + length);
        i += length;
    }
    if (end == word.len)
        return true;
    char port[16];
    snprintf(port, sizeof port, ":%d", learning->port);
    const struct cors_bytes own = {word.at + end, word.len - end};
    if (!find_symbol(learning, SYMBOL_PORT, own, &symbol))
        (void)find_symbol(learning, SYMBOL_PORT, (struct cors_bytes){port, strlen(port)}, &symbol);
    read_as(out, symbol, end, word.len);
    return true;
}

struct word symbols_join(const struct learning *learning, const struct reading *reading)
{
    struct word word = word_of(CORS_BYTES(""));
    for (size_t i = 0; i < reading->count; i++)
        word_add(&word, symbol_bytes(learning, reading->at[i].symbol));
    return word;
}

/* ---- More of them -------------------------------------------------------------------------- */

/* The word with its own bytes where `own` says so, and else the symbols that it is read as. */
static struct word partly(const struct learning *learning, struct cors_bytes word,
                          const struct reading *reading, const bool *own)
{
    struct word out = word_of(CORS_BYTES(""));
    for (size_t i = 0; i < reading->count; i++) {
        const size_t from = reading->at[i].from;
        word_add(&out, own[i] ? (struct cors_bytes){word.at + from, reading->at[i].to - from}
                              : symbol_bytes(learning, reading->at[i].symbol));
    }
    return out;
}

static bool differs(const struct learning *learning, struct cors_bytes word,
                    const struct reading *reading, size_t which)
{
    const struct cors_bytes symbol = symbol_bytes(learning, reading->at[which].symbol);
    const size_t from = reading->at[which].from;
    return symbol.len != reading->at[which].to - from ||
           memcmp(symbol.at, word.at + from, symbol.len) != 0;
}

bool symbols_refine(struct learning *learning, struct cors_bytes word, bool allowed)
{
    struct reading reading;
    bool own[LONGEST_ORIGIN] = {false}, answer;
    if (!symbols_read(learning, word, &reading))
        return true;
    for (size_t i = 0; i < reading.count; i++)
        own[i] = differs(learning, word, &reading, i);
    for (size_t i = 0; i < reading.count; i++) {
        if (!own[i])
            continue;
        own[i] = false;
        const struct word without = partly(learning, word, &reading, own);
        if (!learn_ask(learning, &without, 1, &answer))
            return false;
        own[i] = answer != allowed;
    }
    for (size_t i = 0; i < reading.count; i++) {
        if (!own[i])
            continue;
        const size_t first = i;
        const enum symbol_kind kind = learning->symbols[reading.at[i].symbol].kind;
        while (i + 1 < reading.count && own[i + 1] &&
               learning->symbols[reading.at[i + 1].symbol].kind == kind &&
               reading.at[i + 1].to - reading.at[first].from <= LEARN_SYMBOL)
            i++;
        const size_t from = reading.at[first].from;
        if (!symbol_add(learning, kind,
                        (struct cors_bytes){word.at + from, reading.at[i].to - from}))
            return false;
    }
    return true;
}

struct word symbols_vary(struct learning *learning, const struct word *word)
{
    struct word out = *word;
    for (size_t i = 0; i < out.length; i++) {
        char *c = &out.at[i];
        if (learn_below(learning, 2) == 0)
            continue;
        if (*c == learning->letter)
            *c = (char)('a' + learn_below(learning, 26));
        else if (*c == learning->digit)
            *c = (char)('0' + learn_below(learning, 10));
    }
    return out;
}
