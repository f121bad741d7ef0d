package dev.tollgate;

import dev.tollgate.Analytics.Dimension;
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

/**
 * Adds up what calls came to, by hour and by caller, and brings it to the store's rollups from time
 * to time, together with the calls that cost the most. An addition that the store did not
 * acknowledge is repeated with its number, which the store takes once. Thread-safe; nothing is lost
 * but what a process that dies had not brought yet.
 *
 * <p>What all calls of a time came to is brought before its parts are, so no part is ever more than
 * the whole.
 *
 * <p>Bounded: where there are {@link #MAX_CELLS} sums already, more go to a sum of all others.
 */
final class CallLedger implements CallListener {

  static final int MAX_CELLS = 20_000;
  static final int MAX_UNPRICED_MODELS = 1000;
  private static final Duration KEEP = Duration.ofDays(400);

  private record CallerHour(Instant hour, String caller) {}

  private final Rollups rollups;
  private final String writer;
  private final Supplier<Policies> policies;
  private final InstantSource clock;
  private final Set<String> unpriced = ConcurrentHashMap.newKeySet();
  private final Queue<Addition> outbox = new ArrayDeque<>();
  private long lastSequence;

  /** All three guarded by this ledger, as the outbox is by itself. */
  private Map<SpendCell, Totals> cells = new HashMap<>();

  private Map<CallerHour, Totals> callerHours = new HashMap<>();
  private final DearestCalls dearest = new DearestCalls();

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
    SpendCell cell = add(call, charged.model(), charged.at(), totals);
    Caller caller = call.caller();
    synchronized (this) {
      dearest.add(cell, new SpentCall(caller.id(), caller.tier(), cell.provider(), charged));
    }
  }

  private SpendCell add(Call call, String model, Instant at, Totals totals) {
    Policies now = policies.get();
    String provider = now.spending().provider(call.route(), model).map(Provider::name).orElse("");
    Instant hour = at.truncatedTo(ChronoUnit.HOURS);
    String named = isNamed(now, model) ? model : Rollups.OTHERS;
    SpendCell cell = new SpendCell(hour, call.caller().tier(), call.route(), named, provider);
    synchronized (this) {
      merge(cells, cell, others(hour), totals);
      merge(
          callerHours,
          new CallerHour(hour, call.caller().id()),
          new CallerHour(hour, Rollups.OTHERS),
          totals);
    }
    return cell;
  }

  private static SpendCell others(Instant hour) {
    return new SpendCell(hour, Rollups.OTHERS, Rollups.OTHERS, Rollups.OTHERS, Rollups.OTHERS);
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
    Map<SpendCell, Totals> spent;
    Map<CallerHour, Totals> byCaller;
    List<SpentCall> calls;
    synchronized (this) {
      spent = cells;
      byCaller = callerHours;
      calls = dearest.handOut();
      cells = new HashMap<>();
      callerHours = new HashMap<>();
    }
    Map<String, Map<String, Totals>> whole = new LinkedHashMap<>();
    Map<String, Map<String, Totals>> parts = new LinkedHashMap<>();
    Map<String, Map<String, Totals>> dear = new LinkedHashMap<>();
    for (Resolution resolution : Resolution.values()) {
      spent.forEach(
          (cell, totals) -> {
            put(whole, resolution.total(cell.hour()), resolution.part(cell.hour()), totals);
            putParts(parts, resolution, cell, totals);
          });
    }
    calls.forEach(
        call -> put(dear, Resolution.calls(call.row().at()), call.toKey(), call.totals()));
    whole.forEach((rollup, rows) -> post(rollup, KEEP, rows));
    parts.forEach((rollup, rows) -> post(rollup, KEEP, rows));
    for (Resolution resolution : Resolution.values()) {
      Map<String, Map<String, Totals>> callers = new LinkedHashMap<>();
      byCaller.forEach(
          (of, totals) -> put(callers, resolution.callers(of.hour()), of.caller(), totals));
      callers.forEach((rollup, rows) -> post(rollup, resolution.callersKept(), rows));
    }
    dear.forEach((rollup, rows) -> post(rollup, Analytics.CALLS_KEPT, rows));
  }

  private static void putParts(
      Map<String, Map<String, Totals>> tables,
      Resolution resolution,
      SpendCell cell,
      Totals totals) {
    put(tables, resolution.rollup(cell.hour()), cell.key(resolution), totals);
    String part = resolution.part(cell.hour());
    for (Dimension dimension : Dimension.OF_CELLS) {
      String rollup = resolution.by(dimension, cell.hour());
      String name = SpendCell.SEPARATOR + cell.name(dimension);
      put(tables, rollup, part + name, totals);
      put(tables, rollup, name, totals);
    }
  }

  private static void put(
      Map<String, Map<String, Totals>> tables, String rollup, String key, Totals totals) {
    tables
        .computeIfAbsent(rollup, absent -> new LinkedHashMap<>())
        .merge(key, totals, Totals::plus);
  }

  private void post(String rollup, Duration kept, Map<String, Totals> sums) {
    List<Row> rows = new ArrayList<>();
    sums.forEach((key, totals) -> rows.add(new Row(key, totals.toValues())));
    for (int i = 0; i < rows.size(); i += Rollups.MAX_PAGE) {
      List<Row> page = rows.subList(i, Math.min(rows.size(), i + Rollups.MAX_PAGE));
      outbox.add(new Addition(rollup, kept.toNanos() / 1000, writer, ++lastSequence, page));
    }
  }
}
