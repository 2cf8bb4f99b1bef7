/* XMLHttpRequest Standard (https://xhr.spec.whatwg.org/): what open(), setRequestHeader() and
 * send() do to what a script asks for, before anything is fetched. The headers given are successive
 * calls of setRequestHeader(), after one call of open() and before one of send(). Invariants: the
 * mode is "cors", and the credentials mode is never "omit"; of the request's other properties a
 * script has no say. What kind of object the body was shows in the Content-Type it brings: a Blob's
 * is all in lower case, and only strings, URLSearchParams and documents name UTF-8 in upper case.
 */
#include "engine.h"

/* https://xhr.spec.whatwg.org/#dom-xmlhttprequest-open: false if it throws. */
static bool xhr_open(const struct steps *caller, const struct cors_request *given,
                     struct request *xhr)
{
    struct steps s = begin(caller, "dom-xmlhttprequest-open");
    struct cors_url parsed_url;

    /* 1. The page is still there. [scope: progress-events] */
    /* 2. No token: a SyntaxError. */
    struct cors_bytes method =
        let(&s, "2", "method", is_null(given->method) ? CORS_BYTES("GET") : given->method);
    if (when(&s, "2", !cors_is_method(method)))
        return false;

    /* 3. One of the three that no script may use: a SecurityError. */
    if (when(&s, "3", cors_is_forbidden_method(method)))
        return false;

    /* 4. Six of them are upper-cased, `patch` is not one of these. */
    method = cors_normalize_method(method);

    /* 5. A relative URL counts from the page's, whose encoding is UTF-8. */
    const bool parsed = parse_given_url(&s, given, &parsed_url);
    let(&s, "5", "url", given->url_string);

    /* 6. No URL: a SyntaxError. */
    if (when(&s, "6", !parsed))
        return false;

    /* 7. It is asynchronous. [scope: progress-events] */
    /* 8. A name and a password are given in the URL. [scope: xhr-credentials] */
    /* 9. Synchronous ones have rules of their own. [scope: progress-events] */
    /* 10. There is no earlier fetch to end. [scope: cancellation] */
    /* 11. Remember the method and the URL; there are no author request headers and no body. */
    *xhr = (struct request){
        .url_list = xhr->url_list,
        .url_origins = xhr->url_origins,
        .url_count = 1,
        .method = method,
        .header_list = empty_header_list(given->headers.count + 16, arena_of(&s)),
    };
    xhr->url_list[0] = parsed_url;
    xhr->url_origins[0] = cors_url_origin(&parsed_url, agent_of(&s)->domain_to_ascii, arena_of(&s));

    /* 12. The script is told. [scope: progress-events] */
    return true;
}

/* https://xhr.spec.whatwg.org/#dom-xmlhttprequest-setrequestheader: false if it throws. */
static bool xhr_set_request_header(const struct steps *caller, const struct cors_header *header,
                                   struct request *xhr)
{
    struct steps s = begin(caller, "dom-xmlhttprequest-setrequestheader");
    struct cors_bytes name = let(&s, "4", "name", header->name);

    /* 1. open() was called. [scope: progress-events] */
    /* 2. send() was not. [scope: progress-events] */
    /* 3. Without the whitespace around it. */
    struct cors_bytes value = cors_normalize_header_value(header->value);
    show(&s, "3", "value", value);

    /* 4. What cannot stand in a message: a SyntaxError. */
    if (when(&s, "4", !cors_is_header_name(name) || !cors_is_header_value(value)))
        return false;

    /* 5. What only the browser may say is dropped without a word. */
    if (whether(&s, "5", is_forbidden_request_header(&s, name, value, arena_of(&s))))
        return true;

    /* 6. A second value for a name goes behind the first. */
    cors_header_list_combine(&xhr->header_list, name, value, arena_of(&s));
    return true;
}

/* What the body was, by the type it brings. */
enum body_kind { BODY_OTHER = 0, BODY_STRING, BODY_HTML_DOCUMENT, BODY_XML_DOCUMENT };

static enum body_kind body_kind(const struct cors_request *given)
{
    if (bytes_equal(given->body_type, CORS_BYTES("text/plain;charset=UTF-8")) ||
        bytes_equal(given->body_type,
                    CORS_BYTES("application/x-www-form-urlencoded;charset=UTF-8")))
        return BODY_STRING;
    if (bytes_equal(given->body_type, CORS_BYTES("text/html;charset=UTF-8")))
        return BODY_HTML_DOCUMENT;
    if (bytes_equal(given->body_type, CORS_BYTES("application/xml;charset=UTF-8")))
        return BODY_XML_DOCUMENT;
    return BODY_OTHER;
}

/* https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send step 4.5 */
static void correct_charset(const struct steps *s, struct cors_bytes original_author_content_type,
                            enum body_kind kind, struct request *xhr)
{
    /* 4.5.1. What is sent of a text is UTF-8, whatever the script says: */
    if (whether(s, "4.5.1", kind != BODY_OTHER)) {
        /* 4.5.1.1. what the script says, */
        struct mime_type content_type_record =
            parse_a_mime_type(original_author_content_type, arena_of(s));

        /* 4.5.1.2. if it names another charset, */
        if (whether(s, "4.5.1.2",
                    !content_type_record.failure && !is_null(content_type_record.charset) &&
                        !byte_case_insensitive_match(content_type_record.charset,
                                                     CORS_BYTES("UTF-8")) &&
                        !(bytes_contain(original_author_content_type, ',') &&
                          deviates(s, CORS_DEV_CHARSET_BEFORE_COMMA_STAYS)))) {
            /* 4.5.1.2.1. has it replaced, */
            /* 4.5.1.2.2. is written anew, */
            struct cors_bytes new_content_type_serialized = serialize_with_charset(
                original_author_content_type, CORS_BYTES("UTF-8"), arena_of(s));
            show(s, "4.5.1.2.2", "newContentTypeSerialized", new_content_type_serialized);

            /* 4.5.1.2.3. and takes the place of the old value. */
            cors_header_list_set(&xhr->header_list, CORS_BYTES("Content-Type"),
                                 new_content_type_serialized, arena_of(s));
        }
    }
}

/* https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send step 4.6 */
static void set_content_type(const struct steps *s, struct cors_bytes extracted_content_type,
                             enum body_kind kind, struct request *xhr)
{
    struct cors_bytes type = null_bytes();

    /* 4.6.1. An HTML document is text/html; */
    if (whether(s, "4.6.1", kind == BODY_HTML_DOCUMENT))
        type = CORS_BYTES("text/html;charset=UTF-8");

    /* 4.6.2. any other document is XML; */
    else if (whether(s, "4.6.2", kind == BODY_XML_DOCUMENT))
        type = CORS_BYTES("application/xml;charset=UTF-8");

    /* 4.6.3. any other body is what it says it is, if it says so. */
    else if (whether(s, "4.6.3", !is_null(extracted_content_type)))
        type = extracted_content_type;

    if (!is_null(type))
        cors_header_list_set(&xhr->header_list, CORS_BYTES("Content-Type"), type, arena_of(s));
}

/* https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send step 4 */
static void take_body(const struct steps *s, const struct cors_request *given, struct request *xhr)
{
    const enum body_kind kind = body_kind(given);

    /* 4.1. Nothing is known of its type. */
    struct cors_bytes extracted_content_type = null_bytes();

    /* 4.2. A document comes serialized; its type is set below. */
    if (whether(s, "4.2", kind == BODY_HTML_DOCUMENT || kind == BODY_XML_DOCUMENT)) {
        xhr->body = given->body;
    } else {
        /* 4.3. Any other body: */
        /* 4.3.1. its bytes and its type; */
        /* 4.3.2. the bytes are the request body; */
        xhr->body = given->body;

        /* 4.3.3. the type is for the header. */
        extracted_content_type = given->body_type;
    }

    /* 4.4. What the script itself said of the type. */
    struct cors_bytes original_author_content_type =
        cors_header_list_get(&xhr->header_list, CORS_BYTES("Content-Type"), arena_of(s));

    /* 4.5. It said something: that holds, but for the charset. */
    if (whether(s, "4.5", !is_null(original_author_content_type)))
        correct_charset(s, original_author_content_type, kind, xhr);

    /* 4.6. It said nothing: the body's own type holds. */
    else
        set_content_type(s, extracted_content_type, kind, xhr);
}

/* https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send */
static void xhr_send(const struct steps *caller, const struct cors_request *given,
                     struct request *xhr)
{
    struct steps s = begin(caller, "dom-xmlhttprequest-send");
    struct cors_bytes body = given->body;

    /* 1. open() was called. [scope: progress-events] */
    /* 2. send() was not. [scope: progress-events] */
    /* 3. A body where none can be is dropped without a word. */
    if (whether(&s, "3",
                bytes_equal(xhr->method, CORS_BYTES("GET")) ||
                    bytes_equal(xhr->method, CORS_BYTES("HEAD"))))
        body = null_bytes();

    /* 4. A body, if there is one. */
    if (whether(&s, "4", !is_null(body)))
        take_body(&s, given, xhr);

    /* 5. Somebody listens to the upload's progress. */
    const bool upload_listener =
        whether(&s, "5",
                given->use_cors_preflight &&
                    !(is_null(body) && deviates(&s, CORS_DEV_UPLOAD_LISTENER_NEEDS_A_BODY)));

    /* 6. The request: what open() and setRequestHeader() left, and this. */
    xhr->unsafe_request = true;
    xhr->client = given->client;
    xhr->mode = CORS_MODE_CORS;
    xhr->is_xhr = true;
    xhr->use_cors_preflight = upload_listener;
    xhr->credentials_mode = given->credentials_mode == CORS_CREDENTIALS_INCLUDE
                                ? CORS_CREDENTIALS_INCLUDE
                                : CORS_CREDENTIALS_SAME_ORIGIN;
    xhr->local_urls_only = given->local_urls_only;

    /* 7. The upload is not complete. [scope: progress-events] */
    /* 8. Nor has the time run out. [scope: progress-events] */
    /* 9. Without a body it is. [scope: progress-events] */
    /* 10. send() was called. [scope: progress-events] */
    /* 11. The caller fetches; a network error is an error event. [scope: progress-events] */
    /* 12. And so it is when it waits for the response. [scope: progress-events] */
}

bool xhr_request(const struct steps *caller, const struct cors_request *given,
                 struct request *request)
{
    if (!xhr_open(caller, given, request))
        return false;
    for (size_t i = 0; i < given->headers.count; i++)
        if (!xhr_set_request_header(caller, &given->headers.at[i], request))
            return false;
    xhr_send(caller, given, request);
    return true;
}
