/* What all validators have in common, and what an answer means: the CORS check decides,
 * https://fetch.spec.whatwg.org/#concept-cors-check, not the validator's intention. Invariant: the
 * only answers that let a page in are its own origin, byte for byte, and `*`. */
#include "clock.h"
#include "validator_parts.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* A header's value comes to the check without the white space around it:
 * https://fetch.spec.whatwg.org/#concept-header-value-normalize */
static struct cors_bytes normalized(struct cors_bytes value)
{
    static const char white_space[] = {'\t', '\n', '\r', ' '};
    while (value.len > 0 && memchr(white_space, value.at[0], sizeof white_space) != NULL)
        value.at++, value.len--;
    while (value.len > 0 &&
           memchr(white_space, value.at[value.len - 1], sizeof white_space) != NULL)
        value.len--;
    return value;
}

static bool same(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

enum judgement judge_answer(struct cors_bytes origin, const struct answer *answer)
{
    if (answer->kind != ANSWER_VALUE)
        return JUDGED_REFUSED;
    struct cors_bytes value = normalized(answer->value);
    if (same(value, CORS_BYTES("*")))
        return JUDGED_PUBLIC;
    if (!same(value, origin))
        return JUDGED_REFUSED;
    return answer->credentials ? JUDGED_ALLOWED_WITH_CREDENTIALS : JUDGED_ALLOWED;
}

void validator_close(struct validator *validator)
{
    if (validator != NULL)
        validator->kind->close(validator);
}

struct cors_bytes validator_value(struct validator_values *values, size_t which,
                                  struct cors_bytes origin, struct cors_bytes bytes)
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    if (same(origin, bytes))
        return origin;
    char *slot = values->at[which];
    size_t len = bytes.len;
    if (len > VALIDATOR_VALUE)
        len = VALIDATOR_VALUE - (sizeof ellipsis - 1);
    if (len > 0)
        memcpy(slot, bytes.at, len);
    if (len < bytes.len) {
        memcpy(slot + len, ellipsis, sizeof ellipsis - 1);
        len += sizeof ellipsis - 1;
    }
    return (struct cors_bytes){slot, len};
}

size_t validator_escape(struct cors_bytes bytes, char *out, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t made = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.at[i];
        char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        size_t len = sizeof escape;
        if (byte == '\\') {
            escape[1] = '\\';
            len = 2;
        } else if (byte >= ' ' && byte <= '~') {
            escape[0] = (char)byte;
            len = 1;
        }
        if (len >= size - made)
            break;
        memcpy(out + made, escape, len);
        made += len;
    }
    out[made] = '\0';
    return made;
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    char lower = (char)(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* What the escape at the beginning of `bytes` stands for, and past it; -1: it is none. */
static int unescaped(struct cors_bytes *bytes)
{
    if (bytes->len >= 2 && bytes->at[1] == '\\') {
        bytes->at += 2, bytes->len -= 2;
        return '\\';
    }
    if (bytes->len < 4 || bytes->at[1] != 'x' || hex_digit(bytes->at[2]) < 0 ||
        hex_digit(bytes->at[3]) < 0)
        return -1;
    int byte = hex_digit(bytes->at[2]) << 4 | hex_digit(bytes->at[3]);
    bytes->at += 4, bytes->len -= 4;
    return byte;
}

bool validator_unescape(struct cors_bytes *bytes, char *in_place)
{
    struct cors_bytes left = *bytes;
    size_t made = 0;
    while (left.len > 0) {
        int byte = (unsigned char)left.at[0];
        if (byte == '\\')
            byte = unescaped(&left);
        else if (byte < ' ' || byte > '~')
            byte = -1;
        else
            left.at++, left.len--;
        if (byte < 0)
            return false;
        in_place[made++] = (char)byte;
    }
    *bytes = (struct cors_bytes){in_place, made};
    return true;
}

void *validator_refuse(char *error, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, size, format, arguments);
    va_end(arguments);
    return NULL;
}

void validator_complain(struct validator *validator, const char *what, struct cors_bytes origin)
{
    char escaped[160];
    validator_escape(origin, escaped, sizeof escaped);
    snprintf(validator->error, sizeof validator->error, "%s at the origin %s", what, escaped);
}

bool validator_goes_on(struct validator *validator)
{
    if (++validator->in_a_row < VALIDATOR_IN_A_ROW)
        return true;
    size_t said = strlen(validator->error);
    snprintf(validator->error + said, sizeof validator->error - said,
             "; given up after %u origins in a row without an answer", validator->in_a_row);
    return false;
}

bool validator_is_late(const struct validator *validator)
{
    return validator->deadline > 0 && clock_passed() >= validator->deadline;
}

double validator_until(const struct validator *validator, double seconds)
{
    const double until = clock_passed() + seconds;
    return validator->deadline > 0 && validator->deadline < until ? validator->deadline : until;
}

void validator_describe_end(int status, char *out, size_t size)
{
    enum { LAST_SIGNAL = 31 }; /* that kills without being asked to */
    int signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    /* A shell says it so when what it ran was killed. */
    if (WIFEXITED(status) && WEXITSTATUS(status) > 128 && WEXITSTATUS(status) <= 128 + LAST_SIGNAL)
        signal_number = WEXITSTATUS(status) - 128;
    if (signal_number > 0)
        snprintf(out, size, "by signal %d (%s)", signal_number, strsignal(signal_number));
    else
        snprintf(out, size, "with exit status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}
