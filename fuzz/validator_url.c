/* Validators that are live servers, asked by GET with an Origin header, as simple requests are, one
 * after the other over a connection that is kept; a preflight is asked of witnesses only, for what
 * it refuses is read by simple requests all the same. Invariants: never faster than the rate; a
 * server that asks for time (429, 503) gets it, and half of the rate from then on, up to the rate
 * again by a fifth with each answer; unless authorised, no connection is made to an address that is
 * not loopback, whatever a name resolves to and whatever proxy is set; redirects are not followed;
 * nothing waits beyond the deadline. */
#include "clock.h"
#include "validator_parts.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    URL_BATCH = 8,
    BODY = 1 << 18,        /* of a body, before the connection is given up instead */
    RETRIES = 4,           /* after a reset, and when asked to wait */
    LONGEST_WAIT = 60,     /* seconds that a server may ask for */
    LONGEST_INTERVAL = 30, /* seconds between questions, that it may be slowed down to */
    MOST_WAITED = 600,     /* seconds in all, where there is no deadline */
};

/* A header's values so far, combined: https://fetch.spec.whatwg.org/#concept-header-list-get */
struct combined {
    bool there;
    char at[4096];
    size_t len;
};

struct url {
    struct validator base;
    CURL *easy;
    char error[CURL_ERROR_SIZE];
    double interval, next; /* seconds; when the next question may be sent */
    double shortest;       /* interval: that of the rate */
    double seconds;        /* for an answer */
    bool authorised, refused_address, ever_answered;
    struct curl_slist *headers;
    struct combined allow_origin, allow_credentials;
    size_t body;
    struct validator_values values;
};

/* ---- Where it may connect to --------------------------------------------------------------- */

static bool is_loopback_4(const struct sockaddr_in *address)
{
    return ntohl(address->sin_addr.s_addr) >> 24 == 127;
}

static bool is_loopback(const struct curl_sockaddr *address)
{
    const void *socket_address = &address->addr;
    if (address->family == AF_INET)
        return is_loopback_4(socket_address);
    const struct sockaddr_in6 *six = socket_address;
    return address->family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct url *url = context;
    (void)purpose;
    if (!url->authorised && !is_loopback(address)) {
        url->refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype, address->protocol);
}

/* ---- One request --------------------------------------------------------------------------- */

static void combine(struct combined *combined, const char *value, size_t len)
{
    static const char comma[] = {',', ' '};
    if (combined->there && combined->len + sizeof comma <= sizeof combined->at) {
        memcpy(combined->at + combined->len, comma, sizeof comma);
        combined->len += sizeof comma;
    }
    combined->there = true;
    size_t room = sizeof combined->at - combined->len;
    if (len > room)
        len = room;
    memcpy(combined->at + combined->len, value, len);
    combined->len += len;
}

/* The line's value without white space around it, if that is the line's name; else null. */
static struct cors_bytes value_of(const char *line, size_t len, const char *name)
{
    size_t at = strlen(name);
    if (len <= at || line[at] != ':' || strncasecmp(line, name, at) != 0)
        return (struct cors_bytes){NULL, 0};
    at++;
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    while (len > at && memchr(" \t\r\n", line[len - 1], 4) != NULL)
        len--;
    return (struct cors_bytes){line + at, len - at};
}

static size_t hear_header(char *line, size_t size, size_t count, void *context)
{
    struct url *url = context;
    size_t len = size * count;
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) { /* after a 1xx another follows */
        url->allow_origin = (struct combined){0};
        url->allow_credentials = (struct combined){0};
    }
    struct cors_bytes value = value_of(line, len, "Access-Control-Allow-Origin");
    if (value.at != NULL)
        combine(&url->allow_origin, value.at, value.len);
    value = value_of(line, len, "Access-Control-Allow-Credentials");
    if (value.at != NULL)
        combine(&url->allow_credentials, value.at, value.len);
    return len;
}

static size_t hear_body(char *bytes, size_t size, size_t count, void *context)
{
    struct url *url = context;
    (void)bytes;
    url->body += size * count;
    return url->body > BODY ? 0 : size * count;
}

/* Preflights are without the headers that were given: credentials are never in them. */
static struct curl_slist *request_headers(const struct url *url, struct cors_bytes origin,
                                          bool preflight)
{
    char line[4096];
    snprintf(line, sizeof line, "Origin: %.*s", (int)origin.len, origin.at);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    if (preflight) {
        headers = curl_slist_append(headers, "Access-Control-Request-Method: GET");
        return curl_slist_append(headers, "Access-Control-Request-Headers: authorization");
    }
    for (const struct curl_slist *given = url->headers; given != NULL; given = given->next)
        headers = curl_slist_append(headers, given->data);
    return headers;
}

/* False: the deadline comes first. */
static bool wait_for_turn(struct url *url)
{
    const double now = clock_passed(), turn = url->next > now ? url->next : now;
    clock_sleep(validator_until(&url->base, turn - now) - now);
    url->next = turn + url->interval;
    return !validator_is_late(&url->base);
}

static CURLcode send_request(struct url *url, struct cors_bytes origin, bool preflight)
{
    struct curl_slist *headers = request_headers(url, origin, preflight);
    const double seconds = validator_until(&url->base, url->seconds) - clock_passed();
    url->body = 0;
    url->allow_origin = (struct combined){0};
    url->allow_credentials = (struct combined){0};
    url->error[0] = '\0';
    /* 0 would be no limit. */
    curl_easy_setopt(url->easy, CURLOPT_TIMEOUT_MS, (long)(seconds * 1000) + 1);
    curl_easy_setopt(url->easy, CURLOPT_CUSTOMREQUEST, preflight ? "OPTIONS" : NULL);
    curl_easy_setopt(url->easy, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(url->easy);
    curl_easy_setopt(url->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    /* A body that is too long is cut by us: the headers were there. */
    return code == CURLE_WRITE_ERROR && url->body > BODY ? CURLE_OK : code;
}

/* ---- Until there is an answer -------------------------------------------------------------- */

/* After 429 and 503. False: it asks for too much, or for too long. */
static bool wait_for_server(struct url *url, long status, unsigned times)
{
    curl_off_t asked = 0;
    curl_easy_getinfo(url->easy, CURLINFO_RETRY_AFTER, &asked);
    double seconds = asked > 0 ? (double)asked : (double)(1u << times);
    char *error = url->base.error;
    size_t size = sizeof url->base.error;
    if (asked > LONGEST_WAIT) {
        snprintf(error, size, "the server answers %ld and wants to be left alone for %.0f seconds",
                 status, seconds);
        return false;
    }
    if (times >= RETRIES) {
        snprintf(error, size, "the server still answers %ld after %u waits", status, times);
        return false;
    }
    if (url->base.deadline <= 0 && url->base.waited + seconds > MOST_WAITED) {
        snprintf(error, size,
                 "the server answers %ld and has been waited for for %.0f seconds in all: give it "
                 "a lower --rate, or a --budget of seconds",
                 status, url->base.waited);
        return false;
    }
    if (times == 0 && url->interval < LONGEST_INTERVAL)
        url->interval = 2 * url->interval < LONGEST_INTERVAL ? 2 * url->interval : LONGEST_INTERVAL;
    snprintf(error, size, "the server answered %ld: waited %.0f seconds, and ask half as often",
             status, seconds);
    url->base.waited += seconds;
    const double now = clock_passed();
    clock_sleep(validator_until(&url->base, seconds) - now);
    return true;
}

static void speed_up(struct url *url)
{
    url->interval -= url->interval / 5;
    if (url->interval < url->shortest)
        url->interval = url->shortest;
}

/* How a request that got no answer ended. */
enum lost { LOST_TRY_AGAIN, LOST_HUNG, LOST_RESET, LOST_FOR_GOOD };

static enum lost lost_by(struct url *url, CURLcode code, unsigned times)
{
    char escaped[200];
    const char *said = url->error[0] != '\0' ? url->error : curl_easy_strerror(code);
    validator_escape((struct cors_bytes){said, strlen(said)}, escaped, sizeof escaped);
    char *error = url->base.error;
    size_t size = sizeof url->base.error;
    if (url->refused_address) {
        snprintf(error, size, "only loopback addresses may be asked without authorisation");
        return LOST_FOR_GOOD;
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        snprintf(error, size, "the server did not answer in time (%s)", escaped);
        return LOST_HUNG;
    }
    bool may_pass = code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
                    code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE ||
                    (code == CURLE_COULDNT_CONNECT && url->ever_answered);
    if (!may_pass) {
        url->base.unreachable = true;
        snprintf(error, size, "the server cannot be asked: %s", escaped);
        return LOST_FOR_GOOD;
    }
    snprintf(error, size, "the connection was lost %u times (%s)", times + 1, escaped);
    url->base.restarts++;
    if (times >= RETRIES)
        return LOST_RESET;
    clock_sleep(0.1 * (double)(1u << times));
    return LOST_TRY_AGAIN;
}

/* What is to be known where not even what is meant gets in. */
static void remark(struct url *url, long status)
{
    char escaped[120], *elsewhere = NULL;
    char *text = url->base.remark;
    const size_t size = sizeof url->base.remark;
    curl_easy_getinfo(url->easy, CURLINFO_REDIRECT_URL, &elsewhere);
    if (elsewhere != NULL) {
        validator_escape((struct cors_bytes){elsewhere, strlen(elsewhere)}, escaped,
                         sizeof escaped);
        snprintf(text, size, "the server answered %ld to %s, which is not followed", status,
                 escaped);
    } else if (url->allow_origin.there) {
        validator_escape((struct cors_bytes){url->allow_origin.at, url->allow_origin.len}, escaped,
                         sizeof escaped);
        snprintf(text, size, "the server answered %ld with Access-Control-Allow-Origin: %s", status,
                 escaped);
    } else {
        snprintf(text, size, "the server answered %ld without Access-Control-Allow-Origin", status);
    }
}

static void read_answer(struct url *url, struct cors_bytes origin, bool preflight, size_t which,
                        struct answer *answer)
{
    long status = 0;
    curl_easy_getinfo(url->easy, CURLINFO_RESPONSE_CODE, &status);
    *answer = (struct answer){.kind = ANSWER_NONE};
    if (url->base.remark[0] == '\0')
        remark(url, status);
    if (!url->allow_origin.there || (preflight && (status < 200 || status > 299)))
        return;
    answer->kind = ANSWER_VALUE;
    answer->credentials =
        url->allow_credentials.len == 4 && memcmp(url->allow_credentials.at, "true", 4) == 0;
    const struct cors_bytes value = {url->allow_origin.at, url->allow_origin.len};
    answer->value = validator_value(&url->values, which, origin, value);
}

/* One request and its answer, however often it must be sent; no answer: the deadline is past.
 * False: it cannot go on. */
static bool ask_once(struct url *url, struct cors_bytes origin, bool preflight, size_t which,
                     struct answer *answer)
{
    *answer = (struct answer){0};
    for (unsigned waits = 0, losses = 0; wait_for_turn(url);) {
        CURLcode code = send_request(url, origin, preflight);
        if (code == CURLE_OPERATION_TIMEDOUT && validator_is_late(&url->base))
            return true;
        if (code != CURLE_OK) {
            enum lost lost = lost_by(url, code, losses++);
            if (lost == LOST_FOR_GOOD)
                return false;
            if (lost == LOST_TRY_AGAIN)
                continue;
            answer->kind = lost == LOST_HUNG ? ANSWER_HUNG : ANSWER_CRASHED;
            return validator_goes_on(&url->base);
        }
        url->ever_answered = true;
        url->base.in_a_row = 0;
        long status = 0;
        curl_easy_getinfo(url->easy, CURLINFO_RESPONSE_CODE, &status);
        if (status == 429 || status == 503) {
            if (!wait_for_server(url, status, waits++))
                return false;
            continue;
        }
        if (waits == 0)
            speed_up(url);
        read_answer(url, origin, preflight, which, answer);
        return true;
    }
    return true;
}

static bool can_be_a_header(struct cors_bytes origin)
{
    for (size_t i = 0; i < origin.len; i++)
        if (origin.at[i] < ' ' || origin.at[i] > '~')
            return false;
    return origin.len > 0 && origin.len < 4000;
}

static bool ask(struct validator *base, const struct cors_bytes *origins, size_t count,
                struct answer *answers)
{
    struct url *url = (struct url *)base;
    for (size_t i = 0; i < count; i++) {
        answers[i] = (struct answer){.kind = ANSWER_NONE};
        if (!can_be_a_header(origins[i]))
            continue;
        if (!ask_once(url, origins[i], false, i % VALIDATOR_BATCH, &answers[i]))
            return false;
        if (answers[i].kind == ANSWER_UNASKED)
            break;
        base->questions++;
    }
    return true;
}

static enum preflight_verdict ask_preflight(struct validator *base, struct cors_bytes origin,
                                            bool credentials)
{
    struct answer answer;
    if (!ask_once((struct url *)base, origin, true, 0, &answer) || answer.kind == ANSWER_UNASKED)
        return PREFLIGHT_UNASKED;
    const enum judgement judgement = judge_answer(origin, &answer);
    const bool passes =
        credentials ? judgement == JUDGED_ALLOWED_WITH_CREDENTIALS : judgement != JUDGED_REFUSED;
    return passes ? PREFLIGHT_PASSES : PREFLIGHT_REFUSED;
}

/* ---- Opening ------------------------------------------------------------------------------- */

static void close_url(struct validator *base)
{
    struct url *url = (struct url *)base;
    curl_easy_cleanup(url->easy);
    curl_slist_free_all(url->headers);
    free(url);
}

/* What can be known before a name is resolved; what it resolves to is checked at the socket. */
static bool names_loopback(const char *host)
{
    size_t len = strlen(host);
    struct sockaddr_in four = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1)
        return is_loopback_4(&four);
    return strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0 ||
           (len > 10 && strcasecmp(host + len - 10, ".localhost") == 0);
}

static bool may_be_asked(const char *address, bool authorised, char *error, size_t size)
{
    CURLU *parsed = curl_url();
    char *scheme = NULL, *host = NULL;
    bool read = parsed != NULL && curl_url_set(parsed, CURLUPART_URL, address, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    bool may = read && (authorised || names_loopback(host));
    if (!read)
        validator_refuse(error, size, "a server is given by an http or https URL");
    else if (!may)
        validator_refuse(error, size,
                         "only loopback may be asked without --i-am-authorised: you must be "
                         "allowed to test that server");
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parsed);
    return may;
}

static void set_up(struct url *url, const char *address, const struct url_options *options)
{
    CURL *easy = url->easy;
    curl_easy_setopt(easy, CURLOPT_URL, address);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, url->error);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "corsim-fuzz");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, hear_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, hear_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, url);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, url);
    if (!url->authorised)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (options->cacert != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->cacert);
    if (options->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    for (size_t i = 0; i < options->header_count; i++)
        url->headers = curl_slist_append(url->headers, options->headers[i]);
}

struct validator *validator_open_url(const char *address, const struct url_options *options,
                                     char *error, size_t size)
{
    static const struct validator_kind kind = {"url", URL_BATCH, false, ask, close_url};
    if (!may_be_asked(address, options->authorised, error, size))
        return NULL;
    struct url *url = calloc(1, sizeof *url);
    if (url == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (url->easy = curl_easy_init()) == NULL) {
        free(url);
        return validator_refuse(error, size, "out of memory");
    }
    url->base.kind = &kind;
    url->base.preflight = options->preflight ? ask_preflight : NULL;
    url->interval = url->shortest = 1 / (options->per_second > 0 ? options->per_second : 10);
    url->seconds = options->seconds > 0 ? options->seconds : 10;
    url->authorised = options->authorised;
    set_up(url, address, options);
    return &url->base;
}
