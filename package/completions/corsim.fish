# Completion of corsim's command lines for fish. What there is to complete is asked of the corsim
# that is on the command line: its commands and flags, with what they do, are those of --help, and
# the words that a flag takes are those that it says when it is given none of them.

function __corsim_commands
    set -l program (commandline -opc)[1]
    $program --help 2>/dev/null | string replace -rf '^  ([a-z][a-z-]*)  +([a-z].*)$' '$1\t$2' |
        string match -rv '^corsim'
end

# What comes before the examples.
function __corsim_help
    set -l words (commandline -opc)
    $words[1] $words[2] --help 2>/dev/null | sed '/^Example:$/,$d'
end

# The flag before that waits for its value: its long name and what the value is called.
function __corsim_waiting
    set -l words (commandline -opc)
    set -l flag $words[-1]
    string match -qr '^-' -- $flag; or return 1
    set -l name (string escape --style=regex -- $flag)
    set -l line (__corsim_help | string match -r "^  (?:$name, --|(?:-., |    )$name ).*")
    test -n "$line"; or return 1
    string replace -rf '^  (?:-., |    )(--[^ ]+) (\S+(?: \S+)*).*$' '$1\n$2' -- $line[1]
end

function __corsim_values
    set -l words (commandline -opc)
    set -l waiting (__corsim_waiting)
    # A wrong --color ends it before it does anything.
    $words[1] $words[2] $waiting[1]= --color= 2>&1 </dev/null |
        string replace -rf "^corsim [a-z-]*: $waiting[1] takes (.*), not \"\".*" '$1' |
        string replace -a ' or ' ', ' | string split ', ' | string match -v '(empty)'
end

function __corsim_waits_for_file
    set -l waiting (__corsim_waiting); or return 1
    string match -qr 'FILE|FOLDER|DIR|^DATA$|^LIB' -- $waiting[2]
end

function __corsim_flags
    __corsim_help | string replace -rf '^  (?:-., |    )(--[^ ]+)(?: \S+)*(?:  +(.*))?$' '$1\t$2'
end

function __corsim_takes_files
    __corsim_help | head -n 1 | string match -qr 'FILE|FOLDER|DIR'
end

function __corsim_tables
    set -l program (commandline -opc)[1]
    $program table 2>/dev/null | string replace -rf '^([a-z][a-z0-9-]*)  .*' '$1'
end

function __corsim_wants_flag
    string match -q -- '-*' (commandline -ct); and not __corsim_waiting >/dev/null
end

function __corsim_has_command
    test (count (commandline -opc)) -ge 2
end

function __corsim_is_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

complete -c corsim -f
complete -c corsim -n 'not __corsim_has_command' -a '(__corsim_commands)'
complete -c corsim -n 'not __corsim_has_command' -a '--help --version'
complete -c corsim -n '__corsim_has_command; and __corsim_waiting >/dev/null' -a '(__corsim_values)'
complete -c corsim -n '__corsim_has_command; and __corsim_waits_for_file' -F
complete -c corsim -n '__corsim_has_command; and __corsim_wants_flag' -a '(__corsim_flags)'
complete -c corsim -n '__corsim_is_command table' -a '(__corsim_tables)'
complete -c corsim -n '__corsim_has_command; and not __corsim_waiting >/dev/null; and __corsim_takes_files' -F
