package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A real cluster: it is changed, stalled and broken while it is used. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {

  private static final String SEED = "tollgate.seed";
  private static final int RESHARDED = 1000;
  private static final int THREADS = 4;

  /** Silence, gossip about it and the election of a replica together take twice as long. */
  private static final Duration NODE_TIMEOUT = Duration.ofMillis(800);

  private static final Duration PROMISED = NODE_TIMEOUT.plusSeconds(2);

  /**
   * So much later than the election the last error may come: the promise, where servers elect in
   * time. Those that are short of processor time elect later, and no client can help that.
   */
  private static final Duration FOLLOWED = Duration.ofMillis(700);

  private static final Duration DEADLINE = Duration.ofMillis(250);

  private static LocalCluster cluster;

  /** The master that has the slots that are moved. */
  private static int holder;

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());

  @BeforeAll
  static void start() {
    cluster = new LocalCluster();
    holder = 0;
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void accountsAreSpreadOverAllMasters() throws StoreException {
    try (Store store = Stores.open(cluster.uri(), Stores.DEADLINE)) {
      for (int i = 0; i < 30; i++) {
        store.replace("document-" + i, 0, "text");
      }
      for (int i = 0; i < LocalCluster.MASTERS; i++) {
        assertThat(cluster.size(i)).as("keys of master %d", i).isPositive();
      }
      assertThat(store.document("document-7").text()).isEqualTo("text");
    }
  }

  @Test
  @Order(1)
  void aNodeThatIsTakenForALoneServerSaysWhatToWrite() {
    URI uri = cluster.master(0).uri();
    try (Store store = Stores.open(uri, DEADLINE)) {
      assertThatThrownBy(() -> store.document(names("other", 1, 12_000, 16_000).get(0)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("redis-cluster://host:port");
    }
  }

  @Test
  @Order(2)
  void aThousandSlotsAreMovedUnderLoadWithoutAnErrorOrAWrongDecision() throws Exception {
    reshard(1, 300);
  }

  @Test
  @Order(2)
  @Tag("long")
  void aThousandSlotsAreMovedToAndFroUnderLoadWithoutAWrongDecision() throws Exception {
    reshard(10, 3000);
  }

  private void reshard(int rounds, int callers) throws Exception {
    try (Store store = Stores.open(cluster.uri(), DEADLINE)) {
      List<String> names = names("moved-" + rounds, callers, 0, RESHARDED);
      names.addAll(names("stays-" + rounds, callers / 5, RESHARDED, LocalCluster.SLOTS));
      long began = System.nanoTime();
      Load load = new Load(store, names, THREADS, seed);
      int keys = 0;
      try (load) {
        load.awaitMore(1000);
        began = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
          keys += cluster.reshard(0, RESHARDED, holder, 1 - holder, 1);
          holder = 1 - holder;
        }
        began = System.nanoTime() - began;
        load.awaitMore(1000);
      }
      Load.Outcomes outcomes = load.outcomes();
      System.out.printf(
          "-D%s=%d: %d times %d slots, %d keys, moved in %d ms under %d operations for %d callers, %d of"
              + " them at their limit; %d times MOVED, %d ASK, %d TRYAGAIN: %d errors, %s, slowest"
              + " %d ms%n",
          SEED,
          seed,
          rounds,
          RESHARDED,
          keys,
          began / 1_000_000,
          load.operations(),
          load.callers(),
          load.exhausted(),
          cluster.errors("MOVED"),
          cluster.errors("ASK"),
          cluster.errors("TRYAGAIN"),
          load.failures().size(),
          outcomes,
          load.slowest().toMillis());
      assertThat(cluster.errors("ASK")).isPositive();
      assertThat(load.failures()).isEmpty();
      assertThat(outcomes.wrong()).as("wrong decisions and charges").isZero();
    }
  }

  @Test
  @Order(3)
  void aStalledNodeDelaysNobodyElse() throws Exception {
    try (Store store = Stores.open(cluster.uri(), DEADLINE)) {
      int border = LocalCluster.firstSlot(2);
      List<String> elsewhere = names("elsewhere", 100, 0, border);
      List<String> stalled = names("stalled", 10, border, LocalCluster.SLOTS);
      Load others = new Load(store, elsewhere, THREADS, seed);
      Load victims = new Load(store, stalled, 1, seed);
      try (others;
          victims) {
        others.awaitMore(500);
        cluster.master(2).suspend();
        others.awaitMore(2000);
        victims.awaitFailures(1);
        cluster.master(2).resume();
        others.awaitMore(500);
      }
      System.out.printf(
          "-D%s=%d: one master of %d stalled: %d of %d operations on it failed; on the others %d of"
              + " %d, slowest %d ms; %d connections to one of them%n",
          SEED,
          seed,
          LocalCluster.MASTERS,
          victims.failures().size(),
          victims.operations(),
          others.failures().size(),
          others.operations(),
          others.slowest().toMillis(),
          cluster.connections(0));
      assertThat(victims.failures()).isNotEmpty();
      assertThat(others.failures()).isEmpty();
      assertThat(others.slowest()).isLessThan(DEADLINE);
      assertThat(others.outcomes().wrong() + victims.outcomes().wrong()).isZero();
      assertThat(cluster.connections(0)).isLessThanOrEqualTo(Line.WIRES);
    }
  }

  @Test
  @Order(4)
  void aMasterThatDiesCostsErrorsForNoLongerThanTheNodeTimeoutAndTwoSeconds() throws Exception {
    cluster.setNodeTimeout(NODE_TIMEOUT);
    kill(2, "once");
  }

  @Test
  @Order(5)
  @Tag("long")
  void mastersThatDieOneAfterTheOtherCostNoMore() throws Exception {
    cluster.setNodeTimeout(NODE_TIMEOUT);
    for (int i = 0; i < 5; i++) {
      // masters vote for replicas of a master once in two node timeouts
      Thread.sleep(2 * NODE_TIMEOUT.toMillis());
      cluster.makeMaster(2);
      Thread.sleep(2 * NODE_TIMEOUT.toMillis());
      kill(2, "again-" + i);
    }
  }

  /** When, after a kill, another master was elected, and when an operation failed last. */
  private record Failover(Duration elected, Duration lastError) {
    Duration followed() {
      return lastError.minus(elected);
    }
  }

  private void kill(int master, String round) throws Exception {
    try (Store store = Stores.open(cluster.uri(), DEADLINE)) {
      Load load = everywhere(store, "killed-" + round, 200);
      Failover failover = failOver(master, load);
      Load after = everywhere(store, "after-" + round, 100);
      try (after) {
        cluster.bringBack(master);
        after.awaitMore(2000);
      }
      report(failover, load, after);
      assertThat(load.failures()).isNotEmpty();
      assertThat(failover.followed()).as("errors after the election").isLessThan(FOLLOWED);
      Duration inTime = failover.elected().plus(FOLLOWED);
      assertThat(failover.lastError())
          .as("the promise, where the servers elect in time")
          .isLessThan(inTime.compareTo(PROMISED) > 0 ? inTime : PROMISED);
      assertThat(load.outcomes().doubled()).isZero();
      assertThat(after.failures()).isEmpty();
      assertThat(after.outcomes().wrong()).isZero();
    }
  }

  private Load everywhere(Store store, String prefix, int callers) {
    return new Load(store, names(prefix, callers, 0, LocalCluster.SLOTS), THREADS, seed);
  }

  private static Failover failOver(int master, Load load) throws Exception {
    long killedAt;
    long electedAt;
    try (load) {
      load.awaitMore(1000);
      killedAt = System.nanoTime();
      cluster.master(master).kill();
      cluster.awaitPromotion(master);
      electedAt = System.nanoTime();
      load.awaitMore(1000);
    }
    long last = load.failures().stream().mapToLong(Load.Failure::atNanos).max().orElse(killedAt);
    return new Failover(Duration.ofNanos(electedAt - killedAt), Duration.ofNanos(last - killedAt));
  }

  private void report(Failover failover, Load load, Load after) throws Exception {
    System.out.printf(
        "-D%s=%d: a master killed, node timeout %d ms: its replica was elected after %d ms; %d of %d"
            + " operations failed, the last after %d ms (%d ms after the election; promised: %d ms);"
            + " %s (lost: acknowledged, and not replicated when it died); afterwards %d of %d"
            + " failed, %s%n",
        SEED,
        seed,
        NODE_TIMEOUT.toMillis(),
        failover.elected().toMillis(),
        load.failures().size(),
        load.operations(),
        failover.lastError().toMillis(),
        failover.followed().toMillis(),
        PROMISED.toMillis(),
        load.outcomes(),
        after.failures().size(),
        after.operations(),
        after.outcomes());
  }

  /** Callers whose slots are in a range. */
  private static List<String> names(String prefix, int count, int firstSlot, int endSlot) {
    List<String> names = new ArrayList<>();
    for (int i = 0; names.size() < count; i++) {
      String name = prefix + "-" + i;
      int slot = Names.of(name).slot();
      if (slot >= firstSlot && slot < endSlot) {
        names.add(name);
      }
    }
    return names;
  }
}
