package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

  private static final long SECOND = 1_000_000;

  private final VirtualTime time = new VirtualTime(100 * SECOND);
  private final List<String> ran = new ArrayList<>();

  @Test
  void standsStillUntilItIsAdvanced() {
    time.schedule(() -> ran.add("late"), 1, TimeUnit.SECONDS);

    assertThat(time.instant()).isEqualTo(Instant.ofEpochSecond(100));
    assertThat(ran).isEmpty();
  }

  @Test
  void runsWhatIsDueInTheOrderOfTimeAndThenOfGiving() {
    time.schedule(() -> note("b"), 2, TimeUnit.SECONDS);
    time.schedule(() -> note("c"), 2, TimeUnit.SECONDS);
    time.schedule(() -> note("a"), 1, TimeUnit.SECONDS);
    time.schedule(() -> note("later"), 4, TimeUnit.SECONDS);

    time.advanceTo(103 * SECOND);

    assertThat(ran).containsExactly("a@101", "b@102", "c@102");
    assertThat(time.micros()).isEqualTo(103 * SECOND);
  }

  @Test
  void repeatsPeriodicTasksAlsoWhereNobodyLooked() {
    time.scheduleAtFixedRate(() -> note("tick"), 0, 20, TimeUnit.SECONDS);

    time.advanceTo(150 * SECOND);

    assertThat(ran).containsExactly("tick@100", "tick@120", "tick@140");
  }

  @Test
  void runsWhatATaskGivesWhenItIsDueWithinTheSameAdvance() {
    time.execute(() -> time.schedule(() -> note("inner"), 5, TimeUnit.SECONDS));

    time.advanceTo(105 * SECOND);

    assertThat(ran).containsExactly("inner@105");
  }

  @Test
  void forgetsACancelledTask() {
    ScheduledFuture<?> task = time.schedule(() -> note("never"), 1, TimeUnit.SECONDS);

    task.cancel(false);
    time.advanceTo(200 * SECOND);

    assertThat(ran).isEmpty();
  }

  @Test
  void keepsWhatATaskThrowsAndRunsTheNext() {
    ScheduledFuture<?> broken =
        time.schedule(
            () -> {
              throw new IllegalStateException("broken");
            },
            1,
            TimeUnit.SECONDS);
    time.schedule(() -> note("next"), 1, TimeUnit.SECONDS);

    time.advanceTo(101 * SECOND);

    assertThat(ran).containsExactly("next@101");
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(broken::get)
        .withMessageContaining("broken");
  }

  @Test
  void takesNothingAfterItsEnd() {
    time.scheduleAtFixedRate(() -> note("tick"), 0, 1, TimeUnit.SECONDS);

    assertThat(time.shutdownNow()).hasSize(1);
    time.advanceTo(200 * SECOND);

    assertThat(ran).isEmpty();
    assertThat(time.isTerminated()).isTrue();
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> time.execute(() -> note("late")));
  }

  private void note(String name) {
    ran.add(name + "@" + time.instant().getEpochSecond());
  }
}
