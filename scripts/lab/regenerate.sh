# Reference data, made anew from PyTorch and transformers.

regenerate() {
  . "$parts/python.sh"
  install_python_packages requirements.txt
  "$venv/bin/python" "$root/scripts/regenerate_reference_data.py" "$@"
}
