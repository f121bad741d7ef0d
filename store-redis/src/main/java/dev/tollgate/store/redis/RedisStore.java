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
    Acknowledged acknowledged =
        new Acknowledged(hold, expiry, memo, Optional.empty(), openUntilMicros);
    return ask(toRestore(acknowledged)).toReserve(request(hold, expiry, memo)).admitted();
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
    List<Answer> answers = askTogether(acknowledged.stream().map(RedisStore::toRestore).toList());
    List<Settlement> ended = new ArrayList<>();
    for (int i = 0; i < acknowledged.size(); i++) {
      Acknowledged each = acknowledged.get(i);
      Request request = request(each.hold(), each.expiry(), each.memo());
      if (each.ending().isPresent() && answers.get(i).toReserve(request).admitted().isPresent()) {
        Ending ending = each.ending().get();
        ended.add(new Settlement(each.hold(), ending.actual(), ending.row()));
      }
    }
    settleTogether(ended);
  }

  private static Question toRestore(Acknowledged each) {
    Hold hold = each.hold();
    Request request = request(hold, each.expiry(), each.memo());
    return new Question(
        hold.account(), at -> Operation.restore(request, hold, each.openUntilMicros(), at));
  }

  /** {@inheritDoc} In one round trip, unless something is to be asked again, or not to be. */
  @Override
  public List<Receipt> reserveTogether(List<Request> requests) throws StoreException {
    if (requests.stream().anyMatch(request -> care(request) != Care.REPEATABLE)) {
      return ReplicatedStore.super.reserveTogether(requests);
    }
    List<Question> questions =
        requests.stream()
            .map(each -> new Question(each.account(), at -> Operation.reserve(each, at)))
            .toList();
    List<Answer> answers = askTogether(questions);
    List<Receipt> receipts = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      receipts.add(answers.get(i).toReserve(requests.get(i)));
    }
    return receipts;
  }

  /** {@inheritDoc} In one round trip, unless something is to be asked again. */
  @Override
  public List<Receipt> settleTogether(List<Settlement> settlements) throws StoreException {
    settlements.forEach(each -> each.hold().requireSettleable(each.actual(), each.row()));
    List<Answer> answers = askTogether(settlements.stream().map(RedisStore::toSettle).toList());
    List<Receipt> receipts = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      receipts.add(answers.get(i).toEnd(settlements.get(i).hold()));
    }
    return receipts;
  }

  private static Question toSettle(Settlement each) {
    return new Question(
        each.hold().account(), at -> Operation.settle(each.hold(), each.actual(), each.row(), at));
  }

  @Override
  public String shard(String account) {
    return address.kind() == RedisAddress.Kind.CLUSTER ? topology.shard(Names.of(account)) : "";
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    hold.requireSettleable(actual, row);
    return ask(toSettle(new Settlement(hold, actual, row))).toEnd(hold);
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
   * What may be asked again.
   *
   * @param operation for a time of the server's, in microseconds
   */
  private record Question(String account, LongFunction<List<String>> operation) {}

  private Answer ask(Question question) throws StoreException {
    return ask(question.account(), question.operation(), Care.REPEATABLE);
  }

  /** Asks those again that found no answer, or one to other windows than the server's. */
  private List<Answer> askTogether(List<Question> questions) throws StoreException {
    List<Courier.Parcel> parcels = new ArrayList<>();
    for (Question each : questions) {
      Names names = Names.of(each.account());
      List<String> words = each.operation().apply(clock.micros());
      parcels.add(new Courier.Parcel(scripts.counting(), names, words, Care.REPEATABLE));
    }
    List<Optional<Reply.Answer>> replies = courier.bringTogether(parcels);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      Optional<Reply.Answer> reply = replies.get(i);
      Answer answer = reply.isPresent() ? new Answer(reply.get()) : ask(questions.get(i));
      answers.add(answer.isStale() ? ask(questions.get(i)) : answer);
    }
    return answers;
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
