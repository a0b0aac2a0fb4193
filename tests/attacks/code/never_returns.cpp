namespace lab {

void attack() {
  for (volatile bool on = true; on;) {
  }
}

}  // namespace lab
