# Tests of a step, and how far all of them are.

# test_step stepN [--with-reference STEPS] [--filter NAME]
test_step() {
  step=$1
  shift
  implementation=labs filter='*'
  while [ $# -gt 0 ]; do
    case $1 in
      --filter=* | --with-reference=*)
        option=${1%%=*} value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        continue
        ;;
      --filter)
        [ $# -ge 2 ] || usage "--filter needs a name, like RmsNorm"
        case $2 in
          *[*?]*) filter=$2 ;;
          *) filter="*$2*" ;;
        esac
        ;;
      --with-reference) with_reference student "${2:-}" ;;
      *) usage "$step takes --filter NAME and --with-reference STEPS, not $1" ;;
    esac
    shift 2
  done
  refuse_foreign_includes
  warn_of_what_is_left_out
  build student "${implementation}_${step}_tests" "${implementation}_${step}_tests_alone" || return 1
  program=$builds/student/${implementation}_${step}_tests unsound=''
  if [ "$step" != "step${steps%% *}" ]; then
    "$program" --if-passed "--gtest_filter=$filter" && return
    find_unsound_steps
  fi
  code=0
  "$program" --brief "--gtest_filter=$filter" || code=1
  for n in $unsound; do
    echo "Step $n, which this one stands on, has cases that do not pass, so no mistake is named: mend them first (./lab step$n)."
  done
  return $code
}

# It would build here, but not where the step is graded, which is by itself.
refuse_foreign_includes() {
  folder_of "$step"
  found=$(cd "$root" && grep -nsE \
    '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]([^">]*step[0-9][^">]*\.cpp|([^">]*/)?(testing|tests|solutions|grading)/)' \
    "labs/$folder"/*.cpp "labs/$folder"/*.h) || return 0
  fail "a step may include the kit, contracts and headers of its own folder, not this: $found"
}

# One line for each file that a build here takes and grading doesn't: grading/grade/unpack.py says which it takes.
warn_of_what_is_left_out() {
  (
    cd "$root/labs/$folder" || return
    included=$(find . -type f -name '*.[ch]*' -exec grep -hE '^[[:space:]]*#[[:space:]]*include' {} +) || :  # none
    find . -type f | while IFS= read -r file; do
      file=${file#./}
      case $included in *"${file##*/}"[\"\>]*) used=yes ;; *) used='' ;; esac
      case $(printf '%s' "$file" | LC_ALL=C tr '\200-\377' a) in
        */*/* | kit/* | [.\ -]* | */[.\ -]* | *\ /* | *[!A-Za-z0-9_./\ -]*) ;;
        *.cpp | *.cc | *.cxx | *.c | *.h | *.hpp | *.hh | *.hxx | *.inl | *.ipp | *.tpp | *.inc | *.def) continue ;;
      esac
      case $file in *.cpp) used=yes ;; esac
      [ -z "$used" ] || say "labs/$folder/$file is left out where the step is graded: name it plainly, with an ending like .h or .cpp, in the step's folder or in one folder there"
    done
  )
}

# A mistake in an earlier step shows in all that stand on it, and looks like one of theirs.
find_unsound_steps() {
  for n in $steps; do
    [ "$n" -lt "${step#step}" ] || break
    lower=${implementation}_step${n}_tests
    build student "$lower" 2>/dev/null || continue
    "$builds/student/$lower" --if-passed >/dev/null 2>&1 || unsound="$unsound $n"
  done
  if [ -n "$unsound" ] && [ "${LAB_HINTS:-name}" = name ]; then export LAB_HINTS=locate; fi
}

status() {
  [ $# -eq 0 ] || usage "status takes no arguments"
  need_configured student
  # All at once is quickest; if that fails, each alone tells which it was.
  all_built=yes
  set --
  for n in $steps; do set -- "$@" "labs_step${n}_tests"; done
  build student "$@" 2>/dev/null || all_built=
  broken=''
  for n in $steps; do
    if [ -n "$all_built" ] || { [ -z "$broken" ] && build student "labs_step${n}_tests" 2>/dev/null; }; then
      "$builds/student/labs_step${n}_tests" --status || :
    elif [ -z "$broken" ]; then
      broken=step$n
      printf 'step%s  does not compile: ./lab step%s shows why\n' "$n" "$n"
    else
      printf 'step%s  waits for %s, which it is linked with\n' "$n" "$broken"
    fi
  done
}
