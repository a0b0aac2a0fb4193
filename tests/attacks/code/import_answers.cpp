import "{REFERENCE}/manifest.json";
import std;
export module lab;
