package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Alert;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AlertLogTest {

  private final AlertLog alerts = new AlertLog();

  @Test
  void keepsTheLatestTwentyOfASubject() {
    IntStream.range(0, 25).forEach(i -> add("a", i));
    assertThat(alerts.of("a")).hasSize(20).first().extracting(Alert::message).isEqualTo("24");
    assertThat(alerts.of("a")).last().extracting(Alert::message).isEqualTo("5");
  }

  @Test
  void keepsTheThousandSubjectsHeardOfLast() {
    IntStream.range(0, 1000).forEach(i -> add("s" + i, i));
    add("s0", 0);
    add("new", 0);
    assertThat(alerts.of("s0")).hasSize(2);
    assertThat(alerts.of("s1")).isEmpty();
    assertThat(alerts.of("s2")).hasSize(1);
    assertThat(alerts.of("new")).hasSize(1);
  }

  @Test
  void keepsTheLatestTwoHundredOfAll() {
    IntStream.range(0, 250).forEach(i -> add("s" + i, i));
    assertThat(alerts.latest()).hasSize(200).first().extracting(Alert::message).isEqualTo("249");
  }

  private void add(String subject, int number) {
    alerts.add(
        new Alert(
            Alert.Kind.QUOTA_REACHED, Instant.EPOCH, subject, Integer.toString(number), Map.of()));
  }
}
