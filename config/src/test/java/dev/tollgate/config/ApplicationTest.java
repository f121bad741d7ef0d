package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplicationTest {

  private final URLClassLoader loader =
      new URLClassLoader(new URL[0], ApplicationTest.class.getClassLoader());

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  @Test
  void allUsesShareOneEngineAndTheLastCloseEndsIt() {
    register(Configs.of());

    Application first = Application.acquire(loader);
    Application second = Application.acquire(loader);
    assertThat(first.tollgate()).isSameAs(second.tollgate());
    assertThat(first.settings()).isSameAs(second.settings());

    first.close();
    first.close();
    assertThat(threads()).containsExactly("tollgate-background", "tollgate-reload");

    second.close();
    await().untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  @Test
  void manyThreadsGetTheSameEngine() throws Exception {
    register(Configs.of());
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      Callable<Application> acquire = () -> Application.acquire(loader);
      List<Application> uses = new ArrayList<>();
      for (Future<Application> use : pool.invokeAll(Collections.nCopies(32, acquire))) {
        uses.add(use.get());
      }
      assertThat(uses).extracting(Application::tollgate).containsOnly(uses.get(0).tollgate());
      uses.forEach(Application::close);
      await().untilAsserted(() -> assertThat(threads()).isEmpty());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void anInvalidConfigurationLeavesNothing() {
    register(Configs.of("tollgate.nodes", "0"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Application.acquire(loader))
        .withMessageContaining("tollgate.nodes = '0': must be from 1 to 10000");
    await().untilAsserted(() -> assertThat(threads()).isEmpty());

    register(Configs.of("tollgate.nodes", "1"));
    Application.acquire(loader).close();
    await().untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  @Test
  void theConfigOfAResolverInTheApplicationIsReleased() {
    Config config = Configs.of();
    register(config);

    Application.acquire(loader).close();

    assertThat(ConfigProvider.getConfig(loader)).isNotSameAs(config);
  }

  @Test
  void anotherApplicationHasAnEngineOfItsOwn() throws Exception {
    register(Configs.of());
    try (URLClassLoader other = new URLClassLoader(new URL[0], loader)) {
      ConfigProviderResolver.instance().registerConfig(Configs.of(), other);
      try (Application one = Application.acquire(loader);
          Application two = Application.acquire(other)) {
        assertThat(one.tollgate()).isNotSameAs(two.tollgate());
      }
    }
    await().untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  private void register(Config config) {
    ConfigProviderResolver.instance().registerConfig(config, loader);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("tollgate"))
        .sorted()
        .toList();
  }
}
