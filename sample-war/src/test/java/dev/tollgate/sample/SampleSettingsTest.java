package dev.tollgate.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.ConfigurationException;
import dev.tollgate.sample.SampleSettings.ProviderSettings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleSettingsTest {

  @Test
  void simulatesAProviderByDefault() {
    SampleSettings settings = read(Map.of());
    assertThat(settings.provider())
        .isEqualTo(new ProviderSettings.Simulated(Duration.ZERO, Duration.ofSeconds(60)));
    assertThat(settings.model()).isEqualTo("gpt-5-mini");
    assertThat(settings.keys().find("demo-free")).isPresent();
    assertThat(settings.keys().find("demo-pro")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9999/v1, http://127.0.0.1:9999/v1/chat/completions",
    "https://api.openai.com/v1/, https://api.openai.com/v1/chat/completions",
    "http://localhost, http://localhost/chat/completions",
    "HTTP://[::1]:8000/v1//, HTTP://[::1]:8000/v1/chat/completions"
  })
  void takesTheBaseOfAnyServer(String url, URI completions) {
    ProviderSettings provider = read(Map.of("sample.provider.url", url)).provider();
    assertThat(provider)
        .isInstanceOfSatisfying(
            ProviderSettings.OpenAi.class,
            openAi -> {
              assertThat(openAi.resource("chat/completions")).isEqualTo(completions);
              assertThat(openAi.key()).isEmpty();
              assertThat(openAi.maxTokensField()).isEqualTo("max_completion_tokens");
              assertThat(openAi.timeout()).isEqualTo(Duration.ofSeconds(60));
            });
  }

  @Test
  void neverShowsTheProvidersKey() {
    Map<String, String> values =
        Map.of("sample.provider.url", "http://localhost/v1", "sample.provider.key", "sk-secret");
    assertThat(read(values).toString()).doesNotContain("sk-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9999/v1",
        "ftp://localhost/v1",
        "http:///v1",
        "http://user:secret@localhost/v1",
        "http://localhost/v1?key=secret",
        "http://localhost/v1#secret",
        "http://local host/v1"
      })
  void refusesOtherAddressesWithoutShowingThem(String url) {
    assertThatThrownBy(() -> read(Map.of("sample.provider.url", url)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("sample.provider.url")
        .hasMessageNotContaining("secret");
  }

  @Test
  void listsEverythingThatIsWrong() {
    Map<String, String> values = new HashMap<>();
    values.put("sample.keys", "secret:gold, other:free");
    values.put("sample.model", "a model");
    values.put("sample.provider.delay", "soon");
    values.put("sample.provider.timeout", "0");
    values.put("sample.provider.max-tokens-field", "tokens");
    assertThatThrownBy(() -> read(values))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            invalid ->
                assertThat(invalid.problems())
                    .extracting(problem -> problem.key() + ": " + problem.rule())
                    .containsExactly(
                        "sample.keys: tier gold has no tollgate.tier.gold.rate",
                        "sample.model: it must be the name of a model, such as gpt-5-mini",
                        "sample.provider.delay: it must be a whole number of ms from 0 to 60000",
                        "sample.provider.timeout: it must be a whole number of ms from 1 to 600000",
                        "sample.provider.max-tokens-field: it must be max_completion_tokens or"
                            + " max_tokens"))
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesAShortHashKey() {
    assertThatThrownBy(() -> read(Map.of("sample.hash-key", "too short")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("sample.hash-key")
        .hasMessageContaining("it must have 16 bytes or more")
        .hasMessageNotContaining("too short");
  }

  @Test
  void knowsTiersOfTheEnvironment() {
    Map<String, String> values =
        Map.of("sample.keys", "secret:gold-1", "TOLLGATE_TIER_GOLD_1_RATE", "10/minute");
    assertThat(read(values).keys().tiers()).containsExactly("gold-1");
  }

  private static SampleSettings read(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.put("tollgate.tier.free.rate", "10/minute");
    all.put("tollgate.tier.pro.rate", "60/minute");
    return SampleSettings.read(
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(all, "test", 100))
            .build());
  }
}
