package dev.tollgate;

import java.time.Instant;
import java.util.Optional;

/**
 * A row of the ledger: what one call used.
 *
 * @param id the reservation's id
 * @param at when it was reserved
 * @param tier what tier its caller had; empty if nobody knows
 * @param route its route
 * @param model its model, empty if it used none
 * @param inputTokens tokens in
 * @param outputTokens tokens out
 * @param costNanoUsd its cost
 * @param outcome how these numbers are known
 */
public record CallRecord(
    String id,
    Instant at,
    String tier,
    String route,
    String model,
    long inputTokens,
    long outputTokens,
    long costNanoUsd,
    Outcome outcome) {

  /** How a call's numbers are known. */
  public enum Outcome {
    /** Its provider reported them. */
    SETTLED,
    /** No report came: they are what was reserved. */
    ESTIMATED,
    /** Its reservation expired; the numbers are what was reserved, and were released. */
    UNSETTLED
  }

  private static final char SEPARATOR = '\t';
  private static final int FIELDS = 9;

  /** The record as a row of a store's journal. */
  String toRow() {
    return String.join(
        String.valueOf(SEPARATOR),
        id,
        at.toString(),
        clean(route),
        clean(model),
        Long.toString(inputTokens),
        Long.toString(outputTokens),
        Long.toString(costNanoUsd),
        outcome.name(),
        clean(tier));
  }

  /** The record of a row; empty when another version wrote it in another form. */
  static Optional<CallRecord> ofRow(String row) {
    String[] fields = row.split(String.valueOf(SEPARATOR), -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CallRecord(
              fields[0],
              Instant.parse(fields[1]),
              fields[8],
              fields[2],
              fields[3],
              Long.parseLong(fields[4]),
              Long.parseLong(fields[5]),
              Long.parseLong(fields[6]),
              Outcome.valueOf(fields[7])));
    } catch (java.time.format.DateTimeParseException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  static String clean(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
