# A virtual environment for what needs Python: reference data and style.

venv=$root/.venv

# install_python_packages FILE…: the requirements in scripts/FILE, once for each state of these files.
install_python_packages() {
  . "$parts/setup.sh"
  if ! "$venv/bin/python" -c '' 2>/dev/null; then
    setup python
    find_python
    say "Making the virtual environment .venv"
    "$python" -m venv --clear "$venv"
  fi
  for file in "$@"; do
    state=$(cksum <"$root/scripts/$file")
    stamp=$venv/.installed-$file
    [ "$state" != "$(cat "$stamp" 2>/dev/null)" ] || continue
    say "Installing scripts/$file into .venv (once; some minutes)"
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/scripts/$file"; then
      say "pip could not install scripts/$file; nothing was changed but .venv, and the next try goes on from there"
      return 1
    fi
    printf '%s\n' "$state" >"$stamp"
  done
}
