package dev.tollgate.simulation;

import dev.tollgate.store.Charge;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Rollups.Row;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The store that all processes share, and beside it the ledger of what must be in it. */
final class StoreServer {

  private static final int MAX_ACCOUNTS = 10_000;

  /** A replica that is behind by more is not chosen. */
  static final Duration OLDEST_LOST = Duration.ofSeconds(30);

  /**
   * What the store is, as of its latest operation.
   *
   * @param store the real one
   */
  record State(MemoryStore store, Ledger ledger, WorldTime clock) {}

  /** A request, as it is carried out. */
  interface Operation<T> {
    T on(State state) throws StoreException;
  }

  private record Done(long atMicros, Operation<?> operation) {}

  private final WorldTime time;
  private final boolean remembers;
  private final List<Done> log = new ArrayList<>();
  private State state;
  private long lineage;

  /**
   * @param remembers whether it can lose its latest operations
   */
  StoreServer(WorldTime time, boolean remembers) {
    this.time = time;
    this.remembers = remembers;
    state = empty();
  }

  private State empty() {
    WorldTime clock = new WorldTime(time.instant());
    return new State(new MemoryStore(MAX_ACCOUNTS, clock), new Ledger(), clock);
  }

  <T> T apply(Operation<T> operation) throws StoreException {
    if (remembers) {
      log.add(new Done(time.micros(), operation));
    }
    return apply(operation, time.micros());
  }

  private <T> T apply(Operation<T> operation, long atMicros) throws StoreException {
    state.clock().set(atMicros);
    return operation.on(state);
  }

  /** Forgets so many of its latest operations, as if they had never been: none that is older. */
  void lose(int operations) throws StoreException {
    lineage++;
    int kept = log.size();
    while (kept > 0
        && log.size() - kept < operations
        && log.get(kept - 1).atMicros() > time.micros() - OLDEST_LOST.toNanos() / 1000) {
      kept--;
    }
    log.subList(kept, log.size()).clear();
    state = empty();
    for (Done done : log) {
      Object again = apply(done.operation(), done.atMicros());
    }
  }

  long lineage() {
    return lineage;
  }

  Ledger ledger() {
    return state.ledger();
  }

  /** Reads every counter there is, and compares it with the ledger. */
  void checkAll() {
    state.clock().set(time.micros());
    for (Map.Entry<String, AccountBook> entry : ledger().books().entrySet()) {
      List<Charge> questions = entry.getValue().questions();
      Receipt receipt = state.store().read(entry.getKey(), questions);
      ledger().read(entry.getKey(), questions, receipt);
    }
  }

  /** Compares the rollups with what was added to them. */
  void checkRollups(String prefix) {
    state.clock().set(time.micros());
    ledger()
        .rollups(time.micros())
        .forEach(
            (rollup, sums) -> {
              if (rollup.startsWith(prefix)) {
                Ledger.Sums found = Ledger.Sums.of(rows(rollup));
                Violation.unless(
                    found.equals(sums), "%s has %s and was given %s", rollup, found, sums);
              }
            });
  }

  private List<Row> rows(String rollup) {
    try {
      return state.store().rollups().largest(rollup, 0, Rollups.MAX_PAGE);
    } catch (StoreException impossible) {
      throw new IllegalStateException("a store in memory always answers", impossible);
    }
  }
}
