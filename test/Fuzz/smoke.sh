# Runs a fuzz target for 20 seconds, from inputs that are made anew.
#
# usage: smoke.sh PYTHON KIND FUZZER ROOT FOLDER
python=$1 kind=$2 fuzzer=$3 root=$4 folder=$5
rm -rf "$folder" && mkdir -p "$folder"
"$python" "$(dirname "$0")/corpus.py" "$kind" "$root" "$folder/corpus" >/dev/null || exit 1
# They are named by hashes: the first are a fair choice, read in a second.
find "$folder/corpus" -type f | sort | tail -n +201 | xargs -r rm
# Without coverage no input is news: all are kept to be mutated.
# The seed is fixed: a check fails for a change of ours, not by chance.
"$fuzzer" -seed=1 -keep_seed=1 -max_total_time=20 -max_len=16384 -timeout=30 -rss_limit_mb=4096 \
  -artifact_prefix="$folder/" "$folder/corpus" >"$folder/log" 2>&1 && exit
tail -n 50 "$folder/log"
exit 1
