package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.args.FlushMode;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ClientKillParams;

/**
 * Everything that a real server may refuse: nothing is done then, the error says what an operator
 * can do, and when that is done the store goes on unaided. On every kind of server that is here.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.tollgate.store.redis.LocalRedis#programs")
class RefusalTest {

  private static final String SEED = "tollgate.seed";
  private static final Duration DEADLINE = Duration.ofMillis(300);
  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, 1L << 52), 1000, 1000, 1000, List.of());
  private static final List<Charge> CHARGES = List.of(Charge.of("calls", QUOTA, 1));

  @Parameter String program;
  @TempDir Path directory;

  private LocalRedis start(String... settings) {
    return LocalRedis.startProgram(program, settings);
  }

  private static Store open(LocalRedis redis) {
    return Stores.open(redis.uri(), DEADLINE);
  }

  private static Store open(LocalRedis redis, String login) {
    return Stores.open(URI.create("redis://" + login + "@127.0.0.1:" + redis.port()), DEADLINE);
  }

  private static Receipt take(Store store) throws StoreException {
    return store.reserve(new Request("account", "id", CHARGES, 0, ""));
  }

  private static long taken(Store store) throws StoreException {
    Balance balance = store.read("account", CHARGES).balances().get(0);
    return balance.posted() + balance.held();
  }

  private static void assertRefuses(Store store, String remedy) {
    assertThatThrownBy(() -> take(store))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("nothing was done: ")
        .hasMessageContaining(remedy);
  }

  @Test
  void aScriptThatIsForgottenAllTheTimeIsBroughtAgain() throws Exception {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    try (LocalRedis redis = start();
        Store store = open(redis);
        Jedis client = redis.client()) {
      List<String> names = IntStream.range(0, 100).mapToObj(i -> "caller-" + i).toList();
      Load load = new Load(store, names, 4, seed);
      int flushes = 0;
      try (load) {
        while (load.operations() < 1000) {
          client.scriptFlush(FlushMode.SYNC);
          flushes++;
        }
      }
      System.out.printf(
          "%s, -D%s=%d: scripts forgotten %d times under %d operations: %d errors, %s%n",
          program, SEED, seed, flushes, load.operations(), load.failures().size(), load.outcomes());
      assertThat(load.failures()).isEmpty();
      assertThat(load.outcomes().wrong()).isZero();
    }
  }

  @Test
  void aReplicaIsNotWrittenTo() throws StoreException {
    try (LocalRedis redis = start();
        Store store = open(redis);
        Jedis client = redis.client()) {
      take(store);
      client.replicaof("127.0.0.1", 1);
      assertRefuses(store, "name its master in tollgate.store");
      client.replicaofNoOne();
      take(store);
      assertThat(taken(store)).isEqualTo(2);
    }
  }

  @Test
  void aMasterThatMissesItsReplicasIsNotWrittenTo() throws StoreException {
    try (LocalRedis redis = start();
        Store store = open(redis);
        Jedis client = redis.client()) {
      client.configSet("min-replicas-to-write", "1");
      assertRefuses(store, "min-replicas-to-write");
      client.configSet("min-replicas-to-write", "0");
      take(store);
      assertThat(taken(store)).isEqualTo(1);
    }
  }

  @Test
  void aServerThatIsLoadingIsAskedAgainLater() {
    try (LocalRedis redis = start("appendonly yes", "key-load-delay 300")) {
      try (Jedis client = redis.client();
          Store store = open(redis)) {
        try (AbstractPipeline pipeline = client.pipelined()) {
          for (int i = 0; i < 4000; i++) {
            pipeline.set("key-" + i, "text");
          }
        }
        client.shutdown();
        redis.kill();
        redis.restart();
        assertRefuses(store, "the server is loading its data");
        Awaitility.await()
            .ignoreExceptionsInstanceOf(StoreException.class)
            .atMost(Duration.ofSeconds(30))
            .until(() -> take(store).outcome() == Outcome.FULL);
      }
    }
  }

  @Test
  void aServerWithoutMemoryTakesNothing() throws StoreException {
    try (LocalRedis redis = start();
        Store store = open(redis);
        Jedis client = redis.client()) {
      take(store);
      client.configSet("maxmemory", "1");
      assertRefuses(store, "raise its maxmemory");
      List<String> logged = new ArrayList<>();
      logging(logged, () -> open(redis)).close();
      assertThat(logged).hasSize(1);
      assertThat(logged.get(0)).contains("raise its maxmemory").doesNotContain("ACL");
      client.configSet("maxmemory", "0");
      assertThat(taken(store)).isEqualTo(1);
      take(store);
      assertThat(taken(store)).isEqualTo(2);
    }
  }

  @Test
  void anotherClientsEndlessScriptIsNamed() throws Exception {
    try (LocalRedis redis = start("lua-time-limit 50");
        Store store = open(redis);
        Jedis client = redis.client()) {
      take(store);
      Thread endless = new Thread(() -> runEndlessly(redis), "endless");
      endless.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                try {
                  client.ping();
                  return false;
                } catch (JedisDataException busy) {
                  return true;
                }
              });
      assertRefuses(store, "SCRIPT KILL");
      client.scriptKill();
      endless.join();
      take(store);
      assertThat(taken(store)).isEqualTo(2);
    }
  }

  private static void runEndlessly(LocalRedis redis) {
    try (Jedis client = redis.client()) {
      client.getClient().setSoTimeout(60_000);
      client.eval("while true do end");
    } catch (JedisException killed) {
      assertThat(killed).hasMessageContaining("killed");
    }
  }

  @Test
  void aServerThatCannotSaveTakesNothing() throws Exception {
    Path gone = Files.createDirectory(directory.resolve("gone"));
    try (LocalRedis redis = start("dir " + gone, "save 3600 1");
        Store store = open(redis);
        Jedis client = redis.client()) {
      Files.delete(gone);
      client.bgsave();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> client.info("persistence").contains("rdb_last_bgsave_status:err"));
      assertRefuses(store, "see its log and its disk");
      client.configSet("stop-writes-on-bgsave-error", "no");
      take(store);
      assertThat(taken(store)).isEqualTo(1);
    }
  }

  @Test
  void aClusterWithoutAMasterForTheSlotIsNamed() {
    try (LocalRedis redis = start("cluster-enabled yes");
        Jedis client = redis.client()) {
      int slot = Names.of("account").slot();
      client.clusterAddSlots(slot);
      URI uri = URI.create("redis-cluster://127.0.0.1:" + redis.port());
      try (Store store = Stores.open(uri, DEADLINE)) {
        assertRefuses(store, "no master has the account's slot");
        assertThatThrownBy(() -> store.document("elsewhere"))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("no node of the cluster serves slot");
      }
    }
  }

  @Test
  void aPasswordThatIsAskedForLaterIsMissed() throws StoreException {
    try (LocalRedis redis = start();
        Store store = open(redis);
        Jedis client = redis.client()) {
      take(store);
      client.configSet("requirepass", "secret");
      cutAll(client);
      assertRefuses(store, "redis://user:password@host");
      try (Store wrong = open(redis, ":guess")) {
        assertRefuses(wrong, "does not know the user and password");
      }
      try (Store right = open(redis, ":secret")) {
        assertThat(taken(right)).isEqualTo(1);
      }
    }
  }

  @Test
  void aLoginThatIsNotAskedForIsNamed() {
    try (LocalRedis redis = start();
        Store store = open(redis, ":secret")) {
      assertRefuses(store, "does not know the user and password");
    }
  }

  @Test
  void passwordsAreRotatedWhileBothAreValid() throws StoreException {
    try (LocalRedis redis = start();
        Jedis client = redis.client()) {
      client.sendCommand(() -> "ACL".getBytes(), aclSetUser("on", ">old", Rights.NEEDED));
      try (Store old = open(redis, "tollgate:old")) {
        take(old);
        client.aclSetUser("tollgate", ">new");
        try (Store renewed = open(redis, "tollgate:new")) {
          take(renewed);
          take(old);
          client.aclSetUser("tollgate", "<old");
          take(renewed);
          assertThat(taken(renewed)).isEqualTo(4);
          cutAll(client);
          take(renewed);
        }
      }
      try (Store old = open(redis, "tollgate:old")) {
        assertRefuses(old, "does not know the user and password");
      }
    }
  }

  private static String[] aclSetUser(String... rules) {
    List<String> words = new ArrayList<>(List.of("SETUSER", "tollgate", "resetkeys"));
    for (String rule : rules) {
      words.addAll(List.of(rule.split(" ")));
    }
    return words.toArray(new String[0]);
  }

  private static void cutAll(Jedis client) {
    client.clientKill(new ClientKillParams().type(ClientType.NORMAL));
  }

  @Test
  void theRightsThatAreNamedAreEnough() throws StoreException {
    try (LocalRedis redis = start();
        Jedis client = redis.client()) {
      client.sendCommand(() -> "ACL".getBytes(), aclSetUser("on", ">secret", Rights.NEEDED));
      List<String> logged = new ArrayList<>();
      try (Store store = logging(logged, () -> open(redis, "tollgate:secret"))) {
        Request request = new Request("account", "id", CHARGES, 60_000_000, "");
        Hold hold = store.reserve(request).admitted().orElseThrow();
        assertThat(store.settle(hold, List.of(2L), "row").outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(store.rows("account")).containsExactly("row");
        store.reset("account");
        assertThat(store.replace("document", 0, "text")).isTrue();
        List<Rollups.Row> rows = List.of(new Rollups.Row("key", List.of(1L)));
        store.rollups().add(new Rollups.Addition("rollup", 1_000_000, "writer", 1, rows));
        assertThat(store.rollups().largest("rollup", 0, 10)).hasSize(1);
        assertThat(store.durability()).isEqualTo(Durability.LOST_AT_RESTART);
      }
      assertThat(logged).isEmpty();
    }
  }

  @Test
  void rightsThatAreMissingAreNamedAtTheStart() {
    try (LocalRedis redis = start();
        Jedis client = redis.client()) {
      client.sendCommand(
          () -> "ACL".getBytes(), aclSetUser("on", ">secret", Rights.NEEDED, "-hset", "-zadd"));
      List<String> logged = new ArrayList<>();
      try (Store store = logging(logged, () -> open(redis, "tollgate:secret"))) {
        assertThat(logged).hasSize(1);
        assertThat(logged.get(0)).contains("HSET", "ZADD", "ACL SETUSER <user> " + Rights.NEEDED);
        assertThat(logged.get(0)).doesNotContain("HGET", "secret");
        assertRefuses(store, "ACL SETUSER");
      }
      client.sendCommand(
          () -> "ACL".getBytes(), aclSetUser(Rights.NEEDED.replace("~tollgate1:*", "~other:*")));
      logged.clear();
      logging(logged, () -> open(redis, "tollgate:secret")).close();
      assertThat(logged).hasSize(1);
      assertThat(logged.get(0)).contains("ACL SETUSER <user> " + Rights.NEEDED);
    }
  }

  private interface Opening {
    Store open();
  }

  /** What is logged while a store is opened. */
  private static Store logging(List<String> logged, Opening opening) {
    Logger logger = Logger.getLogger("dev.tollgate");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord logRecord) {
            logged.add(new SimpleFormatter().formatMessage(logRecord));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      return opening.open();
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void everyCommandOfTheScriptsIsTried() {
    Script.Set scripts = Script.Set.load();
    Set<String> tried = commands(scripts.rights(), "\\{'([A-Z]+)'");
    for (Script script : List.of(scripts.counting(), scripts.documents(), scripts.rollups())) {
      assertThat(tried).containsAll(commands(script, "(?:call|write)\\('([A-Z]+)'"));
    }
  }

  private static Set<String> commands(Script script, String pattern) {
    Matcher names = Pattern.compile(pattern).matcher(script.text());
    return new TreeSet<>(names.results().map(found -> found.group(1)).toList());
  }

  @Test
  void aServerWithTooManyClientsIsNamed() throws StoreException {
    try (LocalRedis redis = start("maxclients 3");
        Jedis first = redis.client();
        Jedis second = redis.client();
        Jedis third = redis.client()) {
      List.of(first, second, third).forEach(Jedis::ping);
      try (Store store = open(redis)) {
        assertRefuses(store, "raise maxclients");
        third.close();
        Awaitility.await()
            .ignoreExceptionsInstanceOf(StoreException.class)
            .atMost(Duration.ofSeconds(30))
            .until(() -> take(store).outcome() == Outcome.FULL);
        assertThat(taken(store)).isEqualTo(1);
      }
    }
  }

  @Test
  void aServerThatIsStoppedCostsADeadlineAndChargesOnce() throws StoreException {
    Duration deadline = Duration.ofMillis(100);
    try (LocalRedis redis = start();
        Store store = Stores.open(redis.uri(), deadline)) {
      Request request = new Request("account", "id", CHARGES, 60_000_000, "");
      take(store);
      redis.suspend();
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        long began = System.nanoTime();
        assertThatThrownBy(() -> store.reserve(request)).isInstanceOf(StoreException.class);
        millis.add((System.nanoTime() - began) / 1_000_000);
      }
      redis.resume();
      assertThat(store.reserve(request).outcome()).isEqualTo(Outcome.FULL);
      assertThat(taken(store)).isEqualTo(2);
      System.out.printf("%s: stopped, each of 5 operations failed in ms: %s%n", program, millis);
      assertThat(millis.get(0)).isBetween(250L, 1500L);
      assertThat(millis.subList(1, 5)).allMatch(each -> each < 1000);
    }
  }
}
