#define A(x) (((((((((((((((((((((((((((((((((x)))))))))))))))))))))))))))))))))
#define B(x) A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(x))))))))))))))))
#define C(x) B(B(B(B(B(B(B(B(B(B(B(B(B(B(B(B(x))))))))))))))))
#define D(x) C(C(C(C(C(C(C(C(C(C(C(C(C(C(C(C(x))))))))))))))))
int deep = D(D(D(D(1))));
