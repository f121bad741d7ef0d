package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputForecastTest {

  /** What the calls of the traces could have produced. */
  private static final long MOST = 4096;

  private final OutputForecast forecast = new OutputForecast();

  @Test
  void reservesTheMostUntilSomethingIsKnown() {
    assertThat(likely("m", 500)).isEqualTo(500);
    forecast.observe("chat", "m", 500, 10);
    assertThat(likely("m", 500)).isLessThan(500);
    assertThat(likely("m", 5)).as("never more than the call may produce").isEqualTo(5);
    assertThat(likely("other", 500)).isEqualTo(500);
  }

  @Test
  void averageIsThatOfTheCalls() {
    Estimate most = new Estimate(7, 500);
    assertThat(forecast.average("chat", "m", most)).isEqualTo(most);
    for (int i = 0; i < 10; i++) {
      forecast.observe("chat", "m", 500, 10);
      forecast.observe("chat", "m", 500, 30);
    }
    assertThat(forecast.average("chat", "m", most)).isEqualTo(new Estimate(7, 20));
    assertThat(forecast.average("chat", "m", new Estimate(7, 5))).isEqualTo(new Estimate(7, 5));
  }

  @Test
  void modelsWithoutAPlaceKeepReservingTheMost() {
    for (int i = 0; i < OutputForecast.MAX_KEYS; i++) {
      forecast.observe("chat", "model-" + i, 500, 1);
    }
    forecast.observe("chat", "one-more", 500, 1);
    assertThat(likely("one-more", 500)).isEqualTo(500);
    assertThat(likely("model-7", 500)).isLessThan(500);
  }

  /** Prints how much is reserved for each token that is used. */
  @ParameterizedTest
  @ValueSource(strings = {"azure2023_conv_sample.csv", "mooncake_synthetic_sample.csv"})
  void fewCallsOfRealTracesUseMoreThanTheirReserve(String trace) throws IOException {
    long calls = 0;
    long under = 0;
    long reserved = 0;
    long used = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                OutputForecastTest.class.getResourceAsStream(trace), StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(",");
        long input = Long.parseLong(fields[1]);
        long output = Long.parseLong(fields[2]);
        long likely = likely("m", Math.max(output, MOST));
        forecast.observe("chat", "m", Math.max(output, MOST), output);
        calls++;
        under += output > likely ? 1 : 0;
        reserved += input + likely;
        used += input + output;
      }
    }
    double share = (double) under / calls;
    double ratio = (double) reserved / used;
    System.out.printf(
        "%s: %d calls, %.1f %% under-reserved, reserved / actual %.2f%n",
        trace, calls, share * 100, ratio);
    assertThat(share).isLessThanOrEqualTo(0.06);
    assertThat(ratio).isLessThanOrEqualTo(2.5);
  }

  private long likely(String model, long most) {
    return forecast.likely("chat", model, new Estimate(0, most)).outputTokens();
  }
}
