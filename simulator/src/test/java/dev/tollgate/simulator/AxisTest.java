package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0.2",
    "0.0034, 0.004",
    "1, 1",
    "1.2, 1.5",
    "59545, 60000",
    "99999, 100000",
    "7e9, 8e9",
  })
  void endsAtARoundValueAboveTheHighest(double highest, double top) {
    assertThat(Axis.upTo(highest, false).top()).isEqualTo(top);
  }

  @Test
  void countsInWholeNumbers() {
    assertThat(Axis.upTo(2, true).marks())
        .extracting(Axis.Mark::label)
        .containsExactly("0", "1", "2");
  }

  @Test
  void labelsWithoutRoundingNoise() {
    assertThat(Axis.upTo(0.29, false).marks())
        .extracting(Axis.Mark::label)
        .containsExactly("0", "0.1", "0.2", "0.3");
  }

  @Test
  void marksRoundTimes() {
    long hour = 3_600_000_000L;

    Axis axis = Axis.ofTime(hour / 2, 4 * hour, TimeFormat.SECONDS::label);

    assertThat(axis.marks())
        .extracting(Axis.Mark::label)
        .containsExactly(
            "day 1, 00:30",
            "day 1, 01:00",
            "day 1, 01:30",
            "day 1, 02:00",
            "day 1, 02:30",
            "day 1, 03:00",
            "day 1, 03:30");
    assertThat(axis.marks().get(0).place()).isZero();
  }
}
