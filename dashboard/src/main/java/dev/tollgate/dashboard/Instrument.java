package dev.tollgate.dashboard;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is counted of calls. No label can have a value that callers choose freely: there are as many
 * series as the configuration and the models in use make.
 */
enum Instrument {
  DECISIONS(
      "tollgate.decisions",
      "Calls that were let in, restricted or refused",
      Unit.of("{decision}", 0),
      "route",
      "tier",
      "decision"),
  REFUSALS(
      "tollgate.refusals",
      "Calls that were refused, by what refused them",
      Unit.of("{decision}", 0),
      "route",
      "tier",
      "reason"),
  CALLS(
      "tollgate.calls",
      "Calls that have ended, by how their usage is known",
      Unit.of("{call}", 0),
      "route",
      "tier",
      "model",
      "outcome"),
  TOKENS(
      "tollgate.tokens",
      "Tokens that calls have used",
      Unit.of("{token}", 0),
      "route",
      "tier",
      "model",
      "type"),
  COST(
      "tollgate.cost",
      "What calls have cost, in US dollars",
      Unit.named("USD", "usd", 9),
      "route",
      "tier",
      "model"),
  ALERTS("tollgate.alerts", "Alerts, by kind", Unit.of("{alert}", 0), "kind"),
  GENAI_TOKENS(
      "gen_ai.client.token.usage",
      "Tokens that each call has used",
      Unit.of("{token}", 0),
      powers(1, 4),
      "gen_ai.operation.name",
      "gen_ai.provider.name",
      "gen_ai.request.model",
      "gen_ai.response.model",
      "gen_ai.token.type"),
  GENAI_DURATION(
      "gen_ai.client.operation.duration",
      "How long each call has taken",
      Unit.named("s", "seconds", 3),
      powers(10, 2),
      "gen_ai.operation.name",
      "gen_ai.provider.name",
      "gen_ai.request.model",
      "gen_ai.response.model");

  /**
   * @param code as OpenTelemetry writes it
   * @param suffix of a Prometheus name, empty for none
   * @param decimals how many of an amount's digits come after the point
   */
  record Unit(String code, String suffix, int decimals) {

    static Unit of(String code, int decimals) {
      return new Unit(code, "", decimals);
    }

    /** An amount in this unit, exactly. */
    BigDecimal of(long amount) {
      return BigDecimal.valueOf(amount, decimals);
    }

    static Unit named(String code, String suffix, int decimals) {
      return new Unit(code, suffix, decimals);
    }
  }

  private static final int BUCKETS = 14;

  private final String dotted;
  private final String help;
  private final Unit unit;
  private final List<Long> bounds;
  private final List<String> labels;

  /** A counter. */
  Instrument(String dotted, String help, Unit unit, String... labels) {
    this(dotted, help, unit, List.of(), labels);
  }

  /** A histogram with these upper bounds of its buckets. */
  Instrument(String dotted, String help, Unit unit, List<Long> bounds, String... labels) {
    this.dotted = dotted;
    this.help = help;
    this.unit = unit;
    this.bounds = bounds;
    this.labels = List.of(labels);
  }

  private static List<Long> powers(long first, long factor) {
    return Stream.iterate(first, bound -> bound * factor).limit(BUCKETS).toList();
  }

  String dotted() {
    return dotted;
  }

  String help() {
    return help;
  }

  Unit unit() {
    return unit;
  }

  List<String> labels() {
    return labels;
  }

  /** The upper bounds of a histogram's buckets; empty for a counter. */
  Optional<List<Long>> buckets() {
    return bounds.isEmpty() ? Optional.empty() : Optional.of(bounds);
  }
}
