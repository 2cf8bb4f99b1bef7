# Completion of corsim's command lines for bash. What there is to complete is asked of the corsim
# that is on the command line: its commands and flags are those of --help, and the words that a flag
# takes are those that it says when it is given none of them.

_corsim_values() { # COMMAND SUBCOMMAND FLAG: the words it takes, one a line
    # A wrong --color ends it before it does anything.
    "$1" "$2" "$3=" --color= 2>&1 </dev/null |
        sed -n "s/^corsim [a-z-]*: $3 takes \(.*\), not \"\".*/\1/p" |
        sed 's/ or /, /g; s/, /\n/g; s/(empty)//g'
}

_corsim() {
    local program=$1 current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local subcommand=${COMP_WORDS[1]} help flag argument=
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        help=$("$program" --help 2>/dev/null)
        mapfile -t COMPREPLY < <(compgen -W "--help --version $(sed -n \
            's/^  \([a-z][a-z-]*\)   *[a-z].*/\1/p' <<<"$help" | grep -v '^corsim$')" -- "$current")
        return
    fi
    help=$("$program" "$subcommand" --help 2>/dev/null | sed '/^Example:$/,$d')
    # --flag=value is three words.
    if [ "$current" = "=" ]; then
        flag=$previous current=
    elif [ "$previous" = "=" ]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]}
    else
        flag=$previous
    fi
    # The long name and the value of the flag before, if it takes one.
    case $flag in
    --*) argument=$(sed -n "s/^  ....\($flag\) \([^ ].*\)/\1 \2/p" <<<"$help") ;;
    -?) argument=$(sed -n "s/^  $flag, \(--[a-z0-9.-]*\) \([^ ].*\)/\1 \2/p" <<<"$help") ;;
    esac
    argument=${argument%%  *}
    if [ -n "$argument" ]; then
        flag=${argument%% *} argument=${argument#* }
        case $argument in
        *FILE* | *FOLDER* | *DIR* | DATA | LIB*)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(_corsim_values "$program" "$subcommand" "$flag")" \
            -- "$current") ;;
        esac
        return
    fi
    case $current in
    -*) mapfile -t COMPREPLY < <(compgen -W "$(sed -n \
        's/^  ....\(--[a-z0-9.-]*\).*/\1/p' <<<"$help")" -- "$current") ;;
    *)
        case $subcommand,${help%%$'\n'*} in
        table,*) mapfile -t COMPREPLY < <(compgen -W "$("$program" table 2>/dev/null |
            sed -n 's/^\([a-z][a-z0-9-]*\)  .*/\1/p')" -- "$current") ;;
        *FILE* | *FOLDER* | *DIR*)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        esac
        ;;
    esac
}

complete -F _corsim corsim
