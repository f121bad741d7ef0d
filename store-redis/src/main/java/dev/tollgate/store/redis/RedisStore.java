package dev.tollgate.store.redis;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.ReplicatedStore;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.redis.Courier.Care;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import redis.clients.jedis.exceptions.JedisException;

/** Counters in Redis or Valkey. Thread-safe; owns no thread. */
final class RedisStore implements ReplicatedStore {

  /** A store that was told a time this often was told wrong ones. */
  private static final int MAX_TIMES = 3;

  private static final long WARM_UP_NANOS = 1_000_000_000L;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private final RedisAddress address;
  private final Script.Set scripts;
  private final Lineage lineage = new Lineage(System::nanoTime);
  private final Topology topology;
  private final Courier courier;
  private final ServerClock clock;
  private final Rollups rollups;

  /**
   * Waits up to a second for a first connection.
   *
   * @param deadline how long the network may be silent; while the server is answering, a few times
   *     as long
   * @param clock a first guess at the server's time
   */
  RedisStore(RedisAddress address, Script.Set scripts, Duration deadline, InstantSource clock) {
    this.address = address;
    this.scripts = scripts;
    this.topology = Topology.of(address, lineage);
    this.courier = new Courier(topology, deadline);
    this.clock = new ServerClock(clock);
    this.rollups =
        new RedisRollups(
            (names, operation) ->
                new Answer(send(scripts.rollups(), names, operation, Care.REPEATABLE)));
    warmUp();
  }

  /**
   * Connects, if it can, so that the first call does not pay for it out of its short deadline. The
   * store opens all the same when it cannot, and says why.
   */
  private void warmUp() {
    try {
      List<String> missing = Rights.missing(courier, scripts.rights(), WARM_UP_NANOS);
      if (!missing.isEmpty()) {
        LOGGER.log(
            Level.ERROR,
            "{0}: {1}: {2}",
            address,
            Refusal.WITHOUT_RIGHT.remedy(),
            String.join("; ", missing));
      }
    } catch (StoreException absent) {
      LOGGER.log(Level.WARNING, "{0}: {1}", address, absent.getMessage());
    }
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    Care care = care(request);
    Answer answer = ask(request.account(), at -> Operation.reserve(request, at), care);
    Receipt receipt = answer.toReserve(request);
    boolean isAdmitted = receipt.admitted().isPresent();
    return isAdmitted && care == Care.REPLICATED && !outlives(answer) ? refused(receipt) : receipt;
  }

  /** A replica may be cut off together with its master: whoever replaces them must say too. */
  private boolean outlives(Answer answer) {
    return answer.outlives()
        && topology.isConfirmed(answer.server(), System.nanoTime() + courier.silenceNanos());
  }

  private static Care care(Request request) {
    if (request.holdMicros() == 0) {
      return Care.ONCE;
    }
    return request.expiry() == Expiry.CHARGED ? Care.REPLICATED : Care.REPEATABLE;
  }

  private static Receipt refused(Receipt receipt) {
    return new Receipt(Outcome.REFUSED, receipt.atMicros(), receipt.balances(), receipt.admitted());
  }

  @Override
  public long lineage() {
    return lineage.number();
  }

  @Override
  public Optional<Hold> restore(Hold hold, Expiry expiry, String memo, long openUntilMicros)
      throws StoreException {
    Request request = request(hold, expiry, memo);
    return ask(
            hold.account(),
            at -> Operation.restore(request, hold, openUntilMicros, at),
            Care.REPEATABLE)
        .toReserve(request)
        .admitted();
  }

  /** What asks for all that a hold holds. */
  private static Request request(Hold hold, Expiry expiry, String memo) {
    List<Charge> charges =
        hold.parts().stream()
            .map(
                part ->
                    new Charge(
                        part.counter(), part.bound(), part.amount(), part.worst(), part.amount()))
            .toList();
    return new Request(hold.account(), hold.id(), charges, Request.MAX_HOLD_MICROS, expiry, memo);
  }

  /** {@inheritDoc} In two round trips, unless something is to be asked again. */
  @Override
  public void restore(List<Acknowledged> acknowledged) throws StoreException {
    List<Acknowledged> ended = new ArrayList<>();
    List<Optional<Answer>> restored = together(acknowledged, RedisStore::toRestore);
    for (int i = 0; i < acknowledged.size(); i++) {
      Acknowledged each = acknowledged.get(i);
      Optional<Hold> held =
          restored.get(i).isPresent()
              ? restored
                  .get(i)
                  .get()
                  .toReserve(request(each.hold(), each.expiry(), each.memo()))
                  .admitted()
              : restore(each.hold(), each.expiry(), each.memo(), each.openUntilMicros());
      if (held.isPresent() && each.ending().isPresent()) {
        ended.add(each);
      }
    }
    List<Optional<Answer>> settled = together(ended, RedisStore::toSettle);
    for (int i = 0; i < ended.size(); i++) {
      if (settled.get(i).isEmpty()) {
        Ending ending = ended.get(i).ending().orElseThrow();
        settle(ended.get(i).hold(), ending.actual(), ending.row());
      }
    }
  }

  private static List<String> toRestore(Acknowledged each, long at) {
    Request request = request(each.hold(), each.expiry(), each.memo());
    return Operation.restore(request, each.hold(), each.openUntilMicros(), at);
  }

  private static List<String> toSettle(Acknowledged each, long at) {
    Ending ending = each.ending().orElseThrow();
    return Operation.settle(each.hold(), ending.actual(), ending.row(), at);
  }

  private interface Writing {
    List<String> words(Acknowledged each, long atMicros);
  }

  /** The answers; empty where there is none, or one to other windows than the server's. */
  private List<Optional<Answer>> together(List<Acknowledged> acknowledged, Writing writing)
      throws StoreException {
    List<Courier.Parcel> parcels = new ArrayList<>();
    for (Acknowledged each : acknowledged) {
      Names names = Names.of(each.hold().account());
      List<String> words = writing.words(each, clock.micros());
      parcels.add(new Courier.Parcel(scripts.counting(), names, words, Care.REPEATABLE));
    }
    List<Optional<Answer>> answers = new ArrayList<>();
    for (Optional<Reply.Answer> reply : courier.bringTogether(parcels)) {
      Optional<Answer> answer =
          reply.isEmpty() ? Optional.empty() : Optional.of(new Answer(reply.get()));
      answers.add(answer.filter(fresh -> !fresh.isStale()));
    }
    return answers;
  }

  @Override
  public String shard(String account) {
    return address.kind() == RedisAddress.Kind.CLUSTER ? topology.shard(Names.of(account)) : "";
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    hold.requireSettleable(actual, row);
    return ask(hold.account(), at -> Operation.settle(hold, actual, row, at), Care.REPEATABLE)
        .toEnd(hold);
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    if (hold.isKept()) {
      return ask(hold.account(), at -> Operation.cancel(hold, at), Care.REPEATABLE).toEnd(hold);
    }
    return ask(hold.account(), at -> Operation.refund(hold, at), Care.ONCE).toEnd(hold);
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    Request request = new Request(account, "read", charges, 0, "");
    return ask(account, at -> Operation.read(charges, at), Care.REPEATABLE).toRead(request);
  }

  @Override
  public void reset(String account) throws StoreException {
    ask(account, at -> Operation.reset(), Care.REPEATABLE);
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    return Answer.rows(
        send(scripts.counting(), Names.of(account), Operation.rows(), Care.REPEATABLE).values());
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    return ask(account, at -> Operation.openHolds(), Care.REPEATABLE).toOpenHolds();
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    return ask(account, at -> Operation.expire(id), Care.REPEATABLE).isApplied();
  }

  @Override
  public Document document(String name) throws StoreException {
    Document.checkName(name);
    return askDocument(name, Operation.document(), Care.REPEATABLE).toDocument();
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    Document.checkReplacement(name, text);
    return askDocument(name, Operation.replace(version, text), Care.ONCE).isWritten();
  }

  @Override
  public Rollups rollups() {
    return rollups;
  }

  private Answer askDocument(String name, List<String> words, Care care) throws StoreException {
    return new Answer(send(scripts.documents(), Names.ofDocument(name), words, care));
  }

  /** {@inheritDoc} Asks over connections of its own: of a cluster, the weakest master counts. */
  @Override
  public Durability durability() throws StoreException {
    long deadline = System.nanoTime() + WARM_UP_NANOS;
    try {
      return ServerInfo.ask(topology.masters(deadline), address.login(), deadline).stream()
          .map(ServerInfo::durability)
          .max(Comparator.naturalOrder())
          .orElseThrow();
    } catch (JedisException noAnswer) {
      throw new StoreException("the server does not say how it keeps data", noAnswer);
    }
  }

  /** {@inheritDoc} Closes the connections. */
  @Override
  public void close() {
    topology.close();
  }

  /**
   * Asks with the windows of the server's time as it is known, and again with the right ones if it
   * was not known well enough.
   */
  private Answer ask(String account, LongFunction<List<String>> operation, Care care)
      throws StoreException {
    Names names = Names.of(account);
    for (int i = 0; i < MAX_TIMES; i++) {
      List<String> words = operation.apply(clock.micros());
      Answer answer = new Answer(send(scripts.counting(), names, words, care));
      clock.learn(answer.atMicros());
      if (!answer.isStale()) {
        return answer;
      }
    }
    throw new StoreException("the calendar's windows do not contain the time they were asked for");
  }

  private Reply.Answer send(Script script, Names names, List<String> words, Care care)
      throws StoreException {
    return courier.bring(new Courier.Parcel(script, names, words, care), courier.silenceNanos());
  }
}
