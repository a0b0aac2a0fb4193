char huge[10UL << 30];

[[gnu::constructor]] void touch() { huge[sizeof huge / 2] = 1; }
