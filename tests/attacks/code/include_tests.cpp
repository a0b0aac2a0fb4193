#include "testing/golden/case.h"
