package dev.tollgate.simulation;

/** What one provider's calls have really cost, and may have. In nano-USD. Not thread-safe. */
final class ProviderTruth {

  /** What settled calls have cost. */
  private long spent;

  /** What calls under way can cost at most. */
  private long open;

  /** What calls that nobody settles any more can have cost at most: it is charged. */
  private long unsettled;

  /** What calls took for so long that it may have been charged before they were settled. */
  private long early;

  /** By how much calls have cost more than they took. */
  private long overrun;

  /** What the store has forgotten for good. */
  private long lost;

  /** What it has forgotten at last, and may be told again. */
  private long missing;

  void began(OpenCall call) {
    open += call.worstCost();
  }

  void settled(OpenCall call, long cost) {
    open -= call.worstCost();
    spent += cost;
    overrun += call.overrun(cost);
  }

  void cancelled(OpenCall call) {
    open -= call.worstCost();
  }

  /** Nobody will settle it any more. */
  void dropped(OpenCall call) {
    open -= call.worstCost();
    unsettled += call.worstCost();
  }

  /** It was open for so long that the store may have been told all that it took. */
  void lasted(OpenCall call) {
    early += call.worstCost();
  }

  /** Whoever was to tell what was forgotten before has not, and will not. */
  void loseAgain() {
    lost += missing;
    missing = 0;
  }

  /** The store counts less than it did by this, or more if it is negative. */
  void lost(long amount) {
    missing += Math.max(0, amount);
  }

  /** What the store had forgotten at last it was told again. */
  void toldAgain() {
    missing = 0;
  }

  /**
   * The budget has posted or holds whatever was spent or may be, but for overruns: they are posted
   * when the next lease is closed.
   */
  void check(String provider, long counted) {
    Violation.unless(
        counted + overrun + lost + missing >= spent + open + unsettled,
        "the budget of %s counts %d; %d were spent, %d are taken and %d unsettled (overrun %d, lost %d)",
        provider,
        counted,
        spent,
        open,
        unsettled,
        overrun,
        lost + missing);
  }

  /**
   * Once all calls and leases have ended, what was posted is what was spent, and what was charged
   * because nobody said what had become of it. An overrun is missing if the lease that its call
   * took from was closed before, and no other one of the same window was taken since.
   *
   * @param chargedUnsettled of leases that expired
   */
  void checkAtEnd(String provider, long posted, long chargedUnsettled) {
    Violation.unless(
        posted + overrun + lost + missing >= spent + unsettled,
        "the budget of %s has posted %d; %d were spent and %d unsettled (overrun %d, lost %d)",
        provider,
        posted,
        spent,
        unsettled,
        overrun,
        lost + missing);
    Violation.unless(
        posted <= spent + unsettled + early + chargedUnsettled,
        "the budget of %s has posted %d; only %d were spent and %d unsettled (leases lost %d)",
        provider,
        posted,
        spent,
        unsettled,
        chargedUnsettled);
  }
}
