package dev.tollgate.store;

/**
 * One counter after an operation.
 *
 * @param counter its name
 * @param posted what was settled in this window, what the bucket's level stands for, or what was
 *     counted over the span that a surge is flagged for, over the day if it is not
 * @param held what is reserved and not settled (quotas only; a bucket's level includes it)
 * @param exposure the most that what is held may turn out to be (quotas only)
 * @param remaining what is left of the limit or the bucket, or until the count is abnormal:
 *     negative above that
 * @param startMicros when the window or the flag began, or now for a bucket
 * @param endMicros when the window or the flag ends, or when the bucket will be full again
 * @param waitMicros how long until the request's amount would fit: 0 when it fits, {@link
 *     Store#NEVER} when it never will
 * @param crossedFrom notices crossed before this operation; for a surge, the number of the span
 *     that it was flagged for, from 1, or 0
 * @param crossedTo as {@code crossedFrom}, after this operation
 */
public record Balance(
    String counter,
    long posted,
    long held,
    long exposure,
    long remaining,
    long startMicros,
    long endMicros,
    long waitMicros,
    int crossedFrom,
    int crossedTo) {

  /** The balance of a bucket whose theoretical arrival time lies {@code level} after now. */
  public static Balance of(
      String counter, Bucket bucket, Bucket.Span level, long amount, long atMicros) {
    long used = bucket.amountOf(level);
    long full = atMicros + level.micros() + (level.remainder() > 0 ? 1 : 0);
    long wait = amount > bucket.capacity() ? Store.NEVER : bucket.waitMicros(level, amount);
    return new Balance(counter, used, 0, 0, bucket.capacity() - used, atMicros, full, wait, 0, 0);
  }

  /** The balance of a surge. */
  public static Balance of(
      String counter, Surge surge, Surge.State state, long atMicros, int flagBefore, int flag) {
    boolean isFlagged = flag > 0;
    long count = state.count() / 1000;
    return new Balance(
        counter,
        count,
        0,
        0,
        state.most() / 1000 - count,
        isFlagged ? state.flagEndMicros() - Surge.FLAG_MICROS : state.today().startMicros(),
        isFlagged ? state.flagEndMicros() : state.today().endMicros(),
        isFlagged && surge.action() == Surge.Action.BLOCK ? state.flagEndMicros() - atMicros : 0,
        flagBefore,
        flag);
  }

  /**
   * The balance of a quota's window.
   *
   * @param exposure the most that what is held may turn out to be
   * @param most the most that the request's amount may turn out to be
   * @param nextDeadlineMicros when the account's next hold expires, {@link Store#NEVER} for none
   */
  public static Balance of(
      String counter,
      Quota quota,
      Calendar.Span window,
      long posted,
      long held,
      long exposure,
      long most,
      long atMicros,
      long nextDeadlineMicros,
      int crossedFrom,
      int crossedTo) {
    return new Balance(
        counter,
        posted,
        held,
        exposure,
        quota.limit() - posted - held,
        window.startMicros(),
        window.endMicros(),
        quotaWait(quota, window, posted, exposure, most, atMicros, nextDeadlineMicros),
        crossedFrom,
        crossedTo);
  }

  private static long quotaWait(
      Quota quota,
      Calendar.Span window,
      long posted,
      long exposure,
      long most,
      long atMicros,
      long nextDeadlineMicros) {
    if (most > quota.hard()) {
      return Store.NEVER;
    }
    if (posted + exposure + most <= quota.hard()) {
      return 0;
    }
    long untilEnd = window.endMicros() - atMicros;
    if (posted + most > quota.hard()) {
      return untilEnd;
    }
    // only holds are in the way: they end at their deadlines, if not sooner
    return Math.max(1, Math.min(untilEnd, nextDeadlineMicros - atMicros));
  }
}
