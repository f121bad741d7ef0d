package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** How operations travel: together, once, and never for longer than their deadline. */
class LineTest {

  /** 20 at once, 10 a minute. */
  private static final Bucket FREE = new Bucket(10, 60_000_000L, 20);

  private static final Script.Set SCRIPTS = Script.Set.load();

  private final String account = UUID.randomUUID().toString();

  @Test
  void operationsOfOneAccountInABatchAreOneCallThatAnswersEachExactly() {
    List<Ask> batch = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      batch.add(ask(account, "id" + i));
    }
    batch.add(12, ask(account + "-other", "id"));
    try (LocalRedis redis = LocalRedis.start()) {
      Wire wire = wire(redis, System::nanoTime);
      wire.exchange(batch, soon());
      assertThat(calls(redis)).as("two accounts, and again for the script").isEqualTo(4);
      Ask other = batch.remove(12);
      assertThat(outcome(other)).isEqualTo("FULL");
      for (int i = 0; i < batch.size(); i++) {
        assertThat(outcome(batch.get(i))).as("call %d", i).isEqualTo(i < 20 ? "FULL" : "REFUSED");
      }
      wire.disconnect();
    }
  }

  @Test
  void connectionThatWasDroppedWhileIdleIsMadeAnew() {
    AtomicLong nanos = new AtomicLong();
    try (LocalRedis redis = LocalRedis.start()) {
      Wire wire = wire(redis, nanos::get);
      try (Jedis client = new Jedis("127.0.0.1", redis.port())) {
        client.clientKill(new ClientKillParams().type(ClientType.NORMAL));
      }
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());
      wire.connect(0, soon());
      Ask ask = ask(account, "id");
      wire.exchange(List.of(ask), soon());
      assertThat(outcome(ask)).isEqualTo("FULL");
      wire.disconnect();
    }
  }

  @Test
  void scriptThatTheServerForgotIsLoadedAgain() throws StoreException {
    try (LocalRedis redis = LocalRedis.start();
        RedisClient client = RedisClient.create(redis.uri());
        Store store = Stores.open(redis.uri(), Stores.DEADLINE)) {
      for (int i = 0; i < 5; i++) {
        assertThat(reserve(store, "id" + i).outcome()).isEqualTo(Outcome.FULL);
        client.scriptFlush();
      }
      assertThat(reserve(store, "last").balances().get(0).posted()).isEqualTo(6);
    }
  }

  @Test
  void manyCallersOfTwoProcessesTakeExactlyTheBurstWithAtMostOneCallEach() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        Store one = Stores.open(redis.uri(), Stores.DEADLINE);
        Store two = Stores.open(redis.uri(), Stores.DEADLINE)) {
      long before = calls(redis);
      ExecutorService threads = Executors.newFixedThreadPool(200);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          Store mine = i % 2 == 0 ? one : two;
          String id = "id" + i;
          outcomes.add(
              threads.submit(
                  () -> {
                    start.await();
                    return reserve(mine, id).outcome();
                  }));
        }
        start.countDown();
        int admitted = 0;
        for (Future<Outcome> outcome : outcomes) {
          admitted += outcome.get(30, TimeUnit.SECONDS) == Outcome.FULL ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(20);
      } finally {
        threads.shutdownNow();
      }
      assertThat(calls(redis) - before).isBetween(1L, 200L);
    }
  }

  @Test
  void absentServerFailsFastAndIsFoundWhenItComes() throws StoreException {
    int port = LocalRedis.freePort();
    Duration deadline = Duration.ofMillis(500);
    LocalRedis redis = LocalRedis.at(port);
    try (redis;
        Store store = Stores.open(redis.uri(), deadline)) {
      for (int i = 0; i < 3; i++) {
        assertFailsWithin(store, deadline, "nothing was done");
      }
      redis.restart();
      assertThat(reserve(store, "id").outcome()).isEqualTo(Outcome.FULL);
      redis.close();
      assertFailsWithin(store, deadline, "");
      redis.restart();
      assertThat(reserve(store, "id").outcome()).isEqualTo(Outcome.FULL);
    }
  }

  @Test
  void serverThatFallsSilentFailsEveryCallerAfterThreeDeadlines() throws Exception {
    Duration deadline = Duration.ofMillis(100);
    try (LocalRedis redis = LocalRedis.start();
        Store store = Stores.open(redis.uri(), deadline);
        Store patient = Stores.open(redis.uri(), Stores.DEADLINE);
        Jedis client = new Jedis("127.0.0.1", redis.port())) {
      assertThat(reserve(store, "first").outcome()).isEqualTo(Outcome.FULL);
      client.clientPause(1_500);
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<?>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          callers.add(threads.submit(() -> assertFailsWithin(store, deadline.multipliedBy(3), "")));
        }
        for (Future<?> caller : callers) {
          caller.get(30, TimeUnit.SECONDS);
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(reserve(patient, "after the pause").outcome()).isEqualTo(Outcome.FULL);
      assertThat(reserve(store, "later").outcome()).isEqualTo(Outcome.FULL);
    }
  }

  @Test
  void connectionThatFallsSilentTakesTheIdleOneWithIt() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        Store store = Stores.open(redis.uri(), Duration.ofMillis(200));
        Jedis client = redis.client()) {
      Set<String> before = connectionsOfTwoCallers(store, client);
      redis.suspend();
      assertThatThrownBy(() -> reserve(store, "id")).isInstanceOf(StoreException.class);
      redis.resume();
      assertThat(before).hasSize(2);
      assertThat(connectionsOfTwoCallers(store, client)).doesNotContainAnyElementsOf(before);
    }
  }

  /** The server's names of a store's connections, after two callers have used it together. */
  private Set<String> connectionsOfTwoCallers(Store store, Jedis client) throws Exception {
    client.clientPause(50);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<?> caller :
          threads.invokeAll(
              List.of(() -> reserve(store, "first"), () -> reserve(store, "second")))) {
        caller.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    String mine = Long.toString(client.clientId());
    return Pattern.compile("(?m)^id=([0-9]+)")
        .matcher(client.clientList(ClientType.NORMAL))
        .results()
        .map(found -> found.group(1))
        .filter(id -> !id.equals(mine))
        .collect(Collectors.toSet());
  }

  /** Redis' protocol has no word for null: whoever writes it fails in the middle of a batch. */
  private static final Script UNWRITABLE = new Script("", null);

  @Test
  void leaderThatFailsLeavesNoAnswerBehindForOthers() {
    try (LocalRedis redis = LocalRedis.start()) {
      Line line = new Line(dialer(redis));
      line.ask(waiting(SCRIPTS.counting(), account + "-before"));
      Ask follower = waiting(SCRIPTS.counting(), account + "-follower");
      line.submit(follower);
      assertThatThrownBy(() -> line.ask(waiting(UNWRITABLE, account + "-leader")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(follower.reply()).isInstanceOf(Reply.Unknown.class);
      for (int i = 0; i < 3; i++) {
        Ask next = waiting(SCRIPTS.counting(), account + "-next");
        line.ask(next);
        assertThat(outcome(next)).isEqualTo("FULL");
        assertThat(taken(next)).as("of an account of its own").isEqualTo(i + 1);
      }
      line.close();
    }
  }

  @Test
  void leaderThatFailsBeforeItsBatchIsNotWaitedFor() throws Exception {
    AtomicInteger dialled = new AtomicInteger();
    try (LocalRedis redis = LocalRedis.start()) {
      HostAndPort server = new HostAndPort("127.0.0.1", redis.port());
      Line line =
          new Line(
              new Dialer(
                  new Login(false, "", "", 0),
                  deadline -> {
                    if (dialled.incrementAndGet() == 1) {
                      throw new IllegalStateException("a bug");
                    }
                    return server;
                  },
                  new Lineage(System::nanoTime)));
      assertThatThrownBy(() -> line.ask(waiting(SCRIPTS.counting(), account)))
          .isInstanceOf(IllegalStateException.class);
      Ask next = waiting(SCRIPTS.counting(), account);
      line.ask(next);
      assertThat(taken(next)).as("what nobody waits for is not sent").isEqualTo(1);
      line.close();
    }
  }

  @Test
  void connectionWhoseAnswerIsNotUnderstoodIsLeft() {
    try (StrangeServer server =
            new StrangeServer(
                client -> {
                  for (int i = 0; i < 100; i++) {
                    StrangeServer.saying(i == 0 ? "+PONG\r\n" : "*0\r\n").serve(client);
                  }
                });
        Store store = Stores.open(server.uri(), Stores.DEADLINE)) {
      int before = server.connections();
      for (int i = 1; i <= 3; i++) {
        assertThatThrownBy(() -> reserve(store, "id"))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("not understood");
      }
      assertThat(server.connections() - before).isGreaterThanOrEqualTo(3);
    }
  }

  private static Ask waiting(Script script, String account) {
    Request request =
        new Request(
            account, UUID.randomUUID().toString(), List.of(Charge.of("rate", FREE, 1)), 0, "");
    return new Ask(
        script,
        Names.of(account),
        Operation.reserve(request, 0),
        false,
        false,
        Stores.DEADLINE.toNanos(),
        soon());
  }

  /** How often the burst of an ask's account was taken from, by the answer to it. */
  private static long taken(Ask ask) {
    List<?> values = ((Reply.Answer) ask.reply()).values();
    // after outcome, time, two deadlines and the part that was taken comes the level, 6 s for each
    return Math.round((Long) values.get(8) / 6_000_000.0);
  }

  @Test
  void moneyThatIsLeasedOnceMoreIsWrittenOnceMore() throws StoreException {
    try (LocalRedis redis = LocalRedis.start();
        Store store = Stores.open(redis.uri(), Stores.DEADLINE)) {
      for (Expiry expiry : Expiry.values()) {
        reserve(store, "lease", expiry);
        long before = changes(redis);
        reserve(store, "lease", expiry);
        assertThat(changes(redis) - before)
            .as("%s: newer servers make WAIT wait for what was written", expiry)
            .matches(changes -> expiry == Expiry.CHARGED ? changes > 0 : changes == 0);
      }
      assertThat(store.openHolds(account + Expiry.CHARGED)).hasSize(1);
    }
  }

  private void reserve(Store store, String id, Expiry expiry) throws StoreException {
    List<Charge> charges = List.of(Charge.of("money", new Bucket(1000, 1_000_000L, 100_000), 1));
    store.reserve(new Request(account + expiry, id, charges, 60_000_000L, expiry, ""));
  }

  private static long changes(LocalRedis redis) {
    try (Jedis client = redis.client()) {
      return client
          .info("persistence")
          .lines()
          .filter(line -> line.startsWith("rdb_changes_since_last_save:"))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void lineThatIsFullRefusesAtOnce() {
    Line line =
        new Line(
            new Dialer(
                new Login(false, "", "", 0), deadline -> null, new Lineage(System::nanoTime)));
    for (int i = 0; i < Line.MAX_WAITING; i++) {
      Ask ask = ask(account, "id");
      line.submit(ask);
      assertThat(ask.reply()).isNull();
    }
    assertThat(line.ask(ask(account, "id"))).isInstanceOf(Reply.NotSent.class);
  }

  @Test
  void answerIsNotMissedWhenALockHasUsedUpTheWakeUp() throws InterruptedException {
    Ask ask = ask(account, "id");
    Thread leader =
        new Thread(
            () -> ask.complete(new Reply.Answer(List.of(), true, new HostAndPort("127.0.0.1", 1))));
    leader.start();
    leader.join();
    // as whoever waits for a lock does
    LockSupport.parkNanos(1);
    long start = System.nanoTime();
    assertThat(ask.park()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isLessThan(Stores.DEADLINE.dividedBy(2));
  }

  @Test
  void moneyIsLeasedAtOnceWhereThereAreNoReplicasAndWaitsForThoseThatCome() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        Store store = Stores.open(redis.uri(), Stores.DEADLINE)) {
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < 21; i++) {
        long start = System.nanoTime();
        lease(store, "alone " + i);
        millis.add((System.nanoTime() - start) / 1_000_000);
      }
      long median = millis.stream().sorted().toList().get(10);
      System.out.printf("a lease of a server without replicas: %d ms (median)%n", median);
      assertThat(median).isLessThan(50);
      assertThat(waits(redis)).isFalse();

      LocalRedis replica =
          LocalRedis.at(LocalRedis.freePort(), "replicaof 127.0.0.1 " + redis.port());
      try (replica) {
        replica.restart();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> {
                  lease(store, "replicated " + UUID.randomUUID());
                  assertThat(waits(redis)).isTrue();
                });
      }
    }
  }

  private void lease(Store store, String id) throws StoreException {
    List<Charge> charges = List.of(Charge.of("money", new Bucket(1000, 1_000_000L, 100_000), 1));
    store.reserve(new Request(account, id, charges, 1_000_000L, Expiry.CHARGED, ""));
  }

  /** Whether the server was ever asked what its replicas have. */
  private static boolean waits(LocalRedis redis) {
    try (Jedis client = redis.client()) {
      return client.info("commandstats").contains("cmdstat_wait:");
    }
  }

  private void assertFailsWithin(Store store, Duration deadline, String message) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> reserve(store, "id"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(message);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(deadline.plusMillis(400));
  }

  private Receipt reserve(Store store, String id) throws StoreException {
    return store.reserve(new Request(account, id, List.of(Charge.of("rate", FREE, 1)), 0, ""));
  }

  private static Ask ask(String account, String id) {
    Request request = new Request(account, id, List.of(Charge.of("rate", FREE, 1)), 0, "");
    long silence = Stores.DEADLINE.toNanos();
    Ask ask =
        new Ask(
            SCRIPTS.counting(),
            Names.of(account),
            Operation.reserve(request, 0),
            false,
            false,
            silence,
            System.nanoTime() + silence);
    ask.send();
    return ask;
  }

  private static String outcome(Ask ask) {
    assertThat(ask.reply()).isInstanceOf(Reply.Answer.class);
    return new String((byte[]) ((Reply.Answer) ask.reply()).values().get(0));
  }

  private static long soon() {
    return System.nanoTime() + Stores.DEADLINE.toNanos();
  }

  private static Wire wire(LocalRedis redis, LongSupplier nanoTime) {
    Wire wire = new Wire(dialer(redis), nanoTime);
    wire.connect(0, soon());
    return wire;
  }

  private static Dialer dialer(LocalRedis redis) {
    RedisAddress address = RedisAddress.parse(redis.uri());
    return new Dialer(
        address.login(), deadline -> address.nodes().get(0), new Lineage(System::nanoTime));
  }

  /** How often the server was asked to run a script. */
  private static long calls(LocalRedis redis) {
    try (RedisClient client = RedisClient.create(redis.uri())) {
      Matcher calls =
          Pattern.compile("cmdstat_eval(?:sha)?:calls=([0-9]+)")
              .matcher(client.info("commandstats"));
      return calls.results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
    }
  }
}
