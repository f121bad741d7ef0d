package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.tollgate.Alert;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.SinkState;
import dev.tollgate.Usage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertReaderTest {

  private static final ClassLoader LOADER = AlertReaderTest.class.getClassLoader();

  @Test
  void alertsAreLoggedWhenNothingIsConfigured() {
    assertThat(Configs.read().alerts())
        .isEqualTo(new AlertSettings(List.of(new SinkAddress("log", "")), false, ""));
  }

  @Test
  void sinksAreWhatTheListNames() {
    assertThat(
            Configs.read(
                    "tollgate.alerts", "log, trial:https://example.com/a:b",
                    "tollgate.alerts-private-addresses", "allow",
                    "tollgate.alerts-secret", "0123456789abcdef")
                .alerts())
        .isEqualTo(
            new AlertSettings(
                List.of(
                    new SinkAddress("log", ""),
                    new SinkAddress("trial", "https://example.com/a:b")),
                true,
                "0123456789abcdef"));
  }

  @Test
  void aSinkCanBeToldOnlyWhatIsSevereEnough() {
    List<SinkAddress> sinks =
        Configs.read("tollgate.alerts", "log(warning), trial(critical):https://example.com/a")
            .alerts()
            .sinks();

    assertThat(sinks)
        .containsExactly(
            new SinkAddress("log", Optional.of(Alert.Severity.WARNING), ""),
            new SinkAddress(
                "trial", Optional.of(Alert.Severity.CRITICAL), "https://example.com/a"));
    assertThat(sinks)
        .extracting(SinkAddress::toString)
        .containsExactly("log(warning)", "trial(critical):https://example.com/***");
    assertThat(Redaction.of(Key.single("alerts"), "log(error), trial(info):https://h/secret"))
        .isEqualTo("log(error), trial(info):https://h/***");
    assertThat(Redaction.of(Key.single("alerts"), "log(secret)")).isEqualTo("***");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          tollgate.alerts        | log, log   | lists log twice; remove one
          tollgate.alerts        | log, log(error) | lists log(error) twice; remove one
          tollgate.alerts        | log(loud)  | must be one of info, warning, error, critical
          tollgate.alerts        | log()      | must be one of info, warning, error, critical
          tollgate.alerts        | mail:me    | mail:*** is not a kind of sink: known are log, alertmanager:, pagerduty:, slack:, webhook:
          tollgate.alerts        | log:me     | log:*** is not a kind of sink
          tollgate.alerts        | slack:https://h/x | slack:https://h/*** nothing here opens slack: sinks; add the jar tollgate-alerts
          tollgate.alerts        | trial:wrong | trial:*** is wrong; write for example log, slack:https://hooks.slack.com/services/...
          tollgate.alert         | log        | the nearest known key, tollgate.alerts
          tollgate.alerts-secret | short      | is shorter than 16 characters
          tollgate.alerts-private-addresses | yes | must be allow or refuse
          """)
  void oneProblem(String key, String value, String text) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configs.read(key, value))
        .satisfies(wrong -> assertThat(wrong.problems()).hasSize(1))
        .withMessageContaining(text);
  }

  @Test
  void whatIsSecretOfASinkIsNeverShown() {
    String[] addresses = {
      "trial:https://hooks.example.com/services/hunter2",
      "trial:https://hooks.example.com?key=hunter2",
      "trial:https://me:hunter2@hooks.example.com/",
      "trial:https://hunter2@hooks.example.com/#x@y",
      "trial:hunter2",
      "https://hooks.example.com/hunter2",
      "Hunter2-hunter2",
      "hunter2 slack:https://h/hunter2",
      "wrong:hunter2\nhunter2"
    };
    for (String address : addresses) {
      assertThat(SinkAddress.parse(address).toString()).doesNotContainIgnoringCase("hunter2");
      assertThat(Redaction.of(Key.single("alerts"), "log, " + address))
          .startsWith("log, ")
          .doesNotContainIgnoringCase("hunter2");
    }
    assertThat(SinkAddress.parse(addresses[0])).hasToString("trial:https://hooks.example.com/***");
    assertThat(SinkAddress.parse("log")).hasToString("log");
    assertThat(
            Configs.read(
                    "tollgate.alerts", addresses[0], "tollgate.alerts-secret", "hunter2".repeat(3))
                .toString())
        .doesNotContain("hunter2");
  }

  @Test
  void alertsReachTheSinksThatAreConfiguredNow() throws Exception {
    Configs.Changing source =
        Configs.source(
            "tollgate.reload", "off",
            "tollgate.tier.free.quota", "10 requests/day",
            "tollgate.alerts", "trial:first",
            "tollgate.route.chat.path", "/api/chat");
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      use(engine, "ann");
      assertThat(TrialSinkFactory.taken("first").poll(5, TimeUnit.SECONDS))
          .extracting(Alert::subject)
          .isEqualTo("ann");
      await()
          .untilAsserted(
              () -> assertThat(engine.sinks()).containsExactly(new SinkState("trial", 1, 0, 0, 0)));

      source.set("tollgate.alerts", "trial:wrong");
      engine.reloadNow();
      source.set("tollgate.alerts", "trial:second");
      engine.reloadNow();
      use(engine, "bob");
      assertThat(TrialSinkFactory.taken("second").poll(5, TimeUnit.SECONDS))
          .extracting(Alert::subject)
          .isEqualTo("bob");
      assertThat(TrialSinkFactory.taken("first")).isEmpty();
    }
  }

  /** A quota that a caller has used up is of severity info, a budget of severity error. */
  @Test
  void sinksAreNotToldWhatIsLessSevereThanTheyWant() throws Exception {
    Configs.Changing source =
        Configs.source(
            "tollgate.reload", "off",
            "tollgate.tier.free.quota", "10 requests/day",
            "tollgate.alerts", "trial(error):severe",
            "tollgate.price.m", "1 in, 1 out USD per 1M",
            "tollgate.provider.acme.hard-limit", "1 USD/month",
            "tollgate.provider.acme.models", "m",
            "tollgate.route.chat.path", "/api/chat");
    try (Engine engine = Engine.open(source.config(), LOADER)) {
      use(engine, "ann");
      engine
          .tollgate()
          .reserve(Call.of(new Caller("bob", "free"), "chat").model("m").estimate(600_000, 0))
          .orThrow()
          .settle(Usage.of(600_000, 0));

      Alert first = TrialSinkFactory.taken("severe").poll(20, TimeUnit.SECONDS);
      assertThat(first).extracting(Alert::kind).isEqualTo(Alert.Kind.BUDGET_REACHED);
      await()
          .untilAsserted(
              () -> assertThat(engine.sinks()).containsExactly(new SinkState("trial", 1, 0, 0, 0)));
    }
  }

  private static void use(Engine engine, String caller) {
    for (int i = 0; i < 8; i++) {
      engine.tollgate().reserve(Call.of(new Caller(caller, "free"), "chat"));
    }
  }
}
