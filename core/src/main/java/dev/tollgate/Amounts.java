package dev.tollgate;

/** One amount of each meter. */
record Amounts(long requests, long tokens, long costNanoUsd) {

  long of(Meter meter) {
    return switch (meter) {
      case REQUESTS -> requests;
      case TOKENS -> tokens;
      case COST -> costNanoUsd;
    };
  }
}
