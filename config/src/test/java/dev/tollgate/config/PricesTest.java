package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Own prices go before those of a file, and those before the shipped ones. */
class PricesTest {

  private static final ClassLoader LOADER = PricesTest.class.getClassLoader();
  private static final String LITELLM =
      """
      {"house-model": {"litellm_provider": "house", "mode": "chat",
        "input_cost_per_token": %s, "output_cost_per_token": 2e-06}}
      """;

  @TempDir Path directory;

  @Test
  void modelsHaveAPriceWithoutAnyConfiguration() {
    PriceBook prices = Configs.read().policies().prices();

    assertThat(prices.find("gpt-5-mini")).isPresent();
    assertThat(prices.refuses("no-such-model")).isFalse();
    assertThat(prices.price("no-such-model").output()).isGreaterThanOrEqualTo(10_000_000_000L);
  }

  @Test
  void anOwnPriceGoesBeforeTheShippedOne() {
    PriceBook prices =
        Configs.read("tollgate.price.gpt-5-mini", "7 in, 9 out USD per 1M").policies().prices();

    assertThat(prices.find("gpt-5-mini")).contains(Price.of(7_000_000_000L, 9_000_000_000L));
    assertThat(prices.find("gpt-5")).isPresent();
  }

  @Test
  void aModelWithoutPriceIsRefusedOnRequest() {
    PriceBook prices = Configs.read("tollgate.unpriced", "refuse").policies().prices();

    assertThat(prices.refuses("no-such-model")).isTrue();
    assertThat(prices.refuses("gpt-5-mini")).isFalse();
  }

  @Test
  void aPriceFileIsReadAgainWhenItChanges() throws IOException {
    Path file = Files.writeString(directory.resolve("prices.json"), LITELLM.formatted("1e-06"));
    Configs.Changing source =
        Configs.source(
            "tollgate.reload", "off",
            "tollgate.prices", file.toString(),
            "tollgate.prices-format", "litellm");
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      assertThat(houseInput(engine)).isEqualTo(1_000_000_000);
      assertThat(engine.tollgate().policies().prices().find("gpt-5-mini")).isPresent();

      Files.writeString(file, LITELLM.formatted("1.25e-06"));
      engine.reloadNow();
      assertThat(houseInput(engine)).isEqualTo(1_250_000_000);

      Files.writeString(file, "half a fi");
      engine.reloadNow();
      assertThat(houseInput(engine)).isEqualTo(1_250_000_000);

      source.set("tollgate.price.house-model", "3 in, 4 out USD per 1M");
      Files.writeString(file, LITELLM.formatted("1.5e-06"));
      engine.reloadNow();
      assertThat(houseInput(engine)).isEqualTo(3_000_000_000L);
    }
  }

  @Test
  void aPriceFileInAnotherFormatStopsTheDeployment() throws IOException {
    Path file = Files.writeString(directory.resolve("prices.json"), LITELLM.formatted("1e-06"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configs.read("tollgate.prices", file.toString()))
        .withMessageContaining("holds no price in the format TOLLGATE")
        .withMessageContaining("tollgate.prices-format");
  }

  @Test
  void aPageThatCannotBeReachedLeavesTheShippedPrices() {
    try (Engine engine =
        Engine.open(
            Configs.of("tollgate.reload", "off", "tollgate.prices", "http://127.0.0.1:1/prices"),
            LOADER)) {
      assertThat(engine.tollgate().policies().prices().find("gpt-5-mini")).isPresent();
    }
  }

  private static long houseInput(Engine engine) {
    return engine.tollgate().policies().prices().find("house-model").orElseThrow().input();
  }
}
