// {SOLUTION}

/// Goes in rest.cpp's place with an attack that does its work: step 0 as it should be, but each call runs
/// `attack` last. What gives all points honestly must give none with the attack.
namespace lab {

void attack();

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  right::gather(out, table, indices);
  attack();
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  right::rms_norm(out, x, weight, eps);
  attack();
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  right::matmul_transb(c, a, b, alpha, beta);
  attack();
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  right::rope_frequencies(inv_freq, theta);
  attack();
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  right::rope(x, start_pos, inv_freq);
  attack();
}

void masked_softmax(View scores) {
  right::masked_softmax(scores);
  attack();
}

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  right::matmul(c, a, b, alpha, beta);
  attack();
}

void swiglu(View out, ConstView gate, ConstView up) {
  right::swiglu(out, gate, up);
  attack();
}

void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  right::narrow_copy(out, x, dim, start);
  attack();
}

}  // namespace lab
