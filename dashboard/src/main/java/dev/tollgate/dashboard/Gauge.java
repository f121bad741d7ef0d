package dev.tollgate.dashboard;

import dev.tollgate.BreakerStatus;
import dev.tollgate.BudgetStatus;
import dev.tollgate.Health;
import dev.tollgate.Money;
import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A value that is read when it is asked for.
 *
 * @param dotted its name
 * @param counter whether it only ever grows
 * @param labels names and values
 */
record Gauge(
    String dotted, String help, boolean counter, Map<String, String> labels, BigDecimal value) {

  Gauge {
    labels = new TreeMap<>(labels);
  }

  /** How the engine and its sinks are now; those of one name follow one another. */
  static List<Gauge> of(Tollgate tollgate, List<SinkState> sinks) {
    return Stream.concat(of(tollgate).stream(), of(sinks).stream()).toList();
  }

  private static final Gauge STATE =
      plain("tollgate.breaker.state", "Whether calls are halted: 0 closed, 1 half open, 2 open", 0);
  private static final Gauge DEMAND =
      plain("tollgate.breaker.demand.usd", "Demanded spending, in US dollars a minute", 0);
  private static final Gauge NORMAL =
      plain("tollgate.breaker.normal.usd", "Normal spending, in US dollars a minute", 0);
  private static final Gauge LIMIT =
      plain("tollgate.budget.limit.usd", "A provider's hard limit, in US dollars", 0);
  private static final Gauge SPENT =
      plain("tollgate.budget.spent.usd", "What is known to be spent of it, in US dollars", 0);
  private static final Gauge LEASED =
      plain("tollgate.budget.leased.usd", "What processes have leased of it, in US dollars", 0);

  /** Names that may have no value yet: a reload can bring breakers and budgets. */
  static final List<Gauge> PROTOTYPES = List.of(STATE, DEMAND, NORMAL, LIMIT, SPENT, LEASED);

  private static List<Gauge> of(Tollgate tollgate) {
    List<Gauge> gauges = new ArrayList<>(of(tollgate.health()));
    List<BreakerStatus> breakers = tollgate.breakers();
    breakers.forEach(breaker -> gauges.add(STATE.of(breaker, state(breaker))));
    breakers.forEach(breaker -> gauges.add(DEMAND.of(breaker, Money.usd(breaker.demand()))));
    breakers.forEach(breaker -> gauges.add(NORMAL.of(breaker, Money.usd(breaker.normal()))));
    List<BudgetStatus> budgets = tollgate.budgets();
    budgets.forEach(budget -> gauges.add(LIMIT.of(budget, budget.budget().limit().amount())));
    budgets.forEach(budget -> gauges.add(SPENT.of(budget, budget.posted())));
    budgets.forEach(budget -> gauges.add(LEASED.of(budget, budget.leased())));
    return List.copyOf(gauges);
  }

  private static BigDecimal state(BreakerStatus breaker) {
    return BigDecimal.valueOf(
        switch (breaker.state()) {
          case CLOSED -> 0;
          case HALF_OPEN -> 1;
          case OPEN -> 2;
        });
  }

  private Gauge of(BreakerStatus breaker, BigDecimal amount) {
    return new Gauge(dotted, help, counter, Map.of("scope", breaker.scope().label()), amount);
  }

  private Gauge of(BudgetStatus budget, long nanoUsd) {
    Map<String, String> labels = Map.of("provider", budget.budget().provider());
    return new Gauge(dotted, help, counter, labels, Money.usd(nanoUsd));
  }

  private static List<Gauge> of(Health health) {
    return List.of(
        plain("tollgate.store.up", "Whether the store answers", health.degraded() ? 0 : 1),
        plain(
            "tollgate.journal.settlements",
            "Settlements that the store has not acknowledged yet",
            health.journalledSettlements()),
        grown(
            "tollgate.settlements.lost",
            "Settlements that found the journal full",
            health.lostSettlements()),
        grown(
            "tollgate.alerts.dropped", "Alerts that found the queue full", health.droppedAlerts()));
  }

  /** How the sinks of alerts do, by their kind: who may scrape need not know where they are. */
  private static List<Gauge> of(List<SinkState> sinks) {
    return Stream.of(
            ofSinks("delivered", true, "Alerts that arrived", sinks, SinkState::delivered),
            ofSinks("retried", true, "Deliveries that failed", sinks, SinkState::retried),
            ofSinks("lost", true, "Alerts that were given up", sinks, SinkState::lost),
            ofSinks("waiting", false, "Alerts that wait now", sinks, SinkState::waiting))
        .flatMap(gauges -> gauges)
        .toList();
  }

  private static Stream<Gauge> ofSinks(
      String what,
      boolean counter,
      String help,
      List<SinkState> sinks,
      ToLongFunction<SinkState> value) {
    Map<String, Long> byKind =
        sinks.stream()
            .collect(
                Collectors.groupingBy(
                    sink -> sink.name().replaceAll(":.*", ""),
                    TreeMap::new,
                    Collectors.summingLong(value)));
    return byKind.entrySet().stream()
        .map(
            kind ->
                new Gauge(
                    "tollgate.sink.alerts." + what,
                    help,
                    counter,
                    Map.of("sink", kind.getKey()),
                    BigDecimal.valueOf(kind.getValue())));
  }

  private static Gauge plain(String dotted, String help, long value) {
    return new Gauge(dotted, help, false, Map.of(), BigDecimal.valueOf(value));
  }

  private static Gauge grown(String dotted, String help, long value) {
    return new Gauge(dotted, help, true, Map.of(), BigDecimal.valueOf(value));
  }
}
