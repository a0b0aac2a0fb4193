#include "{HONEST}/labs/step0_operators/operators.cpp"
