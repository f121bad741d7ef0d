package dev.tollgate.providers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.TokenCounter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCountersTest {

  private static final int MIB = 1 << 20;

  private final TokenCounters counters = new TokenCounters(Runnable::run);

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini, O200K",
    "gpt-4.1, O200K",
    "openai/gpt-5-mini-2025-08-07, O200K",
    "ft:gpt-4o-mini:org, O200K",
    "gpt-6.2-sol, O200K",
    "gpt-10-mini, O200K",
    "o3, O200K",
    "gpt-4-turbo, CL100K",
    "gpt-3.5-turbo, CL100K",
    "claude-opus-4-8, CLAUDE",
    "models/gemini-2.5-pro, GEMINI",
    "llama3.2, LLAMA",
    "ministral-3b-2512, MISTRAL",
    "deepseek-v4-pro, DEEPSEEK",
    "grok-4.5, GROK",
    "qwen3, QWEN",
    "unheard-of, OTHER"
  })
  void familyIsKnownByTheModelsName(String model, ModelFamily family) {
    assertThat(ModelFamily.of(model)).isEqualTo(family);
  }

  @Test
  void openAiTextIsCountedExactly() {
    assertThat(counters.of("gpt-4o").count("Hello, world!")).isEqualTo(4);
    assertThat(counters.of("gpt-4").count("hello world")).isEqualTo(2);
    assertThat(counters.of("gpt-5").count("<|endoftext|>")).as("is text like any").isPositive();
    assertThat(counters.of("gpt-5").count("")).isZero();
  }

  @Test
  void untilTheTokenizerIsLoadedBytesAreCounted() {
    List<Runnable> waiting = new ArrayList<>();
    TokenCounters lazy = new TokenCounters(waiting::add);
    assertThat(lazy.of("gpt-4o").count("Hello, world!")).as("13 bytes").isEqualTo(4);
    assertThat(lazy.of("gpt-4o").count("x".repeat(400))).isEqualTo(100);
    assertThat(waiting).as("is loaded once").hasSize(1);
    waiting.get(0).run();
    assertThat(lazy.of("gpt-4o").count("x".repeat(400))).isEqualTo(50);
  }

  @Test
  void loaderThatIsShutDownLeavesBytes() {
    TokenCounters closed =
        new TokenCounters(
            task -> {
              throw new RejectedExecutionException();
            });
    assertThat(closed.of("gpt-4o").count("x".repeat(400))).isEqualTo(100);
  }

  @Test
  void factorsCountBytesOfUtf8RoundedUp() {
    assertThat(new FactorCounter(250).count("")).isZero();
    assertThat(new FactorCounter(250).count("abcde")).isEqualTo(2);
    assertThat(new FactorCounter(250).count("中")).isEqualTo(1);
    assertThat(new FactorCounter(1000).count("é😀")).isEqualTo(6);
  }

  @Test
  void lastPartOfATextFitsAndSplitsNoCharacter() {
    Seed seed = Seed.next();
    Random random = seed.random();
    for (String model : List.of("gpt-4o", "claude-opus-5", "unheard-of")) {
      TokenCounter counter = counters.of(model);
      for (int i = 0; i < 200; i++) {
        String text = "ab ü中😀, ".repeat(random.nextInt(1000));
        long tokens = random.nextInt(2000);
        String last = counter.last(text, tokens);
        assertThat(text).endsWith(last);
        assertThat(counter.count(last)).as("%s", seed).isLessThanOrEqualTo(tokens);
        boolean split = !last.isEmpty() && Character.isLowSurrogate(last.charAt(0));
        assertThat(split).as("%s", seed).isFalse();
      }
    }
    assertThat(counters.of("claude-opus-5").last("short", 100)).isEqualTo("short");
  }

  /** Cheap where windows spread evenly would be, and dear between them. */
  @Test
  void nobodyCanMakeTheCountedPartsOfATextCheap() {
    Seed seed = Seed.next();
    Random random = seed.random();
    StringBuilder text = new StringBuilder();
    while (text.length() < MIB) {
      text.append((char) (0x4E00 + random.nextInt(20_000)));
    }
    for (int windows = 2; windows <= 32; windows *= 2) {
      for (int i = 0; i < windows; i++) {
        int start = (int) ((long) (text.length() - 1024) * i / (windows - 1));
        text.replace(start, start + 1024, " ".repeat(1024));
      }
    }
    long dear = counters.of("gpt-5").count(text.toString().replace(" ", ""));
    TokenCounters others = new TokenCounters(Runnable::run, random);
    assertThat(others.of("gpt-5").count(text.toString()))
        .as("%s", seed)
        .isGreaterThan(dear * 7 / 10);
  }

  @Test
  void aLongTextIsAlwaysCountedAlike() {
    String text = Fixtures.text("texts/english.txt").repeat(20);
    assertThat(counters.of("gpt-5").count(text)).isEqualTo(counters.of("gpt-5").count(text));
  }

  @Test
  void noTextOfAMebibyteTakesTenMilliseconds() {
    TokenCounter counter = counters.of("gpt-5");
    hostileTexts()
        .forEach(
            (name, text) -> {
              long best = Long.MAX_VALUE;
              for (int i = 0; i < 20; i++) {
                long start = processorNanos();
                assertThat(counter.count(text)).isPositive();
                best = Math.min(best, processorNanos() - start);
              }
              System.out.printf("%s: %.2f ms%n", name, best / 1e6);
              assertThat(best).as(name).isLessThan(TimeUnit.MILLISECONDS.toNanos(10));
            });
  }

  /** Of this thread: other work on a busy machine says nothing about the counter. */
  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Map<String, String> hostileTexts() {
    Random random = new Random(1);
    StringBuilder letters = new StringBuilder();
    StringBuilder ideographs = new StringBuilder();
    while (letters.length() < MIB) {
      letters.append((char) ('a' + random.nextInt(26)));
    }
    while (ideographs.length() < MIB / 3) {
      ideographs.append((char) (0x4E00 + random.nextInt(20_000)));
    }
    return Map.of(
        "one letter", "a".repeat(MIB),
        "spaces", " ".repeat(MIB),
        "line feeds", "\n".repeat(MIB),
        "exclamation marks", "!".repeat(MIB),
        "emoji", "😀".repeat(MIB / 4),
        "random letters", letters.toString(),
        "random ideographs", ideographs.toString(),
        "prose", Fixtures.text("texts/english.txt").repeat(MIB / 800));
  }

  @Test
  void counterLearnsWhatAModelReallyTakesOnEachRoute() {
    TokenCounter plain = counters.of("chat", "claude-opus-5");
    long estimated = plain.count("x".repeat(10_000));
    for (int i = 0; i < 100; i++) {
      long corrected = counters.of("chat", "claude-opus-5").count("x".repeat(10_000));
      counters.learn("chat", "claude-opus-5", corrected, 2 * estimated);
    }
    assertThat(counters.of("chat", "claude-opus-5").count("x".repeat(10_000)))
        .isBetween(2 * estimated - 20, 2 * estimated + 20);
    assertThat(counters.of("other", "claude-opus-5").count("x".repeat(10_000)))
        .isEqualTo(estimated);
    assertThat(counters.of("chat", "claude-opus-5").last("x".repeat(10_000), 1450).length())
        .isBetween(2400, 2600);
  }

  @Test
  void ratiosStayWithinTheirBoundsWhateverIsReported() {
    TokenRatios ratios = new TokenRatios();
    for (int i = 0; i < 1000; i++) {
      ratios.learn("r", "high", 1, 1_000_000_000);
      ratios.learn("r", "low", 1_000_000_000, 1);
      ratios.learn("r", "none", 0, 5);
      ratios.learn("r", "none", 5, 0);
      ratios.learn("r", "none", -5, -5);
    }
    assertThat(ratios.ratio("r", "high")).isLessThanOrEqualTo(TokenRatios.HIGHEST).isGreaterThan(3);
    assertThat(ratios.ratio("r", "low")).isGreaterThanOrEqualTo(TokenRatios.LOWEST).isLessThan(0.3);
    assertThat(ratios.ratio("r", "none")).isEqualTo(1);
  }

  @Test
  void ratiosOfModelsNotUsedForLongAreForgotten() {
    TokenRatios ratios = new TokenRatios();
    ratios.learn("r", "first", 1, 4);
    for (int i = 0; i < 2000; i++) {
      ratios.learn("r", "model-" + i, 1, 4);
    }
    assertThat(ratios.ratio("r", "first")).isEqualTo(1);
    assertThat(ratios.ratio("r", "model-1999")).isGreaterThan(1);
  }
}
