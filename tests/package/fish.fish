# fish.fish WORD...: what the completion for fish offers for a command line that ends in the last
# word, one a line. Run in the folder of the sources, with corsim in PATH.
source package/completions/corsim.fish
complete -C(string join ' ' -- corsim $argv) | string replace -r '\t.*' ''
