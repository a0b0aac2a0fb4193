#include "{ROOT}/solutions/step0_operators/operators.cpp"
