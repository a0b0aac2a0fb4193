# A copy for students: builds and tests by itself, without solutions, mutants and what gives them away.

# handout OUT [--solutions-through N] [--vendored]
handout() {
  out='' through=-1 vendored=''
  while [ $# -gt 0 ]; do
    case $1 in
      --solutions-through)
        is_step "step${2:-}" || usage "--solutions-through takes one of the steps $steps, not '${2:-}'"
        through=$2
        shift
        ;;
      --vendored) vendored=yes ;;
      -*) usage "handout takes OUT, --solutions-through N and --vendored, not $1" ;;
      *) [ -z "$out" ] || usage "handout takes one folder"; out=$1 ;;
    esac
    shift
  done
  [ -n "$out" ] || usage "handout takes the folder to write, which must not exist yet"
  [ ! -e "$out" ] || fail "$out is there already; name a folder that does not exist yet"
  [ -d "$root/solutions" ] || fail "this is a student's copy; hand out from the whole kit"
  git -C "$root" rev-parse --git-dir >/dev/null 2>&1 || fail "handing out needs the kit as a git clone: it copies what git knows"

  mkdir -p "$out.new"
  new=$(CDPATH='' cd -- "$out.new" && pwd)
  trap 'rm -rf "$new"' EXIT
  copy_kit
  record_story || fail "the story for ./lab demo can't be recorded"
  [ -z "$vendored" ] || vendor
  list_of_owned_files "$new" >"$new/handout.sha256"
  mv "$new" "$out"
  trap - EXIT
  say "$out: $(find "$out" -type f | wc -l | tr -d ' ') files. Students begin with its README.md; ./lab update brings them later versions."
}

# Everything but what must be made or fetched, to $new.
copy_kit() {
  kit_files | while IFS= read -r file; do
    if belongs_to_students "$file"; then copy_file "$file" "$file"; fi
  done
  for stub in "$root"/testing/stubs/*/*.cpp; do  # also where somebody has worked in labs/
    copy_file "${stub#"$root/"}" "labs/${stub#"$root/testing/stubs/"}"
  done
  copy_file docs/handout/AGENTS.md AGENTS.md
  for language in '' .zh-CN; do student_readme "$language" >"$new/README$language.md"; done
}

kit_files() { (cd "$root" && git ls-files); }

# What a student needs. Everything else, above all what knows the answers, stays here.
belongs_to_students() {
  case $1 in
    solutions/step[0-9]_*) step=${1#solutions/step}; [ "${step%%_*}" -le "$through" ] ;;
    README*.md | ARCHITECTURE.md | CHANGELOG.md | LICENSE | lab | CMakeLists.txt | CMakePresets.json) ;;
    .clang-format | .clangd | .editorconfig | .gitignore | .vscode/* | .devcontainer/*) ;;
    docs/architecture.svg | cmake/* | kit/* | testing/* | apps/* | labs/*) ;;
    tests/*/*) return 1 ;;
    tests/CMakeLists.txt | tests/step[0-9]_*) ;;
    reference_data/step[0-9]*.safetensors | reference_data/README.md | reference_data/models/story/*) ;;
    scripts/gdb_tensor_printers.py) ;;
    scripts/lab/grade.sh | scripts/lab/handout.sh | scripts/lab/mutants.sh | scripts/lab/regenerate.sh | scripts/lab/python.sh) return 1 ;;
    scripts/lab/selftest.sh) return 1 ;;
    scripts/lab/*) ;;
    *) return 1 ;;
  esac
}

copy_file() {
  target=$new/$2
  [ -d "${target%/*}" ] || mkdir -p "${target%/*}"
  cp "$root/$1" "$target"
}

# The README with a beginning of its own, and without what a student's copy lacks.
student_readme() {
  cat "$root/docs/handout/begin$1.md"
  sed -n '/^## /,$p' "$root/README$1.md" | grep -v -e 'docs/grading\.md' -e 'CONTRIBUTING\.md'
}

# What the reference solution tells, for copies without it.
record_story() {
  [ ! -d "$new/solutions/step3_generate" ] || return 0
  . "$parts/build.sh"
  . "$parts/generate.sh"
  demo >"$new/reference_data/models/story/recorded.txt"
}

# Sources of the libraries, at the versions that CMake would fetch.
vendor() {
  sed -n 's/^lab_fetch_unless(\([^ ]*\) \([^ ]*\) \([^ ]*\) \([^ ]*\))$/\2 \3 \4/p' "$root/cmake/dependencies.cmake" |
    while read -r name tag repository; do
      say "third_party/$name: $tag"
      git -c advice.detachedHead=false clone -q --depth 1 --branch "$tag" "$repository" "$new/third_party/$name" ||
        fail "$repository at $tag can't be fetched; --vendored needs the network"
      # A build needs neither, and they are most of it.
      find "$new/third_party/$name" -type d \( -name '.git*' -o -name test -o -name tests -o -name testdata -o -name doc -o -name docs \) \
        -prune -exec rm -rf {} +
    done
}

# SHA-256 and path of each file that ./lab update may replace: all but the student's own.
list_of_owned_files() {
  (cd "$1" && find . -type f ! -path './labs/*/*.cpp' ! -path './build/*' ! -name handout.sha256 | sed 's|^\./||' | LC_ALL=C sort |
    xargs cmake -E sha256sum)
}
