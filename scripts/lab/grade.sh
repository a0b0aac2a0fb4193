# Grading: grading/grade/ does it, see docs/grading.md.

grade() {
  . "$parts/setup.sh"
  if [ "${1:-}" = seed ]; then
    . "$parts/python.sh"
    install_python_packages requirements.txt
    python=$venv/bin/python  # the data come from PyTorch and transformers
  else
    # shellcheck disable=SC2086 # a list of words
    setup $to_grade
    find_python
  fi
  PYTHONPATH=$root/grading exec "$python" -m grade "$@"
}
