/* corsim: finds the subcommand and leaves the rest to it (commands.h). No standard applies.
 * Invariant: what a command wrote to standard output has arrived there, or the exit status says
 * that it has not. */
#include "commands.h"
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"check", command_check, "do what a browser would do, on the network, and say why"},
    {"run", command_run, "run cases and compare"},
    {"explain", command_explain, "walk through a case step by step"},
    {"har", command_har, "explain the cross-origin requests that a browser recorded"},
    {"session", command_session, "a scriptable browser: JSON Lines in, JSON Lines out"},
    {"audit", command_audit, "look for what is wrong with a server's CORS"},
    {"prove", command_prove, "the shortest bypass of an origin pattern, or a proof of none"},
    {"verify-certificate", command_verify_certificate, "check a certificate of prove by itself"},
    {"fuzz", command_fuzz, "hunt for origins that a validator lets in and should not"},
    {"serve", command_serve, "play a case's responses on loopback"},
    {"table", command_table, "print a spec table or a decision table"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void help(FILE *stream)
{
    struct output output = output_to(stream, COLOUR_AUTO);
    output_format(&output, "corsim says what a browser does with a cross-origin request, at which "
                           "step of\nthe standard it is decided, and what to change.\n\n");
    output_styled(&output, STYLE_STRONG, "Usage:");
    output_format(&output, " corsim COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        output_styled(&output, STYLE_NAME, "  %-20s", commands[i].name);
        output_format(&output, "%s\n", commands[i].summary);
    }
    output_format(&output, "\n  corsim COMMAND --help    its options, with an example\n"
                           "  corsim --version         which corsim this is\n\n");
    output_styled(&output, STYLE_STRONG, "Example:");
    output_format(&output, "\n  corsim check https://api.example.com/me --origin "
                           "https://app.example.com -X PUT\n");
}

static int refuse(const char *given)
{
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    const char *nearest = nearest_word(bytes_of(given), names, COMMANDS);
    fprintf(stderr, "corsim: there is no command %s", escaped_string(given));
    if (nearest != NULL)
        fprintf(stderr, "; did you mean %s?", nearest);
    fprintf(stderr, "\nSee: corsim --help\n");
    return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("corsim %s\n", cors_version());
        return EXIT_HOLDS;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return EXIT_HOLDS;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return refuse(argv[1]);
}

int main(int argc, char **argv)
{
    int status = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "corsim: cannot write: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    return status;
}
