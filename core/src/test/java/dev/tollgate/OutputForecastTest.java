package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  /**
   * Prints how much is reserved for each token that is used, of all tokens and of those of the
   * output alone, and what the latter would be had the 94th percentile been known: the least that
   * one reserve for all calls can be if no more than 6 % of them may use more.
   *
   * <p>The samples are tested unless {@code -Dforecast.trace=FILE} names a whole trace, whose
   * second and third columns are tokens in and out.
   */
  @ParameterizedTest
  @MethodSource("traces")
  void fewCallsOfRealTracesUseMoreThanTheirReserve(String trace) throws IOException {
    List<Long> outputs = new ArrayList<>();
    long under = 0;
    long inputs = 0;
    long reserved = 0;
    try (BufferedReader lines = open(trace)) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(",");
        long output = Long.parseLong(fields[2]);
        long likely = likely("m", Math.max(output, MOST));
        forecast.observe("chat", "m", Math.max(output, MOST), output);
        outputs.add(output);
        under += output > likely ? 1 : 0;
        inputs += Long.parseLong(fields[1]);
        reserved += likely;
      }
    }
    int calls = outputs.size();
    long used = outputs.stream().mapToLong(output -> output).sum();
    Collections.sort(outputs);
    double share = (double) under / calls;
    double ratio = (double) (inputs + reserved) / (inputs + used);
    System.out.printf(
        "%s: %d calls, %.1f %% under-reserved, reserved / actual %.2f,"
            + " of the output alone %.2f, in hindsight at least %.2f%n",
        trace,
        calls,
        share * 100,
        ratio,
        (double) reserved / used,
        (double) outputs.get(calls * 94 / 100) * calls / used);
    assertThat(share).isLessThanOrEqualTo(0.06);
    assertThat(ratio).isLessThanOrEqualTo(2.5);
  }

  static List<String> traces() {
    String whole = System.getProperty("forecast.trace", "");
    return whole.isEmpty()
        ? List.of("azure2023_conv_sample.csv", "mooncake_synthetic_sample.csv")
        : List.of(whole);
  }

  private static BufferedReader open(String trace) throws IOException {
    InputStream sample = OutputForecastTest.class.getResourceAsStream(trace);
    InputStream read = sample == null ? Files.newInputStream(Path.of(trace)) : sample;
    return new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8));
  }

  private long likely(String model, long most) {
    return forecast.likely("chat", model, new Estimate(0, most)).outputTokens();
  }
}
