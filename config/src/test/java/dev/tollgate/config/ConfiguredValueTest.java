package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfiguredValueTest {

  @Test
  void everyValueIsShownWithItsOriginAndWithoutItsSecrets() {
    var config =
        new SmallRyeConfigBuilder()
            .withSources(
                new PropertiesConfigSource(
                    Map.of(
                        "tollgate.hash-key", "a very secret hash key",
                        "tollgate.store", "redis://user:secret@cache:6379/0",
                        "tollgate.prices", "https://prices.example/feed?key=secret",
                        "tollgate.nodes", "2",
                        "other.key", "x"),
                    "file",
                    100),
                new PropertiesConfigSource(Map.of("tollgate.nodes", "3"), "operator", 300))
            .build();
    List<ConfiguredValue> values = ConfiguredValue.of(config, Map.of());
    assertThat(values)
        .containsExactly(
            new ConfiguredValue("tollgate.hash-key", "***", "PropertiesConfigSource[source=file]"),
            new ConfiguredValue("tollgate.nodes", "3", "PropertiesConfigSource[source=operator]"),
            new ConfiguredValue(
                "tollgate.prices",
                "https://prices.example/***",
                "PropertiesConfigSource[source=file]"),
            new ConfiguredValue(
                "tollgate.store",
                "redis://***@cache:6379/***",
                "PropertiesConfigSource[source=file]"));
  }

  @Test
  void whereAlertsGoIsShownWithoutRoutingKeysAndPaths() {
    var config =
        new SmallRyeConfigBuilder()
            .withSources(
                new PropertiesConfigSource(
                    Map.of(
                        "tollgate.alerts",
                        "log, pagerduty:R0UT1NGKEY, slack:https://hooks.slack.com/services/secret",
                        "tollgate.alerts-secret",
                        "whsec_secret"),
                    "file",
                    100))
            .build();

    assertThat(ConfiguredValue.of(config, Map.of()))
        .extracting(ConfiguredValue::value)
        .containsExactly("log, pagerduty:***, slack:https://hooks.slack.com/***", "***");
  }
}
