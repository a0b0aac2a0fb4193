struct alignas(1 << 28) Wide {
  char bytes[1 << 28];
};
Wide wide = {{1}};
