#include "Lowering.h"
void sopt::populateQuantizationLowerings(LoweringSet &set) {}
