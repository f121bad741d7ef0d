package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.Limit;
import dev.tollgate.Window;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  @TempDir private Path directory;
  private Path file;
  private long changes;

  @BeforeEach
  void nameTheFile() throws IOException {
    file = directory.resolve("tollgate.properties");
    System.setProperty(ConfigFile.PROPERTY, file.toString());
    write("tollgate.tier.free.rate = 1/hour burst 20");
  }

  @AfterEach
  void forgetTheFile() {
    System.clearProperty(ConfigFile.PROPERTY);
  }

  @Test
  void isFoundByItselfAndGoesBeforeWhatIsInTheApplication() {
    assertThat(burst(Configs.read(config()))).isEqualTo(20);
  }

  @Test
  void isReadAgainWhenItHasChanged() throws IOException {
    try (Engine engine = Engine.open(config(), ConfigFileTest.class.getClassLoader())) {
      write("tollgate.tier.free.rate = 1/hour burst 30");
      engine.reloadNow();

      assertThat(burst(engine.settings())).isEqualTo(30);
    }
  }

  @Test
  void leavesWhatItSaidWhenItIsGone() throws IOException {
    try (Engine engine = Engine.open(config(), ConfigFileTest.class.getClassLoader())) {
      Files.delete(file);
      engine.reloadNow();

      assertThat(burst(engine.settings())).isEqualTo(20);
    }
  }

  @Test
  void mustExist() throws IOException {
    Files.delete(file);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configs.read(config()))
        .withMessageContaining("names no properties file that can be read");
  }

  @Test
  void cannotBeNamedWhereItWouldNotBeLookedFor() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configs.read("tollgate.config", "/elsewhere.properties"))
        .withMessageContaining("counts only as a system property or environment variable");
  }

  private Config config() {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addSystemSources()
        .addDiscoveredSources()
        .withSources(Configs.source("tollgate.tier.free.rate", "1/hour burst 10"))
        .build();
  }

  private static long burst(Settings settings) {
    return settings.policies().tier("free").limits().stream()
        .map(Limit::window)
        .mapToLong(window -> ((Window.Rolling) window).burst())
        .sum();
  }

  private void write(String line) throws IOException {
    Files.writeString(file, line + "\n");
    changes++;
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + changes));
  }
}
