# What every command needs: the steps, and messages.

# Sets steps to the numbers, in order, of the folders labs/stepN_NAME that hold a step.json.
find_steps() {
  steps=''
  for description in "$root"/labs/step*/step.json; do
    [ -f "$description" ] || continue
    name=${description%/step.json}
    name=${name##*/}
    case $name in
      step[0-9]_?*) ;;
      *) fail "labs/$name: expected stepN_name with N from 0 to 9, since ctest's labels are regular expressions; rename it" ;;
    esac
    n=${name#step}
    n=${n%%_*}
    if is_step "step$n"; then
      folder_of "step$n"
      fail "labs/$folder and labs/$name are both step $n; give one of them another number"
    fi
    steps="$steps${steps:+ }$n"
  done
}

# is_step NAME: whether it is stepN of one of them.
is_step() {
  case $1 in step[0-9]) ;; *) return 1 ;; esac
  case $steps in *"${1#step}"*) ;; *) return 1 ;; esac
}

# folder_of stepN: sets folder to the name of the step's, which labs/, solutions/ and testing/stubs/ have alike.
folder_of() {
  for folder in "$root/labs/$1"_*/step.json; do break; done
  folder=${folder%/step.json}
  folder=${folder##*/}
}

# A step that a newer kit brought has no code here yet, since labs/*/*.cpp are the student's: she begins with the stubs.
bring_new_stubs() {
  for stubs in "$root"/testing/stubs/*; do
    folder=${stubs##*/}
    for file in "$root/labs/$folder"/*.cpp; do break; done
    if [ -f "$file" ] || [ ! -f "$root/labs/$folder/step.json" ]; then continue; fi
    cp "$stubs"/*.cpp "$root/labs/$folder/"
    say "new   labs/$folder, a step that this copy was without, as it is handed out"
  done
}

# Messages. What a command is asked for goes to standard output, what is said about it to standard error.

say() {
  worked
  printf '%s\n' "$*" >&2
}

fail() {
  say "lab: $*"
  exit 1
}

usage() {
  say "lab: $*"
  exit 2
}

# A line that a terminal shows until the work is done; nothing is left of it in a log.
working() { ! is_terminal || printf '\r\033[K%s …' "$*" >&2; }
worked() { ! is_terminal || printf '\r\033[K' >&2; }
is_terminal() { [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; }

have() { command -v "$1" >/dev/null 2>&1; }
