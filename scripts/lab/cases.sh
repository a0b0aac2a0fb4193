# Which step a case belongs to.

# Sets n to the step whose tests hold the case. A step that doesn't compile can't be the one that is debugged,
# unless it is the only one that is left to ask.
find_case() {
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
$1
"*) return ;;
    esac
    cases="$cases
$own"
  done
  near=$(printf '%s\n' "$cases" | near_matches "$1" | awk 'NR > 1 { printf ", " } { printf "%s", $0 }')
  [ -z "$broken" ] || broken=" (not asked, since they don't compile:$broken)"
  fail "no case is named $1${near:+; near it: $near}$broken"
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
