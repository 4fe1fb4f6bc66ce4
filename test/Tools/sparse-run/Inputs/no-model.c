/* A library, but none of ours. */
int answer(void) { return 42; }
