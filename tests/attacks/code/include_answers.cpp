#include "{REFERENCE}/manifest.json"
