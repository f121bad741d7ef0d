package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.providers.Catalogue;
import dev.tollgate.providers.PriceFormat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** Nobody answers for five minutes, and then a page does. */
  @Test
  void aPageThatDoesNotAnswerIsAskedAgainSoonAndThenEveryHour() throws IOException {
    List<Long> asked = new ArrayList<>();
    Instant[] now = {Instant.parse("2026-12-01T00:00:00Z")};
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> answer(exchange, asked, now[0]));
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/prices");
      PriceSettings settings =
          new PriceSettings(
              Map.of(),
              PriceBook.Unpriced.CEILING,
              Optional.of(new PriceSettings.Feed(uri, PriceFormat.LITELLM)));
      PriceTable table = new PriceTable(settings, () -> now[0]);
      assertThat(table.book().find("house-model")).isEmpty();
      for (int second = 0; second < 3 * 3600; second += 5) {
        now[0] = now[0].plusSeconds(5);
        table.refresh();
      }
      assertThat(table.book().find("house-model")).isPresent();
    } finally {
      server.stop(0);
    }
    assertThat(asked).containsExactly(0L, 15L, 45L, 105L, 225L, 465L, 4065L, 7665L);
  }

  private static void answer(HttpExchange exchange, List<Long> asked, Instant now)
      throws IOException {
    asked.add(now.getEpochSecond() - Instant.parse("2026-12-01T00:00:00Z").getEpochSecond());
    byte[] body = LITELLM.formatted("1e-06").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(asked.size() > 5 ? 200 : 503, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Test
  void shippedPricesThatAreOldAreTold() {
    Instant shipped = Catalogue.shippedOn().atStartOfDay(ZoneOffset.UTC).toInstant();
    PriceSettings none = new PriceSettings(Map.of(), PriceBook.Unpriced.CEILING, Optional.empty());
    assertThat(warnings(none, shipped.plus(Duration.ofDays(90)))).isEmpty();
    assertThat(warnings(none, shipped.plus(Duration.ofDays(91))))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("tollgate.prices");
              assertThat(problem.rule()).contains(Catalogue.shippedOn() + ", 91 days ago");
            });
    PriceSettings fed =
        new PriceSettings(
            Map.of(),
            PriceBook.Unpriced.CEILING,
            Optional.of(
                new PriceSettings.Feed(
                    directory.resolve("prices.json").toUri(), PriceFormat.LITELLM)));
    assertThat(warnings(fed, shipped.plus(Duration.ofDays(1000)))).isEmpty();
  }

  private static List<ConfigurationException.Problem> warnings(
      PriceSettings settings, Instant now) {
    return new PriceTable(settings, InstantSource.fixed(now)).warnings();
  }

  @ParameterizedTest
  @CsvSource({"off, true", "1 hour, true", "5 seconds, false"})
  void pricesAreFollowedHoweverSeldomAnythingElseIs(String reload, boolean apart) {
    try (Engine engine = Engine.open(Configs.of("tollgate.reload", reload), LOADER)) {
      assertThat(engine.settings()).isNotNull();
      assertThat(threads().contains("tollgate-prices")).isEqualTo(apart);
    }
    assertThat(threads()).doesNotContain("tollgate-prices", "tollgate-reload");
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  private static long houseInput(Engine engine) {
    return engine.tollgate().policies().prices().find("house-model").orElseThrow().input();
  }
}
