# Writes a file where at most 16 KiB may be written, and shows what is left.
#
# usage: try.sh SPARSE-OPT MODEL FOLDER EXTENSION OPTIONS...
tool=$1 model=$2 folder=$3 output=$3/out$4
shift 4
echo "the old file" >"$output"
(
  ulimit -f 16
  "$tool" "$model" "$@" --quiet -o "$output" 2>&1
  echo "exit code $?"
)
cat "$folder"/out*
rm "$folder"/out*
