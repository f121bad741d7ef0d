package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import java.net.URI;
import org.junit.jupiter.api.Test;

class StoresTest {

  private static final String HASH_KEY = "0123456789abcdef";

  @Test
  void aStoreOfTheApplicationIsFoundByItsScheme() {
    try (Engine engine =
        open(
            "tollgate.store", "trial://host",
            "tollgate.hash-key", HASH_KEY,
            "tollgate.route.chat.path", "/chat")) {
      assertThat(engine.tollgate().reserve(Call.of(new Caller("alice", "free"), "chat")))
          .isInstanceOf(Decision.Admitted.class);
      assertThat(engine.settings().store().uri()).isEqualTo(URI.create("trial://host"));
    }
  }

  @Test
  void nodesThatShareAStoreNeedOneHashKey() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> open("tollgate.store", "trial://host"))
        .withMessageContaining("tollgate.hash-key: is missing: nodes that share a store");
  }

  @Test
  void nodesThatHashNothingNeedNoHashKey() {
    Settings settings = Configs.read("tollgate.store", "trial://host", "tollgate.callers", "ip");

    assertThat(settings.store().outlivesTheProcess()).isTrue();
  }

  @Test
  void anAddressThatItsStoreRefusesIsAProblemWithoutThePassword() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                open(
                    "tollgate.store",
                    "trial://me:hunt%40er@one:1,two:2/x?y=hunter",
                    "tollgate.hash-key",
                    HASH_KEY))
        .withMessageContaining("tollgate.store = 'trial://***@one:1,two:2/x?***'")
        .withMessageContaining("no host in")
        .withMessageNotContaining("hunt");
  }

  @Test
  void aStoreThatCannotBeUsedIsAProblemWithItsOwnRemedy() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> open("tollgate.store", "trial://me:hunter@damaged", "tollgate.callers", "ip"))
        .withMessageContaining(
            "tollgate.store = 'trial://***@damaged': damaged at byte 7 of ***; restore a backup");
  }

  @Test
  void aDirectoryIsWrittenAsItIs() {
    String directory = "file:/opt/my server/100%/#1";
    Settings settings = Configs.readUnopened("tollgate.store", directory, "tollgate.callers", "ip");

    assertThat(settings.store().uri().getPath()).isEqualTo("/opt/my server/100%/#1");
  }

  @Test
  void callersThatAreHashedNeedAHashKeyThatOutlivesTheProcess() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configs.readUnopened("tollgate.store", "file:data"))
        .withMessageContaining("tollgate.hash-key: is missing: ");
  }

  @Test
  void settingsNeverShowThePassword() {
    Settings settings =
        Configs.read("tollgate.store", "trial://me:hunter@host", "tollgate.hash-key", HASH_KEY);

    assertThat(settings.toString()).contains("trial://***@host").doesNotContain("hunter");
    assertThat(Summary.of(settings)).contains("trial://***@host").doesNotContain("hunter");
  }

  private static Engine open(String... namesAndValues) {
    return Engine.open(Configs.of(namesAndValues), StoresTest.class.getClassLoader());
  }
}
