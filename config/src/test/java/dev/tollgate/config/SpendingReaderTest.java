package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Provider;
import dev.tollgate.ProviderBudget;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Window;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpendingReaderTest {

  private static final long USD = 1_000_000_000L;

  @Test
  void nothingConfiguredWatchesCallersAlone() {
    Spending spending = read();

    assertThat(spending.budgets()).isEmpty();
    assertThat(spending.breaker()).isEqualTo(BreakerPolicy.OFF);
    assertThat(spending.anomalies())
        .isEqualTo(new AnomalyPolicy(AnomalyPolicy.Action.ALERT, Map.of()));
  }

  @Test
  void aBudgetHasAllThatIsConfiguredOfIt() {
    Spending spending =
        read(
            "tollgate.zone", "Europe/Berlin",
            "tollgate.route.chat.path", "/api/chat",
            "tollgate.provider.openai.hard-limit", "500.00 USD/month",
            "tollgate.provider.openai.essential-reserve", "10%",
            "tollgate.provider.openai.slice", "2.50 USD",
            "tollgate.provider.openai.models", "gpt-*, o3*",
            "tollgate.provider.openai.routes", "chat");

    assertThat(spending.providers())
        .containsExactly(
            new Provider("openai", Set.of("chat"), List.of("gpt-*", "o3*"))
                .hardLimit(
                    Limit.of(
                        Meter.COST,
                        500 * USD,
                        new Window.Calendar(Window.Unit.MONTH, ZoneId.of("Europe/Berlin"))),
                    50 * USD,
                    5 * USD / 2));
  }

  @Test
  void aHardLimitAloneIsEnoughForAWellKnownProvider() {
    Spending spending =
        read(
            "tollgate.provider.anthropic.hard-limit", "3.33 USD/day",
            "tollgate.provider.gemini.hard-limit", "10 USD/day",
            "tollgate.provider.openai.hard-limit", "10 USD/day");

    ProviderBudget anthropic = spending.budgets().get(0);
    assertThat(anthropic.essentialReserve()).isZero();
    assertThat(anthropic.slice()).as("1 % of the limit").isEqualTo(33_300_000L);
    assertThat(spending.budget("any", "claude-haiku-4-5")).contains(anthropic);
    assertThat(spending.budget("any", "gpt-5-mini"))
        .map(ProviderBudget::provider)
        .contains("openai");
    assertThat(spending.budget("any", "gemini-2.5-flash"))
        .map(ProviderBudget::provider)
        .contains("gemini");
  }

  @Test
  void oneOfSeveralBudgetsNeedsCallsThatBelongToIt() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                read(
                    "tollgate.provider.ours.hard-limit", "10 USD/day",
                    "tollgate.provider.openai.hard-limit", "10 USD/day"))
        .withMessageContaining(
            "tollgate.provider.ours.hard-limit = '10 USD/day': no call belongs to it: this"
                + " provider's models are not known; set tollgate.provider.ours.models or"
                + " tollgate.provider.ours.routes");
    assertThat(read("tollgate.provider.ours.hard-limit", "10 USD/day").budget("any", "llama"))
        .isPresent();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                read(
                    "tollgate.provider.ours.expected-spend", "10 USD/month",
                    "tollgate.provider.openai.hard-limit", "10 USD/day"))
        .withMessageContaining(
            "tollgate.provider.ours.expected-spend = '10 USD/month': no call belongs to it");
  }

  @Test
  void aProviderNeedsNoHardLimit() {
    Spending spending =
        read(
            "tollgate.route.vip.path", "/vip",
            "tollgate.provider.openai.hard-limit", "10 USD/day",
            "tollgate.provider.anthropic.expected-spend", "250 USD/month",
            "tollgate.provider.ours.models", "llama*",
            "tollgate.provider.ours.routes", "vip");

    assertThat(spending.provider("any", "claude-haiku-4-5"))
        .map(Provider::name)
        .contains("anthropic");
    assertThat(spending.provider("any", "llama3")).map(Provider::name).contains("ours");
    assertThat(spending.provider("vip", "gpt-5-mini")).map(Provider::name).contains("ours");
    assertThat(spending.budgets()).extracting(ProviderBudget::provider).containsExactly("openai");
    assertThat(spending.budget("any", "claude-haiku-4-5")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          slice             | 0%       | must be above 0 and up to the hard limit, 10.00 USD
          slice             | 11 USD   | must be above 0 and up to the hard limit, 10.00 USD
          slice             | 5        | '5' is neither a percentage nor USD
          essential-reserve | 101%     | '101%' is above 100 %
          essential-reserve | 10.01 USD | must be from 0 up to the hard limit, 10.00 USD
          essential-reserve | -1%      | '-1' is negative
          routes            | suggest  | there is no route 'suggest': known are [chat]
          models            | a b      | 'a b' is no model
          models            | *a*b*c*d* | has over 4 stars
          """)
  void oneProblemOfABudget(String leaf, String value, String text) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                read(
                    "tollgate.route.chat.path",
                    "/api/chat",
                    "tollgate.provider.openai.hard-limit",
                    "10 USD/day",
                    "tollgate.provider.openai." + leaf,
                    value))
        .satisfies(wrong -> assertThat(wrong.problems()).hasSize(1))
        .withMessageContaining("tollgate.provider.openai." + leaf + " = ")
        .withMessageContaining(text);
  }

  @Test
  void theBreakerWatchesEveryScopeWithAnExpectation() {
    BreakerPolicy breaker =
        read(
                "tollgate.breaker", "2.5x for 5 minutes fast",
                "tollgate.expected-spend", "2000 USD/month",
                "tollgate.provider.openai.expected-spend", "1500 USD/month",
                "tollgate.tier.free.expected-spend", "100 USD/month",
                "tollgate.route.chat.expected-spend", "300 USD/month")
            .breaker();

    assertThat(breaker)
        .isEqualTo(
            new BreakerPolicy(
                250,
                5,
                true,
                Map.ofEntries(
                    entry(SpendScope.APPLICATION, 2000 * USD),
                    entry(new SpendScope(SpendScope.Kind.PROVIDER, "openai"), 1500 * USD),
                    entry(new SpendScope(SpendScope.Kind.TIER, "free"), 100 * USD),
                    entry(new SpendScope(SpendScope.Kind.ROUTE, "chat"), 300 * USD))));
  }

  @Test
  void withoutItsOwnTheApplicationIsExpectedToSpendWhatItsProvidersAre() {
    assertThat(
            read(
                    "tollgate.provider.openai.hard-limit", "5000 USD/month",
                    "tollgate.provider.openai.expected-spend", "1500 USD/month",
                    "tollgate.provider.anthropic.expected-spend", "500 USD/month")
                .breaker()
                .expectedMonthly())
        .containsEntry(SpendScope.APPLICATION, 2000 * USD);
  }

  @Test
  void withHardLimitsAloneTheApplicationIsExpectedToSpendHalfOfThem() {
    assertThat(
            read(
                    "tollgate.provider.openai.hard-limit", "500 USD/month",
                    "tollgate.provider.anthropic.hard-limit", "10 USD/day")
                .breaker()
                .expectedMonthly())
        .containsOnly(entry(SpendScope.APPLICATION, 400 * USD));
  }

  @Test
  void moreScopesThanCanBeSharedAreAProblem() {
    String[] keysAndValues = new String[2 * (BreakerPolicy.MAX_SCOPES + 1)];
    for (int i = 0; i <= BreakerPolicy.MAX_SCOPES; i++) {
      keysAndValues[2 * i] = "tollgate.tier.t" + i + ".expected-spend";
      keysAndValues[2 * i + 1] = "9 USD/month";
    }
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(keysAndValues))
        .withMessageContaining("tollgate.breaker")
        .withMessageContaining("watches 65 expectations: at most 64");
  }

  @Test
  void aBreakerThatIsOffWatchesNothing() {
    assertThat(read("tollgate.breaker", "off", "tollgate.expected-spend", "9 USD/month").breaker())
        .isEqualTo(BreakerPolicy.OFF);
  }

  @Test
  void anomaliesHaveAnActionAndExpectationsByTier() {
    assertThat(
            read("tollgate.anomaly", "block", "tollgate.tier.free.expected-requests", "20/day")
                .anomalies())
        .isEqualTo(new AnomalyPolicy(AnomalyPolicy.Action.BLOCK, Map.of("free", 20L)));
  }

  @Test
  void aVariableAloneDefinesABudget() {
    Settings settings =
        Configs.read(
            Configs.ofEnvironment(Map.of("TOLLGATE_PROVIDER_OPENAI_HARD_LIMIT", "5 USD/day")));

    assertThat(settings.policies().spending().budgets())
        .extracting(ProviderBudget::provider)
        .containsExactly("openai");
  }

  @Test
  void aMissingHardLimitIsWarnedOf() {
    assertThat(warnings())
        .containsExactly(
            "tollgate.provider.<name>.hard-limit: is missing: nothing stops spending for good;"
                + " set it to twice of what you expect to spend in a month");
    assertThat(warnings("tollgate.provider.openai.expected-spend", "250 USD/month"))
        .containsExactly(
            "tollgate.provider.openai.hard-limit: is missing: nothing stops spending for good;"
                + " set it to 500.00 USD/month");
  }

  @Test
  void aHardLimitAboveTwiceOfWhatIsExpectedIsWarnedOf() {
    assertThat(
            warnings(
                "tollgate.breaker", "off",
                "tollgate.provider.openai.expected-spend", "250 USD/month",
                "tollgate.provider.openai.hard-limit", "500.01 USD/month"))
        .containsExactly(
            "tollgate.provider.openai.hard-limit = '500.01 USD/month': is above twice of the 250.00"
                + " USD that are expected in a month; lower it to 500.00 USD/month");
    assertThat(
            warnings(
                "tollgate.provider.openai.expected-spend", "250 USD/month",
                "tollgate.provider.openai.hard-limit", "500 USD/month"))
        .isEmpty();
  }

  @Test
  void theSummaryTellsWhatBoundsSpending() {
    assertThat(Summary.of(Configs.read()))
        .contains("no hard limit of spending; the spend breaker watches nothing");
    assertThat(
            Summary.of(
                Configs.read(
                    "tollgate.provider.openai.hard-limit", "500 USD/month",
                    "tollgate.expected-spend", "200 USD/month")))
        .contains(
            "hard limits openai 500.00 USD cost-per-month; the spend breaker watches application"
                + " at 200.00 USD a month");
  }

  private static Spending read(String... namesAndValues) {
    return Configs.read(namesAndValues).policies().spending();
  }

  private static List<String> warnings(String... namesAndValues) {
    return Configs.reader().read(Snapshot.take(Configs.of(namesAndValues))).warnings().stream()
        .map(Object::toString)
        .toList();
  }
}
