package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpendMeterTest {

  private static final int THREADS = 4;
  private static final int ADDITIONS = 200_000;
  private static final long MINUTES = 3;

  private final SpendMeter meter = new SpendMeter(SpendScope.APPLICATION);

  @Test
  void minutesAreTakenWithWhatIsNewInThem() {
    meter.settled(7, 10);
    meter.refused(7, 3);
    meter.settled(8, 20);
    assertThat(take()).containsExactly("7: 10 3", "8: 20 0");
    assertThat(take()).isEmpty();
    meter.settled(8, 5);
    meter.settled(7, 1);
    assertThat(take()).as("a minute that is over is not gone back to").containsExactly("8: 6 0");
  }

  private List<String> take() {
    List<String> taken = new ArrayList<>();
    meter.take((minute, s) -> taken.add(minute + ": " + s.settled() + " " + s.refused()));
    return taken;
  }

  @Test
  void nothingIsLostWhileThreadsAddMinutesBeginAndTheyAreTaken() throws Exception {
    AtomicLong settled = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> adding = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        adding.add(
            threads.submit(
                () -> {
                  for (int k = 0; k < ADDITIONS; k++) {
                    meter.settled(MINUTES * k / ADDITIONS, 1);
                  }
                }));
      }
      while (!adding.stream().allMatch(Future::isDone)) {
        meter.take((at, spend) -> settled.addAndGet(spend.settled()));
      }
      for (Future<?> done : adding) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    meter.take((at, spend) -> settled.addAndGet(spend.settled()));
    assertThat(settled.get()).isEqualTo((long) THREADS * ADDITIONS);
  }
}
