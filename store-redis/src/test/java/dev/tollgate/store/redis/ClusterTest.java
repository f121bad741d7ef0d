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

  private static final Duration DEADLINE = Duration.ofMillis(250);

  private static LocalCluster cluster;
  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());

  @BeforeAll
  static void start() {
    cluster = new LocalCluster();
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
          keys += cluster.reshard(0, RESHARDED, i % 2, 1 - i % 2, 1);
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

  private void kill(int master, String round) throws Exception {
    try (Store store = Stores.open(cluster.uri(), DEADLINE)) {
      long killedAt;
      long promotedAt;
      Load load =
          new Load(store, names("killed-" + round, 200, 0, LocalCluster.SLOTS), THREADS, seed);
      try (load) {
        load.awaitMore(1000);
        killedAt = System.nanoTime();
        cluster.master(master).kill();
        cluster.awaitPromotion(master);
        promotedAt = System.nanoTime();
        load.awaitMore(1000);
      }
      long last = load.failures().stream().mapToLong(Load.Failure::atNanos).max().orElse(killedAt);
      Load.Outcomes outcomes = load.outcomes();
      Load after =
          new Load(store, names("after-" + round, 100, 0, LocalCluster.SLOTS), THREADS, seed);
      try (after) {
        cluster.bringBack(master);
        after.awaitMore(2000);
      }
      System.out.printf(
          "-D%s=%d: a master killed, node timeout %d ms: its replica took over after %d ms; %d of %d"
              + " operations failed, the last after %d ms; %s (lost: acknowledged, and not replicated when it died); afterwards %d of"
              + " %d failed, %s%n",
          SEED,
          seed,
          NODE_TIMEOUT.toMillis(),
          (promotedAt - killedAt) / 1_000_000,
          load.failures().size(),
          load.operations(),
          (last - killedAt) / 1_000_000,
          outcomes,
          after.failures().size(),
          after.operations(),
          after.outcomes());
      assertThat(load.failures()).isNotEmpty();
      // servers that are short of processor time elect later: the store follows at once
      Duration elected = Duration.ofNanos(promotedAt - killedAt).plusMillis(700);
      Duration promised = NODE_TIMEOUT.plusSeconds(2);
      assertThat(Duration.ofNanos(last - killedAt))
          .isLessThan(promised.compareTo(elected) > 0 ? promised : elected);
      assertThat(outcomes.doubled()).isZero();
      assertThat(after.failures()).isEmpty();
      assertThat(after.outcomes().wrong()).isZero();
    }
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
