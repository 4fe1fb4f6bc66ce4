# Completion of the options of sparse-opt and sparse-run, which are those that
# --help tells, so that it is never out of date.

# _sparse_opt_words OPTION: the values of an option, or without one all options.
_sparse_opt_words() {
  "$1" --help 2>/dev/null | awk -v option="$2" '
    /^ *--/ { current = $1; sub(/[=<].*/, "", current) }
    # Deeper ones are the options of a pass.
    option == "" && /^(  |      )--/ { print current (($1 ~ /=/) ? "=" : "") }
    option != "" && current == option && /^ *=/ { print substr($1, 2) }'
}

_sparse_opt() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option=
  # Bash makes "--target=c" three words.
  if [ "$word" = = ]; then
    option=$before word=
  elif [ "$before" = = ]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  if [[ $option == --* || $word == -* ]]; then
    local words
    words=$(_sparse_opt_words "${COMP_WORDS[0]}" "$option")
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  fi
  # Files, where there is nothing better.
  if [ ${#COMPREPLY[@]} -eq 0 ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}

complete -o filenames -F _sparse_opt sparse-opt sparse-run
