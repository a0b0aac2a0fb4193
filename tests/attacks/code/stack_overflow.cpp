namespace lab {

void attack() {
  volatile char page[4096];
  page[0] = 1;
  attack();
  page[1] = page[0];
}

}  // namespace lab
