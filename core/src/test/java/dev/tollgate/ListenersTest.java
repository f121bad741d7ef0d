package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Listeners are somebody else's code: whatever they do, the engine and the others go on. */
class ListenersTest {

  private static final long PATIENCE_SECONDS = 60;
  private static final Instant AT = Instant.parse("2026-03-10T12:00:00Z");

  /** What hangs as a mail server does, until it is let go or interrupted. */
  private static final class Hanging {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    void hear(String what) {
      begun.countDown();
      try {
        letGo.await();
        heard.add(what);
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }

    void awaitBeginning() throws InterruptedException {
      assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static Tollgate open() {
    Policies policies =
        Policies.of(List.of(Tier.of("free")), List.of(Route.of("chat")), new PriceBook(Map.of()))
            .with(
                new Spending(
                    List.of(),
                    new BreakerPolicy(300, 10, false, Map.of(SpendScope.APPLICATION, 1L)),
                    AnomalyPolicy.OFF));
    return Tollgate.builder(policies, new MemoryStore(100, InstantSource.system())).build();
  }

  private static Alert alert(String cause) {
    return new Alert(Alert.Kind.QUOTA_REACHED, AT, "ann", cause, "a quota", Map.of());
  }

  private static String poll(BlockingQueue<String> heard) throws InterruptedException {
    return heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void aListenerThatHangsKeepsNeitherTheEngineNorOthersWaiting() throws InterruptedException {
    Hanging hanging = new Hanging();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Tollgate tollgate = open()) {
      tollgate.onAlert(alert -> hanging.hear(alert.cause()));
      tollgate.onAlert(alert -> heard.add(alert.cause()));
      tollgate.report(alert("one"));
      hanging.awaitBeginning();

      tollgate.report(alert("two"));
      assertThat(poll(heard)).isEqualTo("one");
      assertThat(poll(heard)).as("by the background, which is free").isEqualTo("two");
      assertThat(hanging.heard).isEmpty();
      hanging.letGo.countDown();
      assertThat(poll(hanging.heard)).isEqualTo("one");
      assertThat(poll(hanging.heard)).isEqualTo("two");
    }
  }

  @Test
  void aJobThatWorksWhereItIsToldToGoOnKeepsNobodyWaiting() throws InterruptedException {
    Hanging working = new Hanging();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Tollgate tollgate = open()) {
      tollgate.onResume(Criticality.OPTIONAL, () -> working.hear("optional"));
      tollgate.onAlert(alert -> heard.add(alert.kind().name()));
      for (int i = 0; i < 3; i++) {
        tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN);
        assertThat(poll(heard)).isEqualTo("BREAKER_OPENED");
        tollgate.control(SpendScope.APPLICATION, BreakerControl.CLOSED);
        assertThat(poll(heard)).isEqualTo("BREAKER_CLOSED");
        working.awaitBeginning();
      }
      working.letGo.countDown();
      assertThat(poll(working.heard)).isEqualTo("optional");
      assertThat(poll(working.heard)).as("once for what ended meanwhile").isEqualTo("optional");
    }
    assertThat(working.heard).isEmpty();
  }

  @Test
  void whatDoesNotFitIntoAMailboxIsCounted() throws InterruptedException {
    Hanging hanging = new Hanging();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Tollgate tollgate = open()) {
      tollgate.onAlert(alert -> hanging.hear(alert.cause()));
      tollgate.onAlert(alert -> heard.add(alert.cause()));
      for (int i = 0; i < AlertQueue.CAPACITY + 6; i++) {
        tollgate.report(alert(Integer.toString(i)));
        assertThat(poll(heard)).isEqualTo(Integer.toString(i));
        hanging.awaitBeginning();
      }
      assertThat(tollgate.health().droppedAlerts()).isEqualTo(5);
      hanging.letGo.countDown();
    }
    assertThat(hanging.heard).hasSize(AlertQueue.CAPACITY + 1);
  }

  @Test
  void closingTellsWhatWaitsAndLeavesNoThread() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    List<String> causes = IntStream.range(0, 200).mapToObj(Integer::toString).toList();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    Tollgate tollgate = open();
    tollgate.onAlert(alert -> heard.add(alert.cause()));
    causes.forEach(cause -> tollgate.report(alert(cause)));
    tollgate.close();
    assertThat(heard).containsExactlyElementsOf(causes);
    assertThat(tollgate.health().droppedAlerts()).isZero();
    assertThat(ownThreads(before)).isEmpty();
    tollgate.report(alert("late"));
    assertThat(tollgate.health().droppedAlerts()).isOne();
  }

  @Test
  void closingInterruptsAListenerThatHangsAndCountsWhatWaitedForIt() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Hanging hanging = new Hanging();
    Tollgate tollgate = open();
    tollgate.onAlert(alert -> hanging.hear(alert.cause()));
    tollgate.report(alert("one"));
    tollgate.report(alert("two"));
    hanging.awaitBeginning();
    tollgate.close();
    assertThat(tollgate.health().droppedAlerts()).as("the second").isOne();
    assertThat(ownThreads(before)).isEmpty();
  }

  private static Set<String> ownThreads(Set<Thread> before) {
    Set<String> names = new HashSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread) && thread.getName().startsWith("tollgate-")) {
        names.add(thread.getName());
      }
    }
    return names;
  }

  @Test
  void aListenerThatIsRemovedHearsNothingMore() {
    HandClock clock = new HandClock(AT);
    HandScheduler scheduler = new HandScheduler(clock);
    List<String> heard = new ArrayList<>();
    try (Tollgate tollgate = handTurned(clock, scheduler)) {
      Consumer<Alert> listener = alert -> heard.add(alert.cause());
      tollgate.onAlert(listener);
      tollgate.report(alert("one"));
      scheduler.run();
      tollgate.report(alert("two"));
      tollgate.removeListener(listener);
      scheduler.run();
    }
    assertThat(heard).containsExactly("one");
  }

  @Test
  void closingWithoutThreadsOfItsOwnTellsWhatWaitsToo() {
    HandClock clock = new HandClock(AT);
    List<String> heard = new ArrayList<>();
    Tollgate tollgate = handTurned(clock, new HandScheduler(clock));
    tollgate.onAlert(alert -> heard.add(alert.cause()));
    tollgate.report(alert("one"));
    clock.advance(Duration.ofMinutes(1));
    tollgate.close();
    assertThat(heard).containsExactly("one");
  }

  private static Tollgate handTurned(HandClock clock, HandScheduler scheduler) {
    Policies policies =
        Policies.of(List.of(Tier.of("free")), List.of(Route.of("chat")), new PriceBook(Map.of()));
    return Tollgate.builder(policies, new MemoryStore(100, clock))
        .clock(clock)
        .background(scheduler)
        .build();
  }
}
