package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Meter;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | $0.00",
        "1500000000000 | $1,500.00",
        "12345678901 | $12.35",
        "1234567890 | $1.2346",
        "45600 | $0.000046",
        "-2500000 | -$0.0025",
      })
  void dollarsHaveMoreDigitsTheSmallerTheyAre(long nanoUsd, String text) {
    assertThat(new Numbers(Locale.US).dollars(nanoUsd)).isEqualTo(text);
  }

  @Test
  void numbersAreWrittenAsTheReadersCountryDoes() {
    assertThat(new Numbers(Locale.GERMANY).amount(Meter.TOKENS, 1_234_567))
        .isEqualTo("1.234.567 tokens");
    assertThat(new Numbers(Locale.GERMANY).dollars(1_234_500_000_000L)).contains("1.234,50");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "1, 1 s",
    "61, 1 min 1 s",
    "3600, 1 h",
    "3700, 1 h 1 min",
    "90000, 1 d 1 h",
    "-5, 0 s"
  })
  void timesHaveTheirTwoLargestUnits(long seconds, String text) {
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    assertThat(Numbers.duration(now, now.plusSeconds(seconds))).isEqualTo(text);
  }
}
