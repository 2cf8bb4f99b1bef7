/* Kinds of witnesses (fuzz/intent.h): who can use each, in which way it is like what is meant, and
 * whether it can have a certificate. A witness of each class that a browser can send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "intent.h"

#include <string.h>

static struct cors_bytes bytes(const char *text)
{
    return (struct cors_bytes){text, strlen(text)};
}

static void kinds(void **state)
{
    (void)state;
    enum { NO = 0, YES = 1 };
    static const struct {
        const char *entry, *origin;
        struct kind_of_witness kind;
    } rows[] = {
        {"https://example.com", "https://evil.net", {TIER_STRANGER, CLASS_REFLECTED, NO}},
        {"https://example.com", "null", {TIER_NULL, CLASS_NULL, NO}},
        {"https://example.com", "https://example.com.evil.net", {TIER_STRANGER, CLASS_PREFIX, NO}},
        {"https://example.com",
         "https://example.community",
         {TIER_STRANGER, CLASS_PREFIX_UNBROKEN, NO}},
        {"https://example.com",
         "https://example.com-evil.net",
         {TIER_STRANGER, CLASS_PREFIX_UNBROKEN, NO}},
        {"https://example.com",
         "https://evilexample.com",
         {TIER_STRANGER, CLASS_SUFFIX_UNBROKEN, NO}},
        {"https://example.com",
         "https://notexample.com.evil.net",
         {TIER_STRANGER, CLASS_CONTAINS, NO}},
        {"https://example.com", "https://exbmple.com", {TIER_STRANGER, CLASS_ONE_EDIT, NO}},
        {"https://api.example.com",
         "https://apixexample.com",
         {TIER_STRANGER, CLASS_ANY_CHARACTER, NO}},
        {"https://globalping.io",
         "https://globalpingxio",
         {TIER_NETWORK, CLASS_ANY_CHARACTER, YES}},
        {"https://example.com", "https://a.example.com", {TIER_OWNER, CLASS_SUBDOMAIN, NO}},
        {"https://*.example.com", "https://example.com", {TIER_OWNER, CLASS_SUBDOMAIN, NO}},
        {"https://*.example.com",
         "https://x.evilexample.com",
         {TIER_STRANGER, CLASS_SUFFIX_UNBROKEN, NO}},
        {"https://example.com", "http://example.com", {TIER_NETWORK, CLASS_SCHEME, NO}},
        {"https://example.com", "https://example.com:8443", {TIER_OWNER, CLASS_PORT, NO}},
        {"https://example.com", "https://example.com.", {TIER_OWNER, CLASS_TRAILING_DOT, NO}},
        {"https://example.com", "http://localhost", {TIER_NETWORK, CLASS_LOCAL, NO}},
        {"https://example.com", "http://203.0.113.7", {TIER_NETWORK, CLASS_LOCAL, NO}},
        {"http://localhost:3000", "http://localhost.evil.com", {TIER_STRANGER, CLASS_PREFIX, NO}},
        {"http://127.0.0.1", "http://127.0.0.1.evil.com", {TIER_STRANGER, CLASS_PREFIX, NO}},
        {"https://mine.vercel.app",
         "https://attacker.vercel.app",
         {TIER_STRANGER, CLASS_SHARED_SUFFIX, NO}},
        {"https://example.com",
         "https://example.com_.evil.com",
         {TIER_STRANGER, CLASS_SPECIAL, YES}},
        {"https://example.com", "http://example.com!.evil.com", {TIER_STRANGER, CLASS_SPECIAL, NO}},
        /* WebKit asks evil.net, and sends all of it. */
        {"https://example.com",
         "https://evil.net;.example.com",
         {TIER_STRANGER, CLASS_SPECIAL, NO}},
        {"https://*.example.com",
         "https://evil.net;.example.com:8443",
         {TIER_STRANGER, CLASS_SPECIAL, NO}},
        {"https://example.com", "http://evil.net;.example.com", {TIER_STRANGER, CLASS_SPECIAL, NO}},
        /* Chromium asks all of it, WebKit the owner. */
        {"https://example.com",
         "https://www.example.com;.evil.net",
         {TIER_STRANGER, CLASS_SPECIAL, YES}},
        {"https://example.com", "https://localhost;.example.com", {TIER_OWNER, CLASS_SPECIAL, YES}},
        {"https://example.com", "https://;.evil.net", {TIER_STRANGER, CLASS_SPECIAL, YES}},
        /* Neither above nor below, but of the same domain. */
        {"https://app.acme.io", "https://app-a.acme.io", {TIER_OWNER, CLASS_SUBDOMAIN, NO}},
        {"https://app.acme.io", "https://algin.acme.io", {TIER_OWNER, CLASS_SUBDOMAIN, NO}},
        {"https://*.customer1.example.org",
         "https://app.customer02.example.org",
         {TIER_OWNER, CLASS_SUBDOMAIN, NO}},
        /* Something of what is meant is in it, in no way that has a name. */
        {"https://example.com", "https://example-com.at", {TIER_STRANGER, CLASS_OTHER, NO}},
        {"https://app.acme.io", "https://aacme-io.net", {TIER_STRANGER, CLASS_OTHER, NO}},
        {"https://app.acme.io", "https://app.ac77me.io", {TIER_STRANGER, CLASS_OTHER, NO}},
        {"https://console.acme.io", "https://con", {TIER_NETWORK, CLASS_OTHER, YES}},
        {"https://x.example.com", "https://x-y.net", {TIER_STRANGER, CLASS_OTHER, NO}},
        /* A public suffix and a letter are nothing of it. */
        {"https://x.example.com", "https://evilx.com", {TIER_STRANGER, CLASS_REFLECTED, NO}},
        {"https://app.acme.io", "https://apricot.io", {TIER_STRANGER, CLASS_REFLECTED, NO}},
        {"https://example.com", "https://evil.example", {TIER_STRANGER, CLASS_REFLECTED, NO}},
        {"https://example.com", "https://exampleecom", {TIER_NETWORK, CLASS_ANY_CHARACTER, YES}},
    };
    struct public_suffixes *suffixes = public_suffixes_open();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct intent intent = {0};
        struct intent_error error;
        assert_true(intent_add(&intent, bytes(rows[i].entry), &error));
        assert_true(origin_sendable(bytes(rows[i].origin), PROFILE_BROWSER));
        assert_false(intent_holds(&intent, bytes(rows[i].origin)));
        const struct kind_of_witness kind =
            kind_of_witness(&intent, bytes(rows[i].origin), suffixes);
        if (kind.tier != rows[i].kind.tier || kind.class != rows[i].kind.class ||
            kind.no_certificate != rows[i].kind.no_certificate)
            fail_msg("%s for %s: %s, %s, %d", rows[i].origin, rows[i].entry, tier_words[kind.tier],
                     bypass_class_words[kind.class], kind.no_certificate);
        intent_free(&intent);
    }
    public_suffixes_close(suffixes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
