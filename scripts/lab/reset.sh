# Brings a step's stubs back as they were handed out.

reset() {
  if [ $# -ne 1 ] || ! is_step "$1"; then
    usage "reset takes the step whose stubs you want back, like step0; the steps are $steps"
  fi
  folder_of "$1"
  stubs=$root/testing/stubs/$folder
  folder=$root/labs/$folder
  [ -d "$stubs" ] || fail "$stubs is missing; is this copy complete?"
  now=$(date +%Y-%m-%dT%H-%M-%S)
  changed=''
  # Files of the student's own go, too: they may hold what the stubs define.
  for file in "$folder"/*.cpp; do
    name=${file##*/}
    if [ ! -f "$file" ] || cmp -s "$file" "$stubs/$name"; then continue; fi
    cp -p "$file" "$file.$now.bak"  # ends in .bak, so that CMake doesn't take it for a source
    [ -f "$stubs/$name" ] || rm "$file"
    say "kept  labs/${folder##*/}/$name.$now.bak"
    changed=yes
  done
  for stub in "$stubs"/*; do
    file=$folder/${stub##*/}
    cmp -s "$stub" "$file" && continue
    cp "$stub" "$file.new" && mv "$file.new" "$file"  # at once, whatever happens
    say "reset labs/${folder##*/}/${stub##*/}"
    changed=yes
  done
  [ -n "$changed" ] || say "$1 is as it was handed out"
}
