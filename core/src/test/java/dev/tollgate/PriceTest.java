package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Price.LongContext;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PriceTest {

  private static final Price LONG = new Price(4_000, 400, 5_000, 18_000);
  private static final Price TIERED =
      new Price(2_000, 200, 2_500, 12_000, 15_000, List.of(new LongContext(200_000, LONG)));

  @Test
  void everyKindOfTokenHasItsOwnPrice() {
    Usage usage = new Usage(100_000, 30_000, 20_000, 10_000, 4_000);
    assertThat(TIERED.cost(usage))
        .isEqualTo((50_000 * 2_000 + 30_000 * 200 + 20_000 * 2_500) / 1_000_000 + 72 + 60);
  }

  @Test
  void whatACacheKeepsForAnHourHasAPriceOfItsOwn() {
    Price price = new Price(3_000, 300, 3_750, 6_000, 15_000, 15_000, List.of());
    assertThat(price.cost(new Usage(100_000, 0, 60_000, 40_000, 0, 0)))
        .isEqualTo((40_000 * 3_000 + 20_000 * 3_750 + 40_000 * 6_000) / 1_000_000);
    assertThat(price.worstCost(new Estimate(1_000_000, 0))).isEqualTo(6_000);
  }

  @Test
  void longInputRaisesThePriceOfTheWholeCallAboveTheThreshold() {
    assertThat(TIERED.cost(Usage.of(200_000, 1_000))).isEqualTo(400 + 12);
    assertThat(TIERED.cost(Usage.of(200_001, 1_000))).isEqualTo(801 + 18);
  }

  @Test
  void theHighestThresholdThatIsPassedCounts() {
    Price twice =
        new Price(
            1_000_000,
            0,
            0,
            0,
            0,
            List.of(
                new LongContext(500, Price.of(9_000_000, 0)),
                new LongContext(100, Price.of(3_000_000, 0))));
    assertThat(twice.cost(Usage.of(100, 0))).isEqualTo(100);
    assertThat(twice.cost(Usage.of(500, 0))).isEqualTo(1_500);
    assertThat(twice.cost(Usage.of(501, 0))).isEqualTo(4_509);
  }

  @Test
  void noUsageWithinAnEstimateCostsMoreThanItsWorst() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Price price = randomPrice(random, true);
      Estimate estimate = new Estimate(random.nextLong(500_000), random.nextLong(100_000));
      long input = random.nextLong(estimate.inputTokens() + 1);
      long output = random.nextLong(estimate.outputTokens() + 1);
      long read = random.nextLong(input + 1);
      long write = random.nextLong(input - read + 1);
      long hour = random.nextLong(write + 1);
      Usage usage = new Usage(input, read, write, hour, output, random.nextLong(output + 1));
      assertThat(price.cost(usage))
          .as("seed %d: %s of %s within %s", seed, usage, price, estimate)
          .isLessThanOrEqualTo(price.worstCost(estimate));
    }
  }

  @Test
  void worstCostTakesOnlyTheThresholdsThatTheInputCanPass() {
    assertThat(TIERED.worstCost(new Estimate(200_000, 0))).isEqualTo(500);
    assertThat(TIERED.worstCost(new Estimate(200_001, 0))).isEqualTo(1001);
  }

  @Test
  void wrongPricesAreNamed() {
    assertThatThrownBy(() -> Price.of(-1, 0))
        .hasMessage("price of -1 nano-USD per 1M tokens is not in 0 to 1000000000000000");
    assertThatThrownBy(() -> new LongContext(-1, LONG)).hasMessageContaining("-1 is negative");
    assertThatThrownBy(() -> new LongContext(1, TIERED)).hasMessageContaining("itself");
  }

  @Test
  void aModelIsFoundWithoutItsDateAndItsProviders() {
    PriceBook book =
        new PriceBook(Map.of("gpt-5", LONG, "gpt-5-2024-05-13", TIERED, "azure/gpt-5", Price.FREE));
    assertThat(book.find("gpt-5-2025-08-07")).contains(LONG);
    assertThat(book.find("gpt-5-20250807")).contains(LONG);
    assertThat(book.find("gpt-5@20250807")).contains(LONG);
    assertThat(book.find("openrouter/openai/gpt-5-2025-08-07")).contains(LONG);
    assertThat(book.find("azure/gpt-5")).as("the longest name wins").contains(Price.FREE);
    assertThat(book.find("gpt-5-2024-05-13")).as("a dated name of its own").contains(TIERED);
    assertThat(book.find("gpt-5-mini")).isEmpty();
    assertThat(book.find("gpt-5-2025-99-99")).isEmpty();
    assertThat(book.find("/")).isEmpty();
  }

  @Test
  void ceilingIsTheDearestOfEveryKindAndLength() {
    PriceBook book = new PriceBook(Map.of("a", TIERED, "b", Price.of(1, 70_000)));
    assertThat(book.price("c")).isEqualTo(new Price(4_000, 400, 5_000, 70_000, 70_000, List.of()));
    assertThat(book.refuses("c")).isFalse();
    PriceBook strict = new PriceBook(Map.of("a", TIERED), PriceBook.Unpriced.REFUSE);
    assertThat(strict.refuses("c")).isTrue();
    assertThat(strict.refuses("a")).isFalse();
    assertThat(strict.refuses("")).as("a call without a model").isFalse();
  }

  private static Price randomPrice(Random random, boolean tiers) {
    List<LongContext> above =
        tiers
            ? random
                .longs(random.nextInt(3), 0, 400_000)
                .mapToObj(threshold -> new LongContext(threshold, randomPrice(random, false)))
                .toList()
            : List.of();
    return new Price(
        random.nextLong(1_000_000_000L),
        random.nextLong(1_000_000_000L),
        random.nextLong(1_000_000_000L),
        random.nextLong(1_000_000_000L),
        random.nextLong(1_000_000_000L),
        random.nextLong(1_000_000_000L),
        above);
  }
}
