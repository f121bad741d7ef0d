package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {

  @TempDir private Path directory;

  @Test
  void readsTheFileByTheRulesOfAnApplication() throws IOException {
    Settings settings =
        read(
            "tollgate.tier.gold.rate = 3/minute\ntollgate.price.my-model = 1 in, 2 out USD per 1M");

    assertThat(settings.policies().tiers()).containsOnlyKeys("gold");
    assertThat(settings.policies().prices().find("my-model")).isPresent();
    assertThat(settings.http().tiers()).contains(new TierSource.Default("gold"));
  }

  @Test
  void takesAStoreOfTheProductThatIsNotHere() throws IOException {
    assertThat(read("tollgate.store = redis-cluster://cache:6379").store().uri())
        .hasScheme("redis-cluster");
  }

  @Test
  void refusesAStoreThatNobodyKnows() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read("tollgate.store = bucket://over-there"))
        .withMessageContaining("'bucket' is not a kind of store");
  }

  @Test
  void letsASystemPropertyGoBeforeTheFile() throws IOException {
    System.setProperty("tollgate.zone", "Europe/Berlin");
    try {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> read("tollgate.zone = UTC\ntollgate.tier.gold.rat = 3/minute"))
          .withMessageContaining("tollgate.tier.gold.rate");
      assertThat(read("tollgate.zone = Mars/Olympus").policies().tiers()).isNotEmpty();
    } finally {
      System.clearProperty("tollgate.zone");
    }
  }

  @Test
  void saysWhichFileCannotBeRead() {
    Path missing = directory.resolve("missing.properties");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> SettingsFile.read(missing, InstantSource.system()))
        .withMessageContaining("missing.properties");
  }

  private Settings read(String properties) throws IOException {
    Path file = Files.writeString(directory.resolve("tollgate.properties"), properties);
    return SettingsFile.read(file, InstantSource.system());
  }
}
