package dev.tollgate.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A flood of distinct callers, in a process with a heap of 128 MiB: it does not fill the memory, it
 * makes nobody's counters forgotten, and it gets little more than the callers that are kept.
 */
class KeyFloodTest {

  private static final long MIB = 1 << 20;
  private static final Pattern FIGURE = Pattern.compile("([a-z-]+)=([0-9]+)");

  /** Those of the sample, but for a rate that does not fill up again while the flood lasts. */
  private static final List<String> SETTINGS =
      List.of(
          "tollgate.reload", "off",
          "tollgate.route.chat.path", "/api/chat",
          "tollgate.tier.free.rate", "1/hour burst 20",
          "tollgate.tier.free.quota",
              "200 requests/day, 100000 tokens/day, 1000000 tokens/month, 5.00 USD/month");

  @Test
  void aFloodOfKeysFitsIntoASmallHeapAndResetsNobody() throws Exception {
    flood(100_000);
  }

  @Test
  @Tag("long")
  void tenMillionKeysFitIntoASmallHeapAndResetNobody() throws Exception {
    flood(10_000_000);
  }

  private static void flood(long keys) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KeyFlood.class.getName(), Long.toString(keys)));
    command.addAll(SETTINGS);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    System.out.println(output);
    Map<String, Long> figures =
        FIGURE
            .matcher(output)
            .results()
            .collect(
                Collectors.toMap(figure -> figure.group(1), KeyFloodTest::number, (a, b) -> b));

    assertThat(figures.get("bytes")).isLessThanOrEqualTo(64 * MIB);
    assertThat(figures.get("kept")).isEqualTo(figures.get("known"));
    assertThat(figures.get("new-admitted")).isLessThanOrEqualTo(20);
    assertThat(figures.get("admitted")).isLessThan(8192 + 64 * 20);
  }

  private static long number(MatchResult figure) {
    return Long.parseLong(figure.group(2));
  }
}
