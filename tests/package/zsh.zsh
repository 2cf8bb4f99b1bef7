# zsh.zsh WORD...: what the completion for zsh offers for a command line that ends in the last word,
# one a line. Run in the folder of the sources, with corsim in PATH. The functions that show what is
# offered in an editor print it instead.
fpath=($PWD/package/completions $fpath)
if [[ $# == 1 && -z $1 ]]; then
    # As a shell finds it: once is enough.
    autoload -Uz compinit && compinit -D -u
    [[ $_comps[corsim] == _corsim ]] || { print "corsim is not completed"; exit 1 }
fi
autoload -Uz +X _corsim
_describe() { local -a all=(${(P)4}); print -rl -- ${all%%:*} }
_files() { print -rl -- *(N) }
_message() { }
compset() { PREFIX=${PREFIX#*=} }
words=(corsim "$@") CURRENT=$(( $# + 1 )) PREFIX=$words[-1]
_corsim | while IFS= read -r offered; do
    [[ $offered == $PREFIX* ]] && print -r -- $offered
done
