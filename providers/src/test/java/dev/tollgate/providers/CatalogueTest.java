package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Estimate;
import dev.tollgate.Money;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Usage;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CatalogueTest {

  private static final LocalDate PUBLISHED = LocalDate.of(2026, 8, 21);

  private final Catalogue shipped = Catalogue.shipped();

  @Test
  void atLeastFortyModelsOfFiveProvidersAreShipped() {
    Set<String> offered =
        shipped.names().stream().filter(name -> name.contains("/")).collect(Collectors.toSet());
    assertThat(offered).hasSizeGreaterThan(90);
    assertThat(offered.stream().map(name -> name.substring(0, name.indexOf('/'))).distinct())
        .containsExactlyInAnyOrder("openai", "anthropic", "google", "mistral", "deepseek", "xai");
    assertThat(Fixtures.text("catalogue.json"))
        .contains("\"published\": \"" + PUBLISHED + "\"", "override");
  }

  @Test
  void pricesChangeOnTheirDays() {
    assertThat(sonnet(LocalDate.of(2026, 8, 31)).input()).isEqualTo(usd("2"));
    assertThat(sonnet(LocalDate.of(2026, 9, 1)).input()).isEqualTo(usd("3"));
    assertThat(sonnet(LocalDate.of(1970, 1, 1)).input()).isEqualTo(usd("2"));
  }

  private Price sonnet(LocalDate day) {
    return new PriceBook(shipped.prices(day)).price("claude-sonnet-5");
  }

  @Test
  void modelsAreFoundAsProvidersNameThem() {
    PriceBook book = new PriceBook(shipped.prices(PUBLISHED));
    assertThat(book.find("gpt-5-mini-2025-08-07")).isEqualTo(book.find("gpt-5-mini")).isPresent();
    assertThat(book.find("openai/gpt-5-mini")).isEqualTo(book.find("gpt-5-mini"));
    assertThat(book.find("claude-sonnet-4-5-20250929")).isPresent();
    assertThat(book.find("models/gemini-2.5-pro")).isPresent();
    assertThat(book.price("gpt-4o-2024-05-13").output()).isEqualTo(usd("15"));
    assertThat(book.price("gpt-4o-2024-08-06").output()).isEqualTo(usd("10"));
    assertThat(book.find("gpt-99")).isEmpty();
    assertThat(book.price("gpt-99").output()).isGreaterThanOrEqualTo(usd("270"));
  }

  @Test
  void knownCallCostsWhatTheProvidersPageSays() {
    PriceBook book = new PriceBook(shipped.prices(PUBLISHED));
    long cost = book.price("claude-sonnet-4-5").cost(new Usage(250_000, 200_000, 30_000, 1000, 0));
    assertThat(Money.usd(cost))
        .as("20k at 6, 200k at 0.60, 30k at 7.50, 1k at 22.50")
        .isEqualByComparingTo("0.4875");
  }

  @Test
  void cachesThatKeepForAnHourCostTwiceTheInputOfEveryClaude() {
    PriceBook book = new PriceBook(shipped.prices(PUBLISHED));
    long cost = book.price("claude-sonnet-4-5").cost(new Usage(250_000, 0, 30_000, 10_000, 0, 0));
    assertThat(Money.usd(cost))
        .as("220k at 6, 20k at 7.50, 10k at 12")
        .isEqualByComparingTo("1.59");
    shipped
        .prices(PUBLISHED)
        .forEach(
            (model, price) ->
                assertThat(price.hourCacheWrite())
                    .as(model)
                    .isEqualTo(model.contains("claude") ? 2 * price.input() : price.cacheWrite()));
  }

  @Test
  void anOverrideWinsForItsModelAlone() throws Exception {
    Catalogue mine =
        PriceFormat.TOLLGATE.read(
            utf8(
                "{\"models\":[{\"provider\":\"openai\",\"model\":\"gpt-5\",\"input\":\"9\","
                    + "\"output\":\"99\"}]}"));
    Map<String, Price> prices = shipped.overriddenBy(mine).prices(PUBLISHED);
    assertThat(prices).containsEntry("gpt-5", Price.of(usd("9"), usd("99")));
    assertThat(prices.get("gpt-5-mini")).isEqualTo(shipped.prices(PUBLISHED).get("gpt-5-mini"));
  }

  /**
   * Cached for minutes or an hour, long context, reasoning and several answers, for every model on
   * every day of change.
   */
  @Test
  void noSettlementOfAnyModelIsAboveItsReserveAtFullMaxTokens() {
    Seed seed = Seed.next();
    Random random = seed.random();
    List<LocalDate> days =
        List.of(LocalDate.EPOCH, PUBLISHED, LocalDate.of(2026, 9, 1), LocalDate.of(2027, 1, 1));
    for (LocalDate day : days) {
      shipped
          .prices(day)
          .forEach(
              (model, price) -> {
                for (int inputs : List.of(0, 1, 1000, 128_001, 200_000, 200_001, 272_001)) {
                  assertReserveCovers(model, price, inputs, 1 + random.nextInt(8), random, seed);
                }
              });
    }
  }

  private static void assertReserveCovers(
      String model, Price price, long maxInput, int choices, Random random, Seed seed) {
    AiRequest request =
        AiRequest.read(
            Protocol.OPENAI,
            "/v1/chat/completions",
            utf8("{\"messages\":[],\"max_tokens\":1000,\"n\":" + choices + "}"));
    Estimate estimate =
        new Estimate(maxInput, request.estimate(new FactorCounter(250), 0).outputTokens());
    assertThat(estimate.outputTokens()).isEqualTo(1000L * choices);
    long reserve = price.worstCost(estimate);
    for (long input : List.of(maxInput, random.nextLong(maxInput + 1))) {
      for (long read : List.of(0L, input, random.nextLong(input + 1))) {
        for (long write : List.of(0L, input - read)) {
          for (long reasoning : List.of(0L, estimate.outputTokens())) {
            long hour = random.nextBoolean() ? write : random.nextLong(write + 1);
            Usage usage = new Usage(input, read, write, hour, estimate.outputTokens(), reasoning);
            assertThat(price.cost(usage))
                .as("%s: %s of %s", seed, usage, model)
                .isLessThanOrEqualTo(reserve);
          }
        }
      }
    }
  }

  private static long usd(String dollars) {
    return Money.nanoUsd(new BigDecimal(dollars));
  }
}
