package dev.tollgate;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.Rollups.Addition;
import dev.tollgate.store.Rollups.Row;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adds up what calls came to, by hour and by caller, and brings it to the store's rollups from time
 * to time. An addition that the store did not acknowledge is repeated with its number, which the
 * store takes once. Thread-safe; nothing is lost but what a process that dies had not brought yet.
 *
 * <p>Bounded: where there are {@link #MAX_CELLS} sums already, more go to a sum of all others.
 */
final class CallLedger implements CallListener {

  static final int MAX_CELLS = 20_000;
  static final int MAX_UNPRICED_MODELS = 1000;
  private static final long KEEP_MICROS = Duration.ofDays(400).toNanos() / 1000;
  private static final long KEEP_CALLER_DAYS_MICROS = Duration.ofDays(35).toNanos() / 1000;
  private static final String SEPARATOR = "\t";

  /** What spending of an hour is divided by. */
  private record Cell(Instant hour, String tier, String route, String model, String provider) {

    String key(Resolution resolution) {
      return Stream.of(resolution.part(hour), tier, route, model, provider)
          .map(CallRecord::clean)
          .collect(Collectors.joining(SEPARATOR));
    }
  }

  private record CallerDay(Instant day, String caller) {}

  private final Rollups rollups;
  private final String writer;
  private final Supplier<Policies> policies;
  private final InstantSource clock;
  private final Set<String> unpriced = ConcurrentHashMap.newKeySet();
  private final Queue<Addition> outbox = new ArrayDeque<>();
  private long lastSequence;

  /** Both guarded by this ledger, as the outbox is by itself. */
  private Map<Cell, Totals> cells = new HashMap<>();

  private Map<CallerDay, Totals> callerDays = new HashMap<>();

  /**
   * @param writer a name that no other ledger has
   * @param clock tells when a call was refused
   */
  CallLedger(Rollups rollups, String writer, Supplier<Policies> policies, InstantSource clock) {
    this.rollups = rollups;
    this.writer = writer;
    this.policies = policies;
    this.clock = clock;
  }

  @Override
  public void decided(Decision decision) {
    Call call = decision.call();
    if (decision instanceof Decision.Refused) {
      add(call, call.model(), clock.instant(), new Totals(0, 0, 0, 1, 0, 0, 0));
    } else {
      Reservation reservation = decision.orThrow();
      long restricted = decision instanceof Decision.Restricted ? call.requests() : 0;
      Totals totals = new Totals(0, call.requests(), restricted, 0, 0, 0, 0);
      add(call, reservation.model(), reservation.at(), totals);
    }
  }

  @Override
  public void charged(Call call, Usage usage, CallRecord charged) {
    long cost = Math.min(charged.costNanoUsd(), Store.MAX_AMOUNT);
    long estimated = charged.outcome() == CallRecord.Outcome.ESTIMATED ? 1 : 0;
    Totals totals =
        new Totals(cost, 0, 0, 0, charged.inputTokens(), charged.outputTokens(), estimated);
    add(call, charged.model(), charged.at(), totals);
  }

  private void add(Call call, String model, Instant at, Totals totals) {
    Policies now = policies.get();
    String provider = now.spending().provider(call.route(), model).map(Provider::name).orElse("");
    Instant hour = at.truncatedTo(ChronoUnit.HOURS);
    Instant day = at.truncatedTo(ChronoUnit.DAYS);
    String named = isNamed(now, model) ? model : Rollups.OTHERS;
    Cell cell = new Cell(hour, call.caller().tier(), call.route(), named, provider);
    Cell others = new Cell(hour, Rollups.OTHERS, Rollups.OTHERS, Rollups.OTHERS, Rollups.OTHERS);
    synchronized (this) {
      merge(cells, cell, others, totals);
      merge(
          callerDays,
          new CallerDay(day, call.caller().id()),
          new CallerDay(day, Rollups.OTHERS),
          totals);
    }
  }

  private static <K> void merge(Map<K, Totals> sums, K key, K others, Totals totals) {
    boolean hasPlace = sums.size() < MAX_CELLS || sums.containsKey(key);
    sums.merge(hasPlace ? key : others, totals, Totals::plus);
  }

  /** Models are what requests say: those that have no price are named until they are too many. */
  private boolean isNamed(Policies now, String model) {
    return model.isEmpty()
        || now.prices().find(model).isPresent()
        || unpriced.contains(model)
        || (unpriced.size() < MAX_UNPRICED_MODELS && unpriced.add(model));
  }

  /** Brings to the store what was added since; what it does not take is brought the next time. */
  void flush() {
    synchronized (outbox) {
      if (outbox.isEmpty()) {
        fillOutbox();
      }
      try {
        for (Addition next = outbox.peek(); next != null; next = outbox.peek()) {
          rollups.add(next);
          outbox.remove();
        }
      } catch (StoreException unanswered) {
        // it stays where it is, with its number
      }
    }
  }

  private void fillOutbox() {
    Map<Cell, Totals> spent;
    Map<CallerDay, Totals> byCaller;
    synchronized (this) {
      spent = cells;
      byCaller = callerDays;
      cells = new HashMap<>();
      callerDays = new HashMap<>();
    }
    Map<String, Map<String, Totals>> tables = new LinkedHashMap<>();
    Map<String, Map<String, Totals>> days = new LinkedHashMap<>();
    spent.forEach(
        (cell, totals) -> {
          for (Resolution resolution : Resolution.values()) {
            put(tables, resolution.rollup(cell.hour()), cell.key(resolution), totals);
          }
        });
    byCaller.forEach(
        (callerDay, totals) -> {
          put(tables, Resolution.MONTH.callers(callerDay.day()), callerDay.caller(), totals);
          put(days, Resolution.DAY.callers(callerDay.day()), callerDay.caller(), totals);
        });
    tables.forEach((rollup, rows) -> post(rollup, KEEP_MICROS, rows));
    days.forEach((rollup, rows) -> post(rollup, KEEP_CALLER_DAYS_MICROS, rows));
  }

  private static void put(
      Map<String, Map<String, Totals>> tables, String rollup, String key, Totals totals) {
    tables
        .computeIfAbsent(rollup, absent -> new LinkedHashMap<>())
        .merge(key, totals, Totals::plus);
  }

  private void post(String rollup, long keepMicros, Map<String, Totals> sums) {
    List<Row> rows = new ArrayList<>();
    sums.forEach((key, totals) -> rows.add(new Row(key, totals.toValues())));
    for (int i = 0; i < rows.size(); i += Rollups.MAX_PAGE) {
      List<Row> page = rows.subList(i, Math.min(rows.size(), i + Rollups.MAX_PAGE));
      outbox.add(new Addition(rollup, keepMicros, writer, ++lastSequence, page));
    }
  }
}
