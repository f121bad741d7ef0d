package dev.tollgate;

import dev.tollgate.store.Store;
import java.util.List;

/**
 * What a number of calls came to.
 *
 * @param costNanoUsd what they cost
 * @param requests requests that were let in
 * @param restricted how many of these were restricted
 * @param refused requests that were refused
 * @param inputTokens tokens in
 * @param outputTokens tokens out
 * @param estimated calls whose usage nobody reported
 */
public record Totals(
    long costNanoUsd,
    long requests,
    long restricted,
    long refused,
    long inputTokens,
    long outputTokens,
    long estimated) {

  public static final Totals NOTHING = new Totals(0, 0, 0, 0, 0, 0, 0);

  /** The sum; a value above {@link Store#MAX_AMOUNT} is cut to it. */
  public Totals plus(Totals other) {
    return new Totals(
        sum(costNanoUsd, other.costNanoUsd),
        sum(requests, other.requests),
        sum(restricted, other.restricted),
        sum(refused, other.refused),
        sum(inputTokens, other.inputTokens),
        sum(outputTokens, other.outputTokens),
        sum(estimated, other.estimated));
  }

  /** What is left without others; nothing where they are more. */
  Totals minus(Totals others) {
    return new Totals(
        Math.max(0, costNanoUsd - others.costNanoUsd),
        Math.max(0, requests - others.requests),
        Math.max(0, restricted - others.restricted),
        Math.max(0, refused - others.refused),
        Math.max(0, inputTokens - others.inputTokens),
        Math.max(0, outputTokens - others.outputTokens),
        Math.max(0, estimated - others.estimated));
  }

  private static long sum(long one, long other) {
    return Math.min(Store.MAX_AMOUNT, one + other);
  }

  /** As a row of a rollup, which is ranked by its first value: the cost. */
  List<Long> toValues() {
    return List.of(
        costNanoUsd, requests, restricted, refused, inputTokens, outputTokens, estimated);
  }

  /** What {@link #toValues} gave; what is missing is 0. */
  static Totals ofValues(List<Long> values) {
    long[] all = new long[7];
    for (int i = 0; i < Math.min(all.length, values.size()); i++) {
      all[i] = values.get(i);
    }
    return new Totals(all[0], all[1], all[2], all[3], all[4], all[5], all[6]);
  }
}
