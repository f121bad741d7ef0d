package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.LimitState;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;

class EngineTest {

  private static final Caller ALICE = new Caller("alice", "free");
  private static final ClassLoader LOADER = EngineTest.class.getClassLoader();

  private final Configs.Changing source =
      Configs.source(
          "tollgate.reload", "off",
          "tollgate.tier.free.rate", "1/hour burst 20",
          "tollgate.route.chat.path", "/api/chat");

  @Test
  void aRaisedLimitTakesEffectWithoutLosingCounts() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      for (int i = 0; i < 20; i++) {
        assertThat(reserve(engine)).isInstanceOf(Decision.Admitted.class);
      }
      assertThat(reserve(engine)).isInstanceOf(Decision.Refused.class);

      source.set("tollgate.tier.free.rate", "1/hour burst 100");
      engine.reloadNow();

      assertThat(remaining(engine)).isEqualTo(80);
      assertThat(reserve(engine)).isInstanceOf(Decision.Admitted.class);
    }
  }

  @Test
  void anInvalidChangeLeavesTheLastGoodSettings() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      Settings good = engine.settings();

      source.set("tollgate.tier.free.rate", "many/hour");
      engine.reloadNow();
      assertThat(engine.settings()).isSameAs(good);
      assertThat(remaining(engine)).isEqualTo(20);
      assertThat(shown(engine, "tollgate.tier.free.rate").value()).isEqualTo("1/hour burst 20");
      assertThat(engine.configuration().rejected())
          .singleElement()
          .satisfies(problem -> assertThat(problem.value()).isEqualTo("many/hour"));

      source.set("tollgate.tier.free.rate", "1/hour burst 5");
      engine.reloadNow();
      assertThat(remaining(engine)).isEqualTo(5);
      assertThat(shown(engine, "tollgate.tier.free.rate").value()).isEqualTo("1/hour burst 5");
      assertThat(engine.configuration().rejected()).isEmpty();
    }
  }

  private static ConfiguredValue shown(Engine engine, String key) {
    return engine.configuration().values().stream()
        .filter(value -> value.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsNotConfiguredIsShownWithItsDefault() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      assertThat(shown(engine, "tollgate.nodes"))
          .isEqualTo(new ConfiguredValue("tollgate.nodes", "1", "default"));
      assertThat(shown(engine, "tollgate.store-deadline").value()).isEqualTo("50 ms");
      assertThat(shown(engine, "tollgate.on-store-failure").value()).isEqualTo("local");
      assertThat(shown(engine, "tollgate.zone").value()).isEqualTo("Z");
      assertThat(shown(engine, "tollgate.route.chat.criticality").value()).isEqualTo("optional");
      assertThat(shown(engine, "tollgate.reload").origin()).isNotEqualTo("default");
      assertThat(engine.configuration().values())
          .noneMatch(value -> value.key().equals("tollgate.hash-key"));
    }
  }

  @Test
  void anUnchangedConfigurationIsNotTakenOver() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      Settings before = engine.settings();

      engine.reloadNow();

      assertThat(engine.settings()).isSameAs(before);
    }
  }

  @Test
  void providersAreAskedFromWhenTheirKeysAreConfiguredUntilTheEngineCloses() {
    source.set("tollgate.provider.openai.hard-limit", "500 USD/month");
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      assertThat(threadsOfProviders()).isZero();

      source
          .set("tollgate.provider.openai.bill", "openai")
          .set("tollgate.provider.openai.bill-key", "sk-admin-1f6a");
      engine.reloadNow();
      assertThat(threadsOfProviders()).isOne();
    }
    assertThat(threadsOfProviders()).isZero();
  }

  private static long threadsOfProviders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("tollgate-providers"))
        .count();
  }

  @Test
  void aTierThatIsAddedWhileRunningIsKnown() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      source.set("tollgate.tier.gold.rate", "50/hour");
      engine.reloadNow();

      assertThat(engine.settings().http().tierOrder()).containsExactly("free", "gold");
      assertThat(engine.tollgate().reserve(Call.of(new Caller("bob", "gold"), "chat")))
          .isInstanceOf(Decision.Admitted.class);
    }
  }

  @Test
  void aRouteThatIsRemovedWhileRunningStaysKnownToMethodsThatNameIt() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      source.remove("tollgate.route.chat.path");
      engine.reloadNow();

      assertThat(engine.settings().http().routes()).isEmpty();
      assertThat(reserve(engine)).isInstanceOf(Decision.Admitted.class);
    }
  }

  @Test
  void aChangedStoreWaitsForARestartWhileTheRestTakesEffect() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      source.set("tollgate.store-deadline", "1 second").set("tollgate.shadow", "true");
      engine.reloadNow();

      assertThat(engine.settings().store().deadline()).isEqualTo(Duration.ofMillis(50));
      assertThat(engine.tollgate().policies().shadow()).isTrue();
    }
  }

  @Test
  void aRaisedHardLimitTakesEffectWhileRunning() {
    source.set("tollgate.provider.openai.hard-limit", "5 USD/month");
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      source.set("tollgate.provider.openai.hard-limit", "7 USD/month");
      engine.reloadNow();

      assertThat(engine.tollgate().policies().spending().budgets())
          .extracting(budget -> budget.limit().amount())
          .containsExactly(7_000_000_000L);
    }
  }

  @Test
  void aSystemPropertyThatChangesTakesEffect() {
    Config config =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addSystemSources()
            .withSources(source)
            .build();
    try (Engine engine = Engine.open(config, LOADER)) {
      System.setProperty("tollgate.tier.free.rate", "1/hour burst 7");
      engine.reloadNow();
      assertThat(remaining(engine)).isEqualTo(7);

      System.setProperty("tollgate.tier.late.rate", "1/hour burst 8");
      engine.reloadNow();
      assertThat(engine.settings().policies().tiers()).containsKey("late");
    } finally {
      System.clearProperty("tollgate.tier.free.rate");
      System.clearProperty("tollgate.tier.late.rate");
    }
  }

  @Test
  void withoutAConfiguredKeySecretsKeepTheirHashesAcrossReloads() {
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      String before = engine.settings().http().hashKey().hash("key");

      source.set("tollgate.shadow", "true");
      engine.reloadNow();

      assertThat(engine.settings().http().hashKey().hash("key")).isEqualTo(before);
    }
  }

  @Test
  void aChangeIsNoticedByItself() {
    source.set("tollgate.reload", "1 second");
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      source.set("tollgate.tier.free.rate", "1/hour burst 30");

      await().atMost(Duration.ofSeconds(20)).until(() -> remaining(engine) == 30);
    }
  }

  @Test
  void anExpressionWithoutValueIsAProblem() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configs.read("tollgate.zone", "${no.such.property}"))
        .withMessageContaining("tollgate.zone = '${no.such.property}': refers to a property");
  }

  private static Decision reserve(Engine engine) {
    return engine.tollgate().reserve(Call.of(ALICE, "chat"));
  }

  private static long remaining(Engine engine) {
    return engine.tollgate().limits(ALICE, "chat").stream()
        .mapToLong(LimitState::remaining)
        .min()
        .orElseThrow();
  }
}
