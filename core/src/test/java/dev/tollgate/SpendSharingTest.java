package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Processes that add up what they spend through a store whose replies get lost. */
class SpendSharingTest {

  private static final String SEED = "tollgate.seed";
  private static final BreakerPolicy POLICY =
      new BreakerPolicy(300, 10, false, Map.of(SpendScope.APPLICATION, 43_200L * 1_000_000));
  private static final long MINUTE = 29_500_000L;
  private static final long NOW = MINUTE * SharedSpend.MINUTE_MICROS + 30_000_000L;

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Random random = new Random(seed);
  private final Store store = new MemoryStore(10, new HandClock(Instant.EPOCH));
  private final List<BreakerChange> changes = new ArrayList<>();

  /** Thousands of failures that are meant are no news. */
  private static final Logger LOGGER = Logger.getLogger("dev.tollgate");

  @BeforeAll
  static void keepQuiet() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOGGER.setLevel(null);
  }

  private static final class Process {
    private final StoreGuard guard;
    private final SpendSharing sharing;

    Process(Store store, String name, List<BreakerChange> changes) {
      guard = new StoreGuard(store, Optional.empty());
      sharing = new SpendSharing(guard, name, changes::add);
    }

    boolean merge(long nowMicros) {
      guard.probe();
      try {
        sharing.merge(POLICY, nowMicros);
        return true;
      } catch (StoreException lost) {
        sharing.goOnAlone(POLICY, nowMicros);
        return false;
      }
    }

    BreakerStatus status() {
      return sharing.known().status(SpendScope.APPLICATION).orElseThrow();
    }

    BreakerState state() {
      return status().state();
    }

    void spend(long amount) {
      sharing.add(SpendScope.APPLICATION, MINUTE, new MinuteSpend(amount, 0));
    }
  }

  /**
   * A way to the store on which writes get lost, or arrive although the reply does not, or late.
   */
  private final class BadWay {
    private final List<Object[]> underWay = new ArrayList<>();
    private boolean bad = true;
    private boolean cut;
    private boolean losesReplies;

    Store store() {
      return (Store)
          Proxy.newProxyInstance(
              Store.class.getClassLoader(),
              new Class<?>[] {Store.class},
              (proxy, method, arguments) -> travel(method, arguments));
    }

    private Object travel(Method method, Object[] arguments) throws Throwable {
      if (cut) {
        throw new StoreException("cut");
      }
      if (random.nextBoolean()) {
        arrive();
      }
      if (losesReplies && method.getName().equals("replace")) {
        call(method, arguments);
        throw new StoreException("its reply is lost");
      }
      if (bad && method.getName().equals("replace")) {
        switch (random.nextInt(4)) {
          case 0 -> throw new StoreException("lost");
          case 1 -> {
            call(method, arguments);
            throw new StoreException("its reply is lost");
          }
          case 2 -> {
            underWay.add(arguments);
            throw new StoreException("late");
          }
          default -> {
            return call(method, arguments);
          }
        }
      }
      return call(method, arguments);
    }

    private void arrive() throws StoreException {
      for (Object[] late : underWay) {
        store.replace((String) late[0], (Long) late[1], (String) late[2]);
      }
      underWay.clear();
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
      try {
        return method.invoke(store, arguments);
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }
  }

  @RepeatedTest(100)
  void lostRepliesNeitherLoseNorRepeatWhatWasSpent() throws StoreException {
    List<BadWay> ways = List.of(new BadWay(), new BadWay(), new BadWay());
    List<Process> processes = new ArrayList<>();
    for (BadWay way : ways) {
      processes.add(new Process(way.store(), "process-" + processes.size(), changes));
    }
    long spent = 0;
    for (int i = 0; i < 100; i++) {
      Process process = processes.get(random.nextInt(processes.size()));
      long amount = 5L * random.nextInt(1000);
      process.spend(amount);
      spent += amount;
      if (random.nextInt(3) > 0) {
        process.merge(NOW);
      }
    }
    ways.forEach(way -> way.bad = false);
    processes.forEach(process -> assertThat(process.merge(NOW)).isTrue());
    processes.forEach(process -> assertThat(process.merge(NOW)).isTrue());
    Process last = processes.get(0);
    last.merge(NOW + SharedSpend.MINUTE_MICROS);
    long mean = last.status().demand();
    assertThat(mean * 5).as("-D%s=%d", SEED, seed).isEqualTo(spent);
  }

  @RepeatedTest(20)
  void stateThatChangesWhileRepliesGetLostIsToldOnce() {
    BadWay way = new BadWay();
    List<Process> processes =
        List.of(new Process(way.store(), "a", changes), new Process(way.store(), "b", changes));
    processes.forEach(process -> process.merge(NOW));
    for (int i = 0; i < 400; i++) {
      Process process = processes.get(random.nextInt(2));
      process.sharing.add(SpendScope.APPLICATION, MINUTE + i / 10, new MinuteSpend(10_000_000, 0));
      process.merge(NOW + i * SharedSpend.MINUTE_MICROS / 10);
    }
    way.bad = false;
    processes.forEach(process -> process.merge(NOW + 40 * SharedSpend.MINUTE_MICROS));
    processes.forEach(process -> process.merge(NOW + 40 * SharedSpend.MINUTE_MICROS));
    assertThat(changes)
        .as("-D%s=%d", SEED, seed)
        .extracting(change -> change.status().state())
        .containsExactly(BreakerState.OPEN);
  }

  private static BreakerOrder order(BreakerControl control) {
    return BreakerOrder.of(control, MINUTE + 100_000);
  }

  @Test
  void changeThatOnesOwnWritingIsLearntToHaveMadeTooLateIsNotTold() {
    BadWay way = new BadWay();
    way.bad = false;
    Process late = new Process(way.store(), "a", changes);
    Process other = new Process(store, "b", changes);
    late.merge(NOW);
    way.losesReplies = true;
    late.sharing.order(SpendScope.APPLICATION, order(BreakerControl.OPEN));
    assertThat(late.merge(NOW)).isFalse();

    other.sharing.order(SpendScope.APPLICATION, order(BreakerControl.CLOSED));
    other.merge(NOW);
    way.losesReplies = false;
    late.merge(NOW);
    assertThat(changes)
        .extracting(change -> change.status().state())
        .containsExactly(BreakerState.CLOSED);
    assertThat(late.state()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void whatWasWrittenOnTheDayBeforeIsNotCountedAgain() {
    BadWay way = new BadWay();
    way.bad = false;
    Process cutOff = new Process(way.store(), "a", changes);
    Process other = new Process(store, "b", changes);
    other.merge(NOW);
    way.losesReplies = true;
    cutOff.spend(10_000);
    assertThat(cutOff.merge(NOW)).isFalse();

    long nextDay = NOW + SpendBreaker.MINUTES_OF_DAY * SharedSpend.MINUTE_MICROS;
    other.sharing.add(SpendScope.APPLICATION, MINUTE, new MinuteSpend(1, 0));
    other.merge(nextDay);
    way.losesReplies = false;
    cutOff.merge(nextDay);
    cutOff.merge(nextDay + SharedSpend.MINUTE_MICROS);
    assertThat(cutOff.status().demand()).as("of the latest five minutes").isLessThan(2);
  }

  @Test
  void operatorIsObeyedWithoutTheStoreAndOthersAreToldLater() {
    BadWay way = new BadWay();
    Process cutOff = new Process(way.store(), "a", changes);
    Process other = new Process(store, "b", changes);
    way.cut = true;
    assertThat(cutOff.merge(NOW)).isFalse();
    cutOff.sharing.order(SpendScope.APPLICATION, order(BreakerControl.OPEN));
    assertThat(cutOff.merge(NOW)).isFalse();
    assertThat(cutOff.state()).isEqualTo(BreakerState.OPEN);
    other.merge(NOW);
    assertThat(other.state()).isEqualTo(BreakerState.CLOSED);
    way.cut = false;
    way.bad = false;
    cutOff.merge(NOW);
    other.merge(NOW);
    assertThat(other.state()).isEqualTo(BreakerState.OPEN);
    assertThat(changes).hasSize(1);
  }

  @Test
  void outageKeepsTheVerdictAndABoundedPartOfWhatIsSpentIsNotLost() {
    BadWay way = new BadWay();
    way.bad = false;
    Process process = new Process(way.store(), "a", changes);
    process.sharing.order(SpendScope.APPLICATION, order(BreakerControl.OPEN));
    process.merge(NOW);
    way.cut = true;
    for (int minute = 0; minute < 60; minute++) {
      process.sharing.add(SpendScope.APPLICATION, MINUTE + minute, new MinuteSpend(5, 0));
      assertThat(process.merge(NOW + minute * SharedSpend.MINUTE_MICROS)).isFalse();
      assertThat(process.state()).isEqualTo(BreakerState.OPEN);
    }
    way.cut = false;
    process.merge(NOW + 5 * SharedSpend.MINUTE_MICROS);
    process.merge(NOW + 6 * SharedSpend.MINUTE_MICROS);
    assertThat(process.status().demand()).as("all of the hour").isEqualTo(60);
  }

  @Test
  void unreadableDocumentIsBegunAnew() throws StoreException {
    store.replace(SpendSharing.DOCUMENT, 0, "something else");
    Process process = new Process(store, "a", changes);
    assertThat(process.merge(NOW)).isTrue();
    assertThat(process.sharing.known().status(SpendScope.APPLICATION)).isPresent();
    assertThat(SharedSpend.read(store.document(SpendSharing.DOCUMENT).text())).isPresent();
  }
}
