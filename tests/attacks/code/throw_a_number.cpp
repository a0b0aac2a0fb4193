namespace lab {

void attack() { throw 42; }

}  // namespace lab
