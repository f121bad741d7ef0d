package dev.tollgate.simulator;

import dev.tollgate.Money;

/**
 * What became of some of the calls. Amounts are nano-USD.
 *
 * <p>Not thread-safe.
 */
final class Tally {

  /** What becomes of a call. */
  enum Verdict {
    ADMITTED,
    RESTRICTED,
    REFUSED
  }

  private long admitted;
  private long restricted;
  private long refused;
  private long spent;
  private long demand;

  /**
   * Counts a call.
   *
   * @param cost what it costs if it is not restricted
   * @throws ArithmeticException when all costs together are above 9.2 billion dollars
   */
  void count(Verdict verdict, long cost) {
    switch (verdict) {
      case ADMITTED -> admitted++;
      case RESTRICTED -> restricted++;
      case REFUSED -> refused++;
    }
    demand = Math.addExact(demand, cost);
  }

  /** Adds what a call did cost. */
  void spend(long cost) {
    spent = Math.addExact(spent, cost);
  }

  long calls() {
    return admitted + restricted + refused;
  }

  long admitted() {
    return admitted;
  }

  long restricted() {
    return restricted;
  }

  long refused() {
    return refused;
  }

  long spent() {
    return spent;
  }

  long demand() {
    return demand;
  }

  /** What was spent, as a decimal number of dollars. */
  String spentUsd() {
    return usd(spent);
  }

  /** What all calls cost if none is restricted or refused, as a decimal number of dollars. */
  String demandUsd() {
    return usd(demand);
  }

  private static String usd(long nanoUsd) {
    return Money.usd(nanoUsd).toPlainString();
  }
}
