package dev.tollgate.simulation;

import dev.tollgate.simulation.Network.Again;
import dev.tollgate.simulation.StoreServer.Operation;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.ReplicatedStore;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The store as one process reaches it over the network. Not thread-safe. */
final class Line implements ReplicatedStore {

  private final int process;
  private final int place;
  private final Network network;
  private final History history;
  private final WorldTime time;
  private int troubles;
  private long lineage;
  private String answered = "";
  private String answeredAccount = "";

  /**
   * @param process number of the process, which no other one has
   * @param place where it runs
   */
  Line(int process, int place, Network network, WorldTime time, History history) {
    this.process = process;
    this.place = place;
    this.network = network;
    this.time = time;
    this.history = history;
  }

  /** How often no answer came back. */
  int troubles() {
    return troubles;
  }

  /** The id of the latest reserve that the store answered. */
  String answered() {
    return answered;
  }

  /** The account of that reserve. */
  String answeredAccount() {
    return answeredAccount;
  }

  private <T> T ask(Again again, Supplier<String> what, Operation<T> operation)
      throws StoreException {
    try {
      T answer = network.ask(place, again, operation);
      lineage = network.lineage();
      history.add(
          time.micros(), () -> "process " + process + ": " + what.get() + ": " + told(answer));
      return answer;
    } catch (StoreException noAnswer) {
      troubles++;
      history.add(
          time.micros(),
          () -> "process " + process + ": " + what.get() + ": " + noAnswer.getMessage());
      throw noAnswer;
    }
  }

  private static String told(Object answer) {
    return answer instanceof Document document
        ? "version " + document.version()
        : answer.toString();
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    Receipt receipt =
        ask(
            request.holdMicros() > 0 ? Again.AT_ONCE : Again.NEVER,
            () -> "reserve " + request,
            state -> {
              Receipt answer = state.store().reserve(request);
              state.ledger().reserved(request, answer);
              return answer;
            });
    answered = request.id();
    answeredAccount = request.account();
    return receipt;
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return ask(
        Again.ANYTIME,
        () -> "settle " + hold + " with " + actual,
        state -> settle(state, hold, actual, row));
  }

  static Receipt settle(StoreServer.State state, Hold hold, List<Long> actual, String row) {
    Receipt answer = state.store().settle(hold, actual, row);
    state.ledger().settled(hold, actual, answer);
    return answer;
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    return ask(
        hold.isKept() ? Again.ANYTIME : Again.NEVER,
        () -> "cancel " + hold,
        state -> {
          Receipt answer = state.store().cancel(hold);
          state.ledger().cancelled(hold, answer);
          return answer;
        });
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    return ask(
        Again.ANYTIME,
        () -> "read " + account,
        state -> {
          Receipt answer = state.store().read(account, charges);
          state.ledger().read(account, charges, answer);
          return answer;
        });
  }

  @Override
  public void reset(String account) throws StoreException {
    ask(
        Again.ANYTIME,
        () -> "reset " + account,
        state -> {
          state.store().reset(account);
          state.ledger().reset(account, state.clock().micros());
          return account;
        });
  }

  /** {@inheritDoc} As of the latest answer. */
  @Override
  public long lineage() {
    return lineage;
  }

  @Override
  public Optional<Hold> restore(Hold hold, Expiry expiry, String memo, long openUntilMicros)
      throws StoreException {
    return ask(
        Again.ANYTIME,
        () -> "restore " + hold,
        state -> restore(state, hold, expiry, memo, openUntilMicros));
  }

  private static Optional<Hold> restore(
      StoreServer.State state, Hold hold, Expiry expiry, String memo, long openUntilMicros) {
    long now = state.clock().micros();
    if (state.ledger().resolution(hold.id()).isPresent() || isForgotten(openUntilMicros, now)) {
      return Optional.empty();
    }
    Optional<Hold> answer = state.store().restore(hold, expiry, memo);
    state.ledger().restored(hold, expiry, answer, now);
    return answer;
  }

  /** Whether the store has forgotten by now what it settled then. */
  private static boolean isForgotten(long micros, long now) {
    return micros < now - SETTLED_MICROS;
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    return ask(Again.ANYTIME, () -> "rows of " + account, state -> state.store().rows(account));
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    return ask(
        Again.ANYTIME, () -> "holds of " + account, state -> state.store().openHolds(account));
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    return ask(
        Again.ANYTIME,
        () -> "expire " + id + " of " + account,
        state -> {
          boolean done = state.store().expire(account, id);
          state.ledger().released(account, id, done, state.clock().micros());
          return done;
        });
  }

  @Override
  public Document document(String name) throws StoreException {
    return ask(Again.ANYTIME, () -> "document " + name, state -> state.store().document(name));
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    return ask(
        Again.ANYTIME,
        () -> "replace " + name + " " + version,
        state -> state.store().replace(name, version, text));
  }

  @Override
  public Rollups rollups() {
    return new Rollups() {
      @Override
      public void add(Addition addition) throws StoreException {
        ask(
            Again.ANYTIME,
            () -> "add " + addition,
            state -> {
              state.store().rollups().add(addition);
              state.ledger().added(process, addition, state.clock().micros());
              return addition.sequence();
            });
      }

      @Override
      public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
        return ask(
            Again.ANYTIME,
            () -> "rollup",
            state -> state.store().rollups().largest(rollup, offset, limit));
      }

      @Override
      public List<Row> find(String rollup, List<String> keys) throws StoreException {
        return ask(
            Again.ANYTIME, () -> "rows", state -> state.store().rollups().find(rollup, keys));
      }
    };
  }

  /** The store is not this process's alone. */
  @Override
  public void close() {}
}
