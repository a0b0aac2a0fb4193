#define SAY _Pragma("message(\"lab_attack lab_attack lab_attack lab_attack lab_attack lab_attack\")")
#define A(x) x x x x x x x x
SAY A(A(A(A(A(A(SAY))))))
