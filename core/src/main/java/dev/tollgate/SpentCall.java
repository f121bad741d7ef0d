package dev.tollgate;

import java.util.Optional;

/**
 * A call with who made it and who was paid for it.
 *
 * @param caller the caller's id
 * @param tier the caller's tier
 * @param provider whose budget it was charged to, empty if to none
 * @param row what it used
 */
public record SpentCall(String caller, String tier, String provider, CallRecord row) {

  private static final String SEPARATOR = "\t";

  /** As the key of a rollup's row. */
  String toKey() {
    return String.join(
        SEPARATOR,
        CallRecord.clean(caller),
        CallRecord.clean(tier),
        CallRecord.clean(provider),
        row.toRow());
  }

  /** The call of a key; empty when another version wrote it in another form. */
  static Optional<SpentCall> ofKey(String key) {
    String[] fields = key.split(SEPARATOR, 4);
    return fields.length < 4
        ? Optional.empty()
        : CallRecord.ofRow(fields[3])
            .map(row -> new SpentCall(fields[0], fields[1], fields[2], row));
  }

  /** Its name in a dimension. */
  public String name(Analytics.Dimension dimension) {
    return switch (dimension) {
      case TIER -> tier;
      case ROUTE -> row.route();
      case MODEL -> row.model();
      case PROVIDER -> provider;
      case CALLER -> caller;
    };
  }

  /** What it came to. */
  Totals totals() {
    long estimated = row.outcome() == CallRecord.Outcome.ESTIMATED ? 1 : 0;
    return new Totals(row.costNanoUsd(), 1, 0, 0, row.inputTokens(), row.outputTokens(), estimated);
  }
}
