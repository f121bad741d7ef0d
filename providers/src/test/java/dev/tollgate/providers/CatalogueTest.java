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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {

  private static final LocalDate PUBLISHED = LocalDate.of(2026, 11, 29);

  private final Catalogue shipped = Catalogue.shipped();

  @Test
  void atLeastFortyModelsOfFiveProvidersAreShipped() {
    Set<String> offered =
        shipped.names().stream().filter(name -> name.contains("/")).collect(Collectors.toSet());
    assertThat(offered).hasSizeGreaterThan(100);
    assertThat(offered.stream().map(name -> name.substring(0, name.indexOf('/'))).distinct())
        .containsExactlyInAnyOrder("openai", "anthropic", "google", "mistral", "deepseek", "xai");
    assertThat(Catalogue.shippedOn()).isEqualTo(PUBLISHED);
    assertThat(Fixtures.text("catalogue.json"))
        .contains("\"published\": \"" + PUBLISHED + "\"", "override");
  }

  @Test
  void pricesChangeOnTheirDays() {
    assertThat(flash(LocalDate.of(2026, 12, 31)).input()).isEqualTo(usd("0.75"));
    assertThat(flash(LocalDate.of(2027, 1, 1)).input()).isEqualTo(usd("1.5"));
    assertThat(flash(LocalDate.of(1970, 1, 1)).input()).isEqualTo(usd("0.75"));
  }

  private Price flash(LocalDate day) {
    return new PriceBook(shipped.prices(day)).price("gemini-3.8-flash");
  }

  /** Promotions count for as long as their providers promise them. */
  @Test
  void promotionEndsWhenItIsNoLongerPromised() {
    assertThat(sol(LocalDate.of(2026, 8, 20)).output()).isEqualTo(usd("30"));
    assertThat(sol(LocalDate.of(2026, 11, 21)).output()).isEqualTo(usd("20"));
    assertThat(sol(LocalDate.of(2026, 11, 22)).output()).isEqualTo(usd("30"));
  }

  private Price sol(LocalDate day) {
    return new PriceBook(shipped.prices(day)).price("gpt-5.6-sol");
  }

  @Test
  void currentModelsHaveTheirPrices() {
    PriceBook book = new PriceBook(shipped.prices(PUBLISHED));
    assertThat(book.find("claude-sonnet-5").orElseThrow().output()).isEqualTo(usd("10"));
    assertThat(book.find("claude-opus-5-5").orElseThrow().output()).isEqualTo(usd("20"));
    assertThat(book.find("claude-sonnet-5-5").orElseThrow().cacheRead()).isEqualTo(usd("0.1"));
    assertThat(book.find("claude-fable-5-1").orElseThrow().cacheRead()).isEqualTo(usd("0.25"));
    assertThat(book.find("gpt-6.2-astra").orElseThrow().output()).isEqualTo(usd("40"));
    assertThat(book.find("gpt-6.1-terra").orElseThrow().hourCacheWrite()).isEqualTo(usd("2.5"));
    Price haiku = book.find("claude-haiku-5-5").orElseThrow();
    assertThat(haiku.cost(Usage.of(100_000, 1000))).isEqualTo(10_500_000);
    assertThat(haiku.cost(Usage.of(100_001, 1000))).isEqualTo(52_500_500);
  }

  /** The dearest models that anybody may still name set the price of those that have none. */
  @Test
  void ceilingIsThePriceOfTheDearestModel() {
    Price ceiling = new PriceBook(shipped.prices(PUBLISHED)).price("gpt-99");
    assertThat(ceiling.input()).isEqualTo(usd("150"));
    assertThat(ceiling.output()).isEqualTo(usd("600"));
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
    assertThat(book.find("magistral-medium-2509")).isEqualTo(book.find("magistral-medium"));
    assertThat(book.find("gpt-4-0613")).isEqualTo(book.find("gpt-4")).isPresent();
    assertThat(book.find("claude-haiku-4-5@20251001")).isEqualTo(book.find("claude-haiku-4-5"));
    assertThat(book.find("publishers/anthropic/models/claude-opus-4-6@default")).isPresent();
    assertThat(book.find("gpt-99")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic.claude-haiku-4-5-20251001-v1:0, claude-haiku-4-5",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0, claude-sonnet-4-5",
    "us-gov.anthropic.claude-3-haiku-20240307-v1:0:48k, claude-3-haiku",
    "global.anthropic.claude-opus-4-6-v1, claude-opus-4-6",
    "eu.anthropic.claude-sonnet-5, claude-sonnet-5",
    "bedrock/apac.anthropic.claude-sonnet-4-20250514-v1:0, claude-sonnet-4",
  })
  void modelsAreFoundAsBedrockNamesThem(String id, String model) {
    PriceBook book = new PriceBook(shipped.prices(PUBLISHED));
    assertThat(book.find(id)).isEqualTo(book.find(model)).isPresent();
  }

  /** Names that resemble those of cheaper models. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-4-1106-preview",
        "mistral-large-2407",
        "gpt-5-mini-ultra",
        "ft:gpt-4o-mini-2024-07-18:org::id",
        "anthropic.claude-instant-v1",
        "gpt-5-mini.pro",
        "gpt-4-9999",
        "gpt-4-20",
        "gpt-5:0",
      })
  void noOtherPartOfANameIsDropped(String model) {
    assertThat(new PriceBook(shipped.prices(PUBLISHED)).find(model)).isEmpty();
  }

  /** Snapshots that were dearer than what bears their name now have prices of their own. */
  @Test
  void dearerSnapshotsKeepTheirPrice() {
    PriceBook book = new PriceBook(shipped.prices(PUBLISHED));
    assertThat(book.price("gpt-3.5-turbo-0125").input()).isEqualTo(usd("0.5"));
    assertThat(book.price("gpt-3.5-turbo-1106").input()).isEqualTo(usd("1"));
    assertThat(book.price("gpt-3.5-turbo-0613").input()).isEqualTo(usd("1.5"));
    assertThat(book.price("gpt-3.5-turbo-0301").input()).isEqualTo(usd("1.5"));
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
            (model, price) -> {
              if (model.contains("claude")) {
                assertThat(price.hourCacheWrite()).as(model).isEqualTo(2 * price.input());
              }
              assertThat(price.hourCacheWrite())
                  .as(model)
                  .isGreaterThanOrEqualTo(price.cacheWrite());
            });
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
