package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Timelines of a sink that fails, on a timer that is moved by hand. */
class OutboxTest {

  /** Answers with the failures that it is told, then takes everything. */
  private static final class TrialSink implements AlertSink {
    final Deque<UndeliveredException> failures = new ArrayDeque<>();
    final List<String> taken = new ArrayList<>();
    Alert.Severity least = Alert.Severity.INFO;
    int asked;

    @Override
    public Alert.Severity leastSeverity() {
      return least;
    }

    @Override
    public String name() {
      return "trial";
    }

    @Override
    public void deliver(Alert alert) throws UndeliveredException {
      asked++;
      UndeliveredException failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
      taken.add(alert.subject());
    }

    @Override
    public void close() {
      failures.clear();
    }
  }

  private static final class HandTimer implements Outbox.Timer {
    final Deque<Runnable> tasks = new ArrayDeque<>();
    final List<Duration> pauses = new ArrayList<>();
    boolean ended;

    @Override
    public void run(Runnable task, Duration pause) {
      if (ended) {
        throw new RejectedExecutionException();
      }
      tasks.add(task);
      pauses.add(pause);
    }

    void runAll() {
      while (!tasks.isEmpty()) {
        tasks.poll().run();
      }
    }
  }

  private final TrialSink sink = new TrialSink();
  private final HandTimer timer = new HandTimer();
  private final Outbox outbox = new Outbox(sink, timer, new Random(1));

  @Test
  void alertsArriveInOrder() {
    add("a", "b", "c");
    timer.runAll();

    assertThat(sink.taken).containsExactly("a", "b", "c");
    assertThat(outbox.state()).isEqualTo(new SinkState("trial", 3, 0, 0, 0));
  }

  @Test
  void aFailureIsTriedAgainAfterPausesThatDouble() {
    fail(9, UndeliveredException.passing("busy"));
    add("a", "b");
    timer.runAll();

    assertThat(sink.taken).containsExactly("a", "b");
    assertThat(outbox.state()).isEqualTo(new SinkState("trial", 2, 9, 0, 0));
    List<Duration> pauses = timer.pauses.subList(1, 10);
    for (int i = 0; i < pauses.size(); i++) {
      Duration longest = Duration.ofSeconds(Math.min(1L << i, 300));
      assertThat(pauses.get(i)).isBetween(longest.dividedBy(2), longest);
    }
  }

  @Test
  void pausesOfProcessesDiffer() {
    fail(5, UndeliveredException.passing("busy"));
    add("a");
    timer.runAll();
    TrialSink otherSink = new TrialSink();
    HandTimer otherTimer = new HandTimer();
    otherSink.failures.addAll(List.of(UndeliveredException.passing("busy")));
    new Outbox(otherSink, otherTimer, new Random(2)).add(alert("a"));
    otherTimer.runAll();

    assertThat(otherTimer.pauses.get(1)).isNotEqualTo(timer.pauses.get(1));
  }

  @Test
  void theTimeThatAReceiverAsksForIsHonouredUpToAnHour() {
    sink.failures.add(UndeliveredException.passing("busy", Duration.ofMinutes(7)));
    sink.failures.add(UndeliveredException.passing("busy", Duration.ofDays(7)));
    add("a");
    timer.runAll();

    assertThat(timer.pauses)
        .containsExactly(Duration.ZERO, Duration.ofMinutes(7), Duration.ofHours(1));
  }

  @Test
  void anAlertIsLostAfterTenTriesAndTheNextOneIsTried() {
    fail(10, UndeliveredException.passing("busy"));
    add("a", "b");
    timer.runAll();

    assertThat(sink.taken).containsExactly("b");
    assertThat(outbox.state())
        .isEqualTo(new SinkState("trial", 1, 9, 1, 0, Map.of(Alert.Severity.ERROR, 1L)));
  }

  @Test
  void anAlertThatIsRefusedForGoodIsLostAtOnce() {
    fail(1, UndeliveredException.lasting("status 400"));
    add("a", "b");
    timer.runAll();

    assertThat(sink.taken).containsExactly("b");
    assertThat(outbox.state())
        .isEqualTo(new SinkState("trial", 1, 0, 1, 0, Map.of(Alert.Severity.ERROR, 1L)));
  }

  @Test
  void whatFindsTheQueueFullIsCountedAsLost() {
    for (int i = 0; i < Outbox.CAPACITY + 7; i++) {
      add("a");
    }

    Map<Alert.Severity, Long> lost = Map.of(Alert.Severity.ERROR, 7L);
    assertThat(outbox.state()).isEqualTo(new SinkState("trial", 0, 0, 7, Outbox.CAPACITY, lost));
    timer.runAll();
    assertThat(outbox.state()).isEqualTo(new SinkState("trial", Outbox.CAPACITY, 0, 7, 0, lost));
  }

  @Test
  void theMostSevereGoesFirst() {
    outbox.add(alert(Alert.Kind.QUOTA_REACHED, "a"));
    outbox.add(alert(Alert.Kind.UNPRICED_MODEL, "b"));
    outbox.add(alert(Alert.Kind.BREAKER_OPENED, "c"));
    outbox.add(alert(Alert.Kind.QUOTA_REACHED, "d"));
    outbox.add(alert(Alert.Kind.BREAKER_CLOSED, "e"));
    timer.runAll();

    assertThat(sink.taken).containsExactly("c", "e", "b", "a", "d");
  }

  @Test
  void theMostSevereOvertakesOneThatIsTriedAgain() {
    fail(1, UndeliveredException.passing("busy"));
    outbox.add(alert(Alert.Kind.QUOTA_REACHED, "a"));
    timer.tasks.poll().run();
    outbox.add(alert(Alert.Kind.BREAKER_OPENED, "b"));
    timer.runAll();

    assertThat(sink.taken).containsExactly("b", "a");
    assertThat(outbox.state()).isEqualTo(new SinkState("trial", 2, 1, 0, 0));
  }

  /** A flood of what callers bring about finds a full queue, and the breaker still its place. */
  @Test
  void theOldestOfTheLeastSevereMakesRoom() {
    for (int i = 0; i < Outbox.CAPACITY; i++) {
      outbox.add(alert(Alert.Kind.QUOTA_REACHED, "quota " + i));
    }
    outbox.add(alert(Alert.Kind.BREAKER_OPENED, "breaker"));
    outbox.add(alert(Alert.Kind.BUDGET_REACHED, "budget"));
    for (int i = 0; i < 5; i++) {
      outbox.add(alert(Alert.Kind.UNPRICED_MODEL, "model " + i));
    }

    assertThat(outbox.state().waiting()).isEqualTo(Outbox.CAPACITY);
    assertThat(outbox.state().lostBySeverity()).containsOnly(Map.entry(Alert.Severity.INFO, 7L));
    timer.runAll();
    assertThat(sink.taken)
        .hasSize(Outbox.CAPACITY)
        .startsWith("breaker", "budget", "model 0", "model 1", "model 2", "model 3", "model 4")
        .endsWith("quota 999")
        .contains("quota 7")
        .doesNotContain("quota 6");
  }

  @Test
  void whatIsLessSevereThanAllThatWaitsIsLostItself() {
    for (int i = 0; i < Outbox.CAPACITY; i++) {
      add("a");
    }
    outbox.add(alert(Alert.Kind.QUOTA_REACHED, "b"));

    assertThat(outbox.state().lostBySeverity()).containsOnly(Map.entry(Alert.Severity.INFO, 1L));
  }

  @Test
  void whatASinkDoesNotWantIsNeitherKeptNorLost() {
    sink.least = Alert.Severity.ERROR;
    outbox.add(alert(Alert.Kind.QUOTA_REACHED, "a"));
    outbox.add(alert(Alert.Kind.UNPRICED_MODEL, "b"));
    outbox.add(alert(Alert.Kind.STORE_DEGRADED, "c"));
    timer.runAll();

    assertThat(sink.taken).containsExactly("c");
    assertThat(outbox.state()).isEqualTo(new SinkState("trial", 1, 0, 0, 0));
  }

  @Test
  void aNewAlertDoesNotShortenThePause() {
    fail(1, UndeliveredException.passing("busy"));
    add("a");
    timer.tasks.poll().run();
    add("b");

    assertThat(timer.tasks).hasSize(1);
    assertThat(sink.asked).isEqualTo(1);
  }

  @Test
  void whatComesAfterTheEndIsCountedAsLost() {
    timer.ended = true;
    add("a");

    assertThat(outbox.state())
        .isEqualTo(new SinkState("trial", 0, 0, 1, 0, Map.of(Alert.Severity.ERROR, 1L)));
  }

  private void fail(int times, UndeliveredException failure) {
    for (int i = 0; i < times; i++) {
      sink.failures.add(failure);
    }
  }

  private void add(String... subjects) {
    for (String subject : subjects) {
      outbox.add(alert(subject));
    }
  }

  private static Alert alert(String subject) {
    return alert(Alert.Kind.ANOMALY, subject);
  }

  private static Alert alert(Alert.Kind kind, String subject) {
    return new Alert(kind, Instant.EPOCH, subject, "is abnormal", Map.of());
  }
}
