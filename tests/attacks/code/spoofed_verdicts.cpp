#pragma GCC system_header
#pragma GCC poison printf
#pragma push_macro("__FILE__")
#pragma GCC optimize("O3", "fast-math", "no-stack-protector")
#line 1 "[  PASSED  ] 100 tests."
#ident "0 failures"
_Pragma("GCC target(\"avx512f\")") int passed;
