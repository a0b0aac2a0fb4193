# A newer kit in a student's copy: replaces what the kit owns and nothing else.

# update NEW: the folder of a newer handout. handout.sha256 tells, here and there, which files are the kit's and
# how they were handed out; a file that was edited here stays, and the newer one is put beside it.
update() {
  [ $# -eq 1 ] || usage "update takes the folder of a newer handout"
  [ -f "$root/handout.sha256" ] || fail "this copy was not made by ./lab handout, so nobody knows which files are the kit's; use git"
  [ -f "$1/handout.sha256" ] || fail "$1 has no handout.sha256: expected a folder that ./lab handout has made"
  newer=$(CDPATH='' cd -- "$1" && pwd)
  [ "$newer" != "$root" ] || fail "$1 is this copy itself"
  have cmake || fail "update needs cmake; ./lab setup installs it"

  # Read before anything is changed: an update that was stopped half-way is simply done again.
  check_names "$newer/handout.sha256"
  check_names "$root/handout.sha256"
  broken=$(sums "$newer" "$newer/handout.sha256" | differing - "$newer/handout.sha256")
  [ -z "$broken" ] || fail "$newer/${broken%%
*} is not as it was handed out; get the handout again"

  work=$(mktemp -d) || fail "no temporary folder can be made"
  trap 'rm -rf "$work"' EXIT
  cat "$root/handout.sha256" "$newer/handout.sha256" | awk '!seen[$2]++' >"$work/both"
  sums "$root" "$work/both" >"$work/now"
  actions "$root/handout.sha256" "$newer/handout.sha256" "$work/now" >"$work/actions"
  while read -r action file; do
    case $action in
      replace | add) take "$file" "$file" ;;
      remove) rm "$root/$file" ;;
      beside)
        take "$file" "$file.new"
        say "kept  $file, which was changed here; the newer one is $file.new"
        ;;
      keep) say "kept  $file, which was changed here" ;;
    esac
  done <"$work/actions"
  take handout.sha256 handout.sha256
  say "updated: $(count replace) replaced, $(count add) new, $(count remove) removed, $(count beside) to look at; labs/*/*.cpp are yours and untouched"
}

# One line for each file that isn't the same already: what to do, and with which.
actions() {
  awk 'FILENAME == ARGV[1] { before[$2] = $1; files[$2] }
       FILENAME == ARGV[2] { newer[$2] = $1; files[$2] }
       FILENAME == ARGV[3] { now[$2] = $1 }
       END {
         for (file in files) {
           edited = file in now && now[file] != before[file]
           if (!(file in newer)) action = edited ? "keep" : file in now ? "remove" : ""
           else if (now[file] == newer[file]) action = ""
           else if (!edited) action = file in before ? "replace" : "add"
           else action = newer[file] == before[file] ? "keep" : "beside"
           if (action) print action, file
         }
       }' "$1" "$2" "$3" | LC_ALL=C sort
}

# In the kit's own folders, and no file of a student's; names of the kit's files hold no spaces.
check_names() {
  bad=$(awk '$0 !~ /^[0-9a-f]+  [A-Za-z0-9._\/-]+$/ || $2 ~ /^\/|(^|\/)\.\.?(\/|$)|\/\// || $2 ~ /^labs\/.*\.cpp$/ || $2 == "handout.sha256"' "$1")
  [ -z "$bad" ] || fail "$1 holds a line that no handout has: $bad"
}

# sums FOLDER LIST: what LIST's files have now, as LIST has it; of those that are there and no links.
sums() {
  (cd "$1" && awk '{ print $2 }' "$2" | while read -r file; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then printf '%s\n' "$file"; fi
  done | xargs cmake -E sha256sum)
}

# Files of the second list that the first has otherwise or not at all.
differing() { awk 'NR == FNR { sum[$2] = $1; next } sum[$2] != $1 { print $2 }' "$1" "$2"; }

count() { grep -c "^$1 " "$work/actions" || :; }

# take FROM TO: at once, whatever happens.
take() {
  mkdir -p "$root/$(dirname "$2")"
  cp -p "$newer/$1" "$root/$2.incoming" && mv "$root/$2.incoming" "$root/$2"
}
