# Which step a case belongs to.

# find_case COMMAND CASE: sets n to the step whose tests hold the case that COMMAND is about. A step that doesn't compile
# can't be it, unless it is the only one that is left to ask.
find_case() {
  case $#,${2:-} in
    2,?*) ;;
    *) usage "$1 takes one case, like RmsNorm.EpsilonMatters; ./lab stepN names those that fail" ;;
  esac
  case_name=$2
  need_configured student
  cases='' broken=''
  for n in $steps; do
    if ! build student "labs_step${n}_tests" 2>/dev/null; then
      broken="$broken step$n"
      continue
    fi
    own=$("$builds/student/labs_step${n}_tests" --gtest_list_tests |
      awk '/^[^ ].*\.$/ { suite = $1; next } /^  / { print suite $1 }')
    case "
$own
" in
      *"
$case_name
"*) return ;;
    esac
    cases="$cases
$own"
  done
  near=$(printf '%s\n' "$cases" | near_matches "$case_name" | awk 'NR > 1 { printf ", " } { printf "%s", $0 }')
  [ -z "$broken" ] || broken=" (not asked, since they don't compile:$broken)"
  fail "no case is named $case_name${near:+; near it: $near}$broken"
}

# The five names on standard input that share most with the given one: a part of it, or its beginning.
near_matches() {
  awk -v wanted="$1" '
    BEGIN { wanted = tolower(wanted); part = wanted; sub(/^[^.]*\./, "", part) }
    NF {
      name = tolower($0)
      for (same = 0; same < length(wanted) && substr(name, same + 1, 1) == substr(wanted, same + 1, 1);) ++same
      if (part != "" && index(name, part)) same += 100
      if (same > 2) print same "\t" $0
    }' | sort -rn | head -n 5 | cut -f 2
}
