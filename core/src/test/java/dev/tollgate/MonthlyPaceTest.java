package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MonthlyPaceTest {

  private static final LocalDate TODAY = LocalDate.parse("2026-06-01");

  @Test
  void thePaceIsTheLargerOfAMonthAndAWeek() {
    TreeMap<LocalDate, Long> days = new TreeMap<>();
    LocalDate since = TODAY.minusDays(30);
    for (int ago = 1; ago <= 30; ago++) {
      days.put(TODAY.minusDays(ago), 1000L);
    }
    assertThat(MonthlyPace.of(days, since, TODAY)).isEqualTo(30_000);
    days.put(TODAY.minusDays(1), 8000L);
    assertThat(MonthlyPace.of(days, since, TODAY)).as("a week of 14000").isEqualTo(60_000);
    days.put(TODAY.minusDays(20), 100_000L);
    assertThat(MonthlyPace.of(days, since, TODAY)).as("the month").isEqualTo(136_000);
    assertThat(MonthlyPace.of(days, TODAY.minusDays(2), TODAY)).isZero();
    days.put(TODAY, 1_000_000L);
    assertThat(MonthlyPace.of(days, since, TODAY)).as("today is not over").isEqualTo(136_000);
  }
}
