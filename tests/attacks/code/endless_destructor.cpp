struct Endless {
  ~Endless() {
    for (volatile bool on = true; on;) {
    }
  }
} endless;
