/* The subcommands: each is one file of this folder, named after it, and one function. They get the
 * arguments that follow `corsim NAME` (argv[0] is NAME) and return the exit status. */
#ifndef CORSIM_COMMANDS_H
#define CORSIM_COMMANDS_H

/* The same in every command. */
enum exit_status {
    EXIT_HOLDS = 0,       /* allowed, passed, no finding, proven */
    EXIT_DOES_NOT = 1,    /* blocked, mismatch, finding, bypass */
    EXIT_USAGE = 2,       /* wrong flags or malformed input */
    EXIT_UNREACHABLE = 3, /* the server could not be reached */
    EXIT_UNDECIDED = 4,
};

int command_check(int argc, char **argv);
int command_run(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_har(int argc, char **argv);
int command_session(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_prove(int argc, char **argv);
int command_verify_certificate(int argc, char **argv);
/* The exit status for the certificate in a file; in words what it says, or why it does not hold. */
struct complaint;
int verify_certificate(const char *path, struct complaint *complaint);
int command_fuzz(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_table(int argc, char **argv);

#endif
