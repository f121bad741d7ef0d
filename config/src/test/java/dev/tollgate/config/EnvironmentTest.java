package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.Limit;
import dev.tollgate.Price;
import dev.tollgate.config.ConfigurationException.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  private static final Map<String, String> PRICE =
      Map.of("TOLLGATE_PRICE_GPT_4_1_MINI", "1 in, 2 out USD per 1M");

  @Test
  void aVariableSetsAKeyOfSeveralWords() {
    Settings settings = read(Map.of("TOLLGATE_STORE_DEADLINE", "70ms"));

    assertThat(settings.store().deadline()).isEqualTo(Duration.ofMillis(70));
  }

  @Test
  void aVariableOverridesAProperty() {
    Settings settings =
        read(Map.of("TOLLGATE_TIER_FREE_RATE", "7/minute"), "tollgate.tier.free.rate", "9/minute");

    assertThat(settings.policies().tier("free").limits())
        .extracting(Limit::amount)
        .containsExactly(7L);
  }

  @Test
  void aVariableAddsToATierWithADashInItsName() {
    Settings settings =
        read(
            Map.of("TOLLGATE_TIER_GOLD_PLUS_QUOTA", "5/day"),
            "tollgate.tier.gold-plus.rate",
            "9/minute");

    assertThat(settings.policies().tier("gold-plus").limits())
        .extracting(Limit::name)
        .containsExactly("requests-per-minute", "requests-per-day");
    assertThat(settings.policies().tiers()).containsOnlyKeys("gold-plus");
  }

  @Test
  void aVariableDefinesATierRouteAndCallerOfOneWord() {
    Settings settings =
        read(
            Map.of(
                "TOLLGATE_TIER_GOLD_RATE", "7/minute",
                "TOLLGATE_ROUTE_CHAT_PATH", "/api/chat",
                "TOLLGATE_CALLER_ALICE_TIER", "gold"));

    assertThat(settings.policies().tiers()).containsOnlyKeys("gold");
    assertThat(settings.policies().routes()).containsOnlyKeys("chat");
    assertThat(settings.http().callerTiers()).containsEntry("alice", "gold");
  }

  @Test
  void aVariableDefinesATierThatTheListNames() {
    Settings settings =
        read(Map.of("TOLLGATE_TIER_GOLD_PLUS_RATE", "7/minute"), "tollgate.tiers", "gold-plus");

    assertThat(settings.policies().tiers()).containsOnlyKeys("gold-plus");
  }

  @Test
  void aVariableOverridesThePriceOfAModelWithDotsAndDashes() {
    Settings settings = read(PRICE, "tollgate.price.gpt-4.1-mini", "0.40 in, 1.60 out USD per 1M");

    assertThat(settings.policies().prices().find("gpt-4.1-mini"))
        .contains(Price.of(1_000_000_000L, 2_000_000_000L));
    assertThat(
            Snapshot.take(Configs.ofEnvironment(PRICE, "tollgate.price.gpt-4.1-mini", "x"))
                .values())
        .containsOnlyKeys(new Key(Key.PRICE, "gpt-4.1-mini", ""));
  }

  @Test
  void aVariableOverridesAPropertyThatLooksLikeAGuessFromIt() {
    Settings settings =
        read(Map.of("TOLLGATE_CALLER__A_B__TIER", "pro"), "tollgate.caller.\"a.b\".tier", "free");

    assertThat(settings.http().callerTiers()).containsExactly(Map.entry("a.b", "pro"));
  }

  @Test
  void aVariableThatCouldMeanSeveralNamesIsRefused() {
    assertThat(problems(Map.of("TOLLGATE_TIER_GOLD_PLUS_RATE", "7/minute")))
        .extracting(Problem::key)
        .containsExactly("TOLLGATE_TIER_GOLD_PLUS_RATE");
    assertThat(problems(Map.of("TOLLGATE_PRICE_GPT_5", "1 in, 2 out USD per 1M")))
        .extracting(Problem::key)
        .containsExactly("TOLLGATE_PRICE_GPT_5");
  }

  @Test
  void anUnknownVariableNamesTheNearestOneAndHidesItsValue() {
    assertThat(problems(Map.of("TOLLGATE_HASHKEY", "a secret nobody may see")))
        .containsExactly(
            new Problem(
                "TOLLGATE_HASHKEY",
                "",
                "is not a known key",
                "remove it, or write the nearest known key, TOLLGATE_HASH_KEY"));
  }

  @Test
  void whatKubernetesSaysOfAServiceNamedTollgateIsNoConfiguration() {
    Settings settings =
        read(
            Map.of(
                "TOLLGATE_SERVICE_HOST", "10.0.0.7",
                "TOLLGATE_SERVICE_PORT_HTTP", "80",
                "TOLLGATE_PORT", "tcp://10.0.0.7:80",
                "TOLLGATE_PORT_80_TCP_ADDR", "10.0.0.7",
                "TOLLGATE_REDIS_SERVICE_HOST", "10.0.0.8"));

    assertThat(settings.policies().tiers()).containsOnlyKeys("free", "pro");
  }

  private static Settings read(Map<String, String> variables, String... namesAndValues) {
    return Configs.read(Configs.ofEnvironment(variables, namesAndValues));
  }

  private static List<Problem> problems(Map<String, String> variables) {
    return assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(variables))
        .actual()
        .problems();
  }
}
