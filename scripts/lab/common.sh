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
