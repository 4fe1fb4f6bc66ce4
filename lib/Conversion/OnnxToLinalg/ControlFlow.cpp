#include "Lowering.h"
void sopt::populateControlFlowLowerings(LoweringSet &set) {}
