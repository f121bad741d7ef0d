package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.store.Durability;
import dev.tollgate.store.MemoryStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class StoreDurabilityTest {

  private static final ClassLoader LOADER = StoreDurabilityTest.class.getClassLoader();

  private static Settings settings(String... entries) {
    try (Engine engine = Engine.open(Configs.source(entries).config(), LOADER)) {
      return engine.settings();
    }
  }

  private static final String[] BUDGETED = {
    "tollgate.reload", "off",
    "tollgate.tier.free.rate", "1/hour burst 20",
    "tollgate.route.chat.path", "/api/chat",
    "tollgate.provider.openai.hard-limit", "500 USD/month"
  };

  @Test
  void aStoreThatARestartEmptiesIsAWarningWhereHardLimitsDependOnIt() {
    MemoryStore memory = new MemoryStore(10, InstantSource.system());
    assertThat(StoreDurability.warnings(settings(BUDGETED), memory))
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).isEqualTo("tollgate.store"));
    assertThat(
            StoreDurability.warnings(
                settings("tollgate.reload", "off", "tollgate.tier.free.rate", "1/hour burst 20"),
                memory))
        .isEmpty();
  }

  @Test
  void whatTurnsOutLaterIsLoggedOnce() {
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord logRecord) {
            logged.add(
                logRecord.getLevel() + ": " + new SimpleFormatter().formatMessage(logRecord));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Settings budgeted = settings(BUDGETED);
    Settings unlimited = settings("tollgate.reload", "off", "tollgate.tier.free.rate", "1/hour");
    Logger logger = Logger.getLogger("dev.tollgate");
    logger.addHandler(handler);
    try {
      DurabilityWatch watch = new DurabilityWatch(budgeted);
      watch.accept(Durability.KEPT);
      assertThat(logged).isEmpty();
      watch.accept(Durability.EVICTED);
      watch.accept(Durability.EVICTED);
      assertThat(logged).singleElement().asString().startsWith("SEVERE").contains("noeviction");
      logged.clear();

      watch.use(unlimited);
      watch.accept(Durability.LOST_AT_RESTART);
      assertThat(logged).as("nothing depends on it").isEmpty();
      watch.use(budgeted);
      assertThat(logged).singleElement().asString().startsWith("WARNING").contains("restart");
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void aServerThatMayEvictIsRefused() {
    StoreSettings store = settings(BUDGETED).store();
    assertThat(StoreDurability.warnings(store, Durability.KEPT)).isEmpty();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> StoreDurability.warnings(store, Durability.EVICTED))
        .withMessageContaining("noeviction")
        .withMessageContaining("tollgate.store");
  }
}
