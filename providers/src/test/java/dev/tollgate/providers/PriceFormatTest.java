package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.Money;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceFormatTest {

  private static final LocalDate TODAY = LocalDate.of(2026, 8, 31);

  private static Map<String, Price> read(PriceFormat format, String file) throws Exception {
    return format.read(Fixtures.bytes("prices/" + file)).prices(TODAY);
  }

  /** Dollars for a million tokens. */
  private static Price price(String input, String read, String write, String output) {
    return new Price(usd(input), usd(read), usd(write), usd(output));
  }

  /** The same, where an hour of a cache costs so much. */
  private static Price price(String input, String read, String write, String hour, String output) {
    long out = usd(output);
    return new Price(usd(input), usd(read), usd(write), usd(hour), out, out, List.of());
  }

  private static long usd(String dollars) {
    return Money.nanoUsd(new BigDecimal(dollars));
  }

  @Test
  void liteLlmTellsDollarsForAToken() throws Exception {
    Map<String, Price> prices = read(PriceFormat.LITELLM, "litellm.json");
    assertThat(prices)
        .containsEntry("gpt-sample", price("1.25", "0.125", "1.25", "10"))
        .containsEntry("azure/gpt-sample", price("1.375", "1.375", "1.375", "11"))
        .containsEntry("claude-sample", price("3", "0.3", "3.75", "6", "15"))
        .doesNotContainKeys("sample_spec", "image-sample", "negative-sample");
    Price above = new Price(usd("2.5"), usd("0.25"), usd("2.5"), usd("15"), usd("18"), List.of());
    assertThat(prices.get("gemini-sample"))
        .isEqualTo(prices.get("gemini/gemini-sample"))
        .isEqualTo(
            new Price(
                usd("1.25"),
                usd("0.125"),
                usd("1.25"),
                usd("10"),
                usd("12"),
                List.of(new LongContext(200_000, above))));
  }

  @Test
  void modelsDevTellsDollarsForAMillion() throws Exception {
    Map<String, Price> prices = read(PriceFormat.MODELS_DEV, "models-dev.json");
    assertThat(prices.get("gpt-sample"))
        .as("the maker's price, and the tier, not its older form")
        .isEqualTo(prices.get("openai/gpt-sample"))
        .isEqualTo(
            price("2.5", "0.25", "2.5", "15")
                .with(List.of(new LongContext(272_000, price("5", "0.5", "5", "22.5")))));
    assertThat(prices).containsEntry("reseller/gpt-sample", price("3", "3", "3", "20"));
    assertThat(prices.get("open-sample"))
        .as("nobody's own: the dearest")
        .isEqualTo(
            new Price(usd("0.1"), usd("0.1"), usd("0.1"), usd("0.4"), usd("0.6"), List.of()));
    assertThat(prices.get("gemini-sample").longContext())
        .containsExactly(new LongContext(200_000, price("2.5", "2.5", "2.5", "15")));
    assertThat(prices).doesNotContainKey("no-cost");
  }

  @Test
  void openRouterTellsDollarsForATokenAsTexts() throws Exception {
    Map<String, Price> prices = read(PriceFormat.OPENROUTER, "openrouter.json");
    assertThat(prices.get("claude-sample"))
        .as("the dearest hour of the day; caches rise with the input")
        .isEqualTo(prices.get("anthropic/claude-sample"))
        .isEqualTo(
            price("4", "0.4", "5", "8", "15")
                .with(List.of(new LongContext(199_999, price("6", "0.6", "7.5", "12", "22.5")))));
    assertThat(prices)
        .containsEntry("someone/sample:free", Price.FREE)
        .doesNotContainKeys("auto", "openrouter/auto");
  }

  @Test
  void genaiPricesTellThresholdsAndDays() throws Exception {
    Catalogue catalogue = PriceFormat.GENAI_PRICES.read(Fixtures.bytes("prices/genai-prices.json"));
    Price before =
        price("3", "0.3", "3.75", "6", "15")
            .with(List.of(new LongContext(200_000, price("6", "0.6", "7.5", "12", "22.5"))));
    assertThat(catalogue.prices(LocalDate.of(2026, 8, 31)))
        .containsEntry("claude-sample", before)
        .containsEntry("claude-1-sample", before)
        .containsEntry("anthropic/claude-sample", before)
        .containsEntry("deepseek-sample", price("0.27", "0.07", "0.27", "1.1"))
        .containsEntry("embedding-sample", price("0.13", "0.13", "0.13", "0.13"));
    assertThat(catalogue.prices(LocalDate.of(2026, 9, 1)))
        .as("twice the input, as Anthropic has it")
        .containsEntry("claude-sample", price("2", "0.2", "2", "4", "10"));
  }

  @Test
  void pricesAreExactAndRoundedUp() throws Exception {
    String file =
        "{\"a\":{\"input_cost_per_token\":1.0000000001e-15,\"output_cost_per_token\":0.1},"
            + "\"huge\":{\"input_cost_per_token\":1e400,\"output_cost_per_token\":1},"
            + "\"tiny\":{\"input_cost_per_token\":1e-2000000,\"output_cost_per_token\":1},"
            + "\"text\":{\"input_cost_per_token\":\"free\",\"output_cost_per_token\":1},"
            + "\"half\":{\"input_cost_per_token\":1e-6,\"output_cost_per_token\":\"ask\"}}";
    assertThat(PriceFormat.LITELLM.read(utf8(file)).prices(TODAY))
        .containsOnly(Map.entry("a", Price.of(2, 100_000_000_000_000L)));
  }

  @ParameterizedTest
  @EnumSource(PriceFormat.class)
  void fileWithoutPricesIsRefused(PriceFormat format) {
    assertThatThrownBy(() -> format.read(utf8("{\"a\":")))
        .isInstanceOf(PriceFileException.class)
        .hasMessageStartingWith("is no JSON: ");
    for (String empty : List.of("{}", "[]", "7", "\"x\"", "null", "[7]", "{\"data\":7}", "")) {
      assertThatThrownBy(() -> format.read(utf8(empty)))
          .as(empty)
          .isInstanceOf(PriceFileException.class)
          .hasMessage("holds no price in the format " + format);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"litellm.json", "models-dev.json", "openrouter.json", "genai-prices.json"})
  void mutatedFilesAreReadOrRefusedAndNothingElse(String file) {
    Seed seed = Seed.next();
    Random random = seed.random();
    String text = Fixtures.text("prices/" + file);
    String[] poison = {"-1", "1e999999999", "null", "\"x\"", "[]", "{}", "true", "", ",", "9"};
    int read = 0;
    for (int i = 0; i < 2_000; i++) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(12));
      String mutant =
          text.substring(0, from) + poison[random.nextInt(poison.length)] + text.substring(to);
      for (PriceFormat format : PriceFormat.values()) {
        try {
          assertThat(format.read(utf8(mutant)).prices(TODAY)).isNotEmpty();
          read++;
        } catch (PriceFileException refused) {
          assertThat(refused.getMessage()).as("%s: %s", seed, mutant).isNotBlank();
        }
      }
    }
    assertThat(read).as("%s", seed).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"1\"}",
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"-1\",\"output\":\"1\"}",
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"1\",\"output\":\"x\"}",
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"1\",\"output\":\"1\",\"cacheRead\":\"?\"}",
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"1\",\"output\":\"1\",\"inptu\":\"1\"}",
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"1\",\"output\":\"1\",\"from\":\"soon\"}",
        "{\"provider\":\"p\",\"model\":\"m\",\"input\":\"1\",\"output\":\"1\",\"longContext\":[{}]}"
      })
  void mistakeInAFileOfOurOwnFormatIsNamed(String entry) {
    String file = "{\"models\":[" + entry + "]}";
    assertThatThrownBy(() -> PriceFormat.TOLLGATE.read(utf8(file)))
        .isInstanceOf(PriceFileException.class)
        .hasMessageStartingWith("model 1 'm': ");
  }
}
