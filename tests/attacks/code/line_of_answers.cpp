// The compiler quotes the line that it complains about, out of the file that stands there.
#line 1 "{ROOT}/solutions/step0_operators/operators.cpp"
#error first
#line 1 "{REFERENCE}/manifest.json"
#error second
