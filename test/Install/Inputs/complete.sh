# What bash offers for the last of the words that are the arguments.
source "$(dirname "${BASH_SOURCE[0]}")/../../../tools/completion/sparse-opt.bash"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_sparse_opt
printf '%s\n' "${COMPREPLY[@]}"
