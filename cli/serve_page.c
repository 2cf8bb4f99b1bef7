/* The pages of `corsim serve`: the list of cases, and for each what it claims, what it answers, how
 * to ask for it with curl, and a script that makes its fetches
 * (https://fetch.spec.whatwg.org/#fetch-method). Invariant: everything from a case or a request
 * stands in a page only through escape_xml; scripts read it from attributes, as JSON. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

static const char style_sheet[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em}"
    "pre{background:#f4f4f4;padding:.7em;overflow-x:auto;white-space:pre-wrap}"
    "button{font:inherit}";

static const char run_script[] =
    "for(const button of document.querySelectorAll('button')){"
    "const shown=button.nextElementSibling;"
    "button.onclick=async()=>{"
    "const {url,options}=JSON.parse(button.dataset.fetch);shown.textContent='...';"
    "try{const r=await fetch(url,options);"
    "shown.textContent=`type ${r.type}, status ${r.status}\\n`"
    "+[...r.headers].map(([n,v])=>`${n}: ${v}`).join('\\n')+'\\n\\n'+await r.text();"
    "}catch(e){shown.textContent=`${e}: see the browser's console`}}}";

struct cors_bytes served_url(const struct served *served, const struct served_case *one,
                             struct cors_bytes path, struct memory *memory)
{
    return memory_format(memory, "http://%s:%u%s%.*s%.*s", served->host, served->port,
                         one->id.len == 0 ? "" : "/", (int)one->id.len, one->id.at, (int)path.len,
                         path.at);
}

static void put(FILE *page, struct cors_bytes bytes, struct memory *memory)
{
    struct cors_bytes text = escape_xml(bytes, memory);
    fwrite(text.at, 1, text.len, page);
}

static void put_head(FILE *page, struct cors_bytes title, struct memory *memory)
{
    fputs("<!doctype html><html lang=en><meta charset=utf-8><title>", page);
    put(page, title, memory);
    fprintf(page, "</title><style>%s</style><h1>", style_sheet);
    put(page, title, memory);
    fputs("</h1>\n", page);
}

static void put_index(FILE *page, const struct served *served, struct memory *memory)
{
    put_head(page, CORS_BYTES("corsim serve"), memory);
    fputs("<ul>\n", page);
    for (size_t i = 0; i < served->count; i++) {
        fputs("<li><a href=\"/-/", page);
        put(page, served->cases[i].id, memory);
        fputs("\">", page);
        put(page, served->cases[i].file.title, memory);
        fputs("</a></li>\n", page);
    }
    fputs("</ul>\n", page);
}

/* An argument for a shell, in single quotes. */
static void put_quoted(FILE *page, struct cors_bytes bytes, struct memory *memory)
{
    char *quoted = memory_take(memory, bytes.len * 4 + 3);
    size_t length = 0;
    quoted[length++] = '\'';
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.at[i] == '\'') {
            memcpy(quoted + length, "'\\'", 3);
            length += 3;
        }
        quoted[length++] = bytes.at[i];
    }
    quoted[length++] = '\'';
    put(page, (struct cors_bytes){quoted, length}, memory);
}

static void put_header(FILE *page, const struct cors_header *header, struct memory *memory)
{
    put(page, header->name, memory);
    fputs(": ", page);
    put(page, header->value, memory);
    fputs("\n", page);
}

/* The length is left to curl: it would send the header and then wait, having no such body. */
static void put_curl(FILE *page, struct cors_bytes url, const struct message *message,
                     struct memory *memory)
{
    fputs("<pre>curl -i -X ", page);
    put_quoted(page, message->method, memory);
    fputs(" ", page);
    put_quoted(page, url, memory);
    for (size_t i = 0; i < message->headers.count; i++) {
        const struct cors_header *header = &message->headers.at[i];
        if (bytes_are_string(header->name, "Content-Length"))
            continue;
        fputs(" \\\n    -H ", page);
        put_quoted(page,
                   memory_format(memory, "%.*s%s%.*s", (int)header->name.len, header->name.at,
                                 header->value.len == 0 ? ";" : ": ", (int)header->value.len,
                                 header->value.at),
                   memory);
    }
    if (message->body.at != NULL) {
        fputs(" \\\n    --data-raw ", page);
        put_quoted(page, message->body, memory);
    }
}

static void put_message(FILE *page, const struct served *served, const struct served_case *one,
                        const struct message *message, struct memory *memory)
{
    put_curl(page, served_url(served, one, message->path, memory), message, memory);
    if (message->answer.network_error) {
        fputs("\n\n(the connection is closed)</pre>\n", page);
        return;
    }
    fprintf(page, "\n\n%u\n", message->answer.status);
    for (size_t i = 0; i < message->answer.headers.count; i++)
        put_header(page, &message->answer.headers.at[i], memory);
    fputs("</pre>\n", page);
}

/* The options of fetch(), from the keys of a description that it knows by the same name. */
static json_t *fetch_options(const struct fetch_description *description)
{
    static const char *const names[] = {"method", "mode",           "credentials", "redirect",
                                        "cache",  "referrerPolicy", "keepalive",   "body"};
    json_t *options = json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct fetch_key *key = fetch_key_find_json(bytes_of(names[i]));
        struct cors_bytes word =
            key == NULL ? (struct cors_bytes){0} : fetch_key_get(key, description);
        if (word.at != NULL)
            json_object_set_new(options, names[i],
                                key->value == FETCH_YES_NO ? json_true() : json_text(word));
    }
    json_object_set_new(options, "headers", json_headers(&description->headers));
    return options;
}

static void put_button(FILE *page, const struct served *served, const struct served_case *one,
                       size_t fetch, struct memory *memory)
{
    const struct fetch_description *description = &one->file.fetches[fetch].description;
    const struct message *first = NULL;
    for (size_t i = one->count; i > 0; i--)
        if (one->messages[i - 1].fetch == fetch)
            first = &one->messages[i - 1];
    if (first == NULL || description->api == CORS_ENTRY_NONE)
        return;
    json_t *object = json_object();
    json_object_set_new(object, "url", json_text(served_url(served, one, first->path, memory)));
    json_object_set_new(object, "options", fetch_options(description));
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    fputs("<button data-fetch=\"", page);
    put(page, bytes_of(text == NULL ? "{}" : text), memory);
    fputs("\">Fetch it</button><pre></pre>\n", page);
    free(text);
    json_decref(object);
}

static void put_case(FILE *page, const struct served *served, const struct served_case *one,
                     struct memory *memory)
{
    put_head(page, one->file.title, memory);
    fputs("<p>", page);
    if (one->file.prose.at != NULL)
        put(page, one->file.prose, memory);
    fputs("</p>\n", page);
    for (size_t i = 0; i < one->file.fetch_count; i++) {
        put_button(page, served, one, i, memory);
        for (size_t j = 0; j < one->count; j++)
            if (one->messages[j].fetch == i)
                put_message(page, served, one, &one->messages[j], memory);
    }
    fprintf(page, "<p><a href=\"/-/\">All cases</a></p><script>%s</script>\n", run_script);
}

static void put_nothing(FILE *page, const char *uri, struct memory *memory)
{
    put_head(page, CORS_BYTES("No response"), memory);
    fputs("<p>No case sends this message, so none has a response to it: ", page);
    put(page, bytes_of(uri), memory);
    fputs(". If a case is blocked at its preflight, the request itself is one that a browser never "
          "sends.</p><p><a href=\"/-/\">All cases</a></p>\n",
          page);
}

struct cors_bytes served_page(const struct served *served, const char *uri, unsigned *status,
                              struct memory *memory)
{
    char *text = NULL;
    size_t length = 0;
    const struct served_case *found = NULL;
    FILE *page = open_memstream(&text, &length);
    if (page == NULL)
        return CORS_BYTES("");
    for (size_t i = 0; i < served->count; i++)
        if (strncmp(uri, "/-/", 3) == 0 && bytes_are_string(served->cases[i].id, uri + 3))
            found = &served->cases[i];
    if (found != NULL) {
        put_case(page, served, found, memory);
    } else if (strcmp(uri, "/") == 0 || strcmp(uri, "/-/") == 0) {
        put_index(page, served, memory);
    } else {
        *status = 404;
        put_nothing(page, uri, memory);
    }
    fclose(page);
    struct cors_bytes copy = memory_copy(memory, (struct cors_bytes){text, length});
    free(text);
    return copy;
}
