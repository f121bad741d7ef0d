package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderApiReaderTest {

  private static final String SECRET = "sk-admin-1f6a";

  private static ProviderApis read(String... namesAndValues) {
    List<String> all =
        new ArrayList<>(List.of("tollgate.provider.openai.hard-limit", "500.00 USD/month"));
    all.addAll(Arrays.asList(namesAndValues));
    return Configs.reader()
        .read(Snapshot.take(Configs.of(all.toArray(new String[0]))))
        .providerApis();
  }

  @Test
  void nothingIsAskedUnlessItIsConfigured() {
    assertThat(read().isEmpty()).isTrue();
  }

  @Test
  void billsAndLimitsAreAskedWithTheirOwnKeys() {
    ProviderApis apis =
        read(
            "tollgate.provider.openai.bill", "openai",
            "tollgate.provider.openai.bill-key", SECRET,
            "tollgate.provider.openai.bill-of", "proj_abc",
            "tollgate.provider.openai.set-limit", "openai",
            "tollgate.provider.openai.set-limit-key", SECRET,
            "tollgate.provider.claude.hard-limit", "10 USD/day",
            "tollgate.provider.claude.models", "claude-*",
            "tollgate.provider.claude.bill", "anthropic",
            "tollgate.provider.claude.bill-key", SECRET,
            "tollgate.provider.claude.bill-url", "https://eu.example.com/v1",
            "tollgate.provider.claude.set-limit", "litellm",
            "tollgate.provider.claude.set-limit-key", SECRET,
            "tollgate.provider.claude.set-limit-url", "http://litellm:4000",
            "tollgate.provider.claude.set-limit-of", "sk-virtual",
            "tollgate.bill-drift", "7%");

    assertThat(apis.audits()).containsOnlyKeys("openai", "claude");
    assertThat(apis.limits()).containsOnlyKeys("openai", "claude");
    assertThat(apis.limits().get("claude").nanoUsd()).isEqualTo(10_000_000_000L);
    assertThat(apis.toString()).doesNotContain(SECRET).doesNotContain("sk-virtual");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bill-key|x|bill-key: is of no use alone; set tollgate.provider.openai.bill or remove it",
        "bill|openai|bill = 'openai': needs an administration key; set tollgate.provider.openai.bill-key",
        "bill|gemini|bill = 'gemini': must be one of openai, anthropic",
        "set-limit|openrouter|set-limit = 'openrouter': must be told whose limit is meant",
        "set-limit|litellm|set-limit = 'litellm': needs an address",
        "bill-url|ftp://x|must be an http: or https: URL without user, query and fragment",
        "bill-url|https://x/?key=y|bill-url = 'https://x/?***': must be",
        "bill-url|https://u:p@x/|bill-url = 'https://***@x/': must be",
        "bill-of|a b|has other characters than letters"
      })
  void whatDoesNotFitTogetherIsSaid(String leaf, String value, String said) {
    assertThatThrownBy(() -> read("tollgate.provider.openai." + leaf, value))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(said);
  }

  @Test
  void keysAreNeverShown() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                read(
                    "tollgate.provider.openai.bill", "openai",
                    "tollgate.provider.openai.bill-key", "sécret",
                    "tollgate.provider.openai.set-limit", "openai",
                    "tollgate.provider.openai.set-limit-key", "se cr et",
                    "tollgate.provider.openai.set-limit-of", "sk-s*cret"))
        .satisfies(
            wrong ->
                assertThat(wrong.getMessage())
                    .contains(
                        "bill-key: has characters other than visible ASCII",
                        "set-limit-key: has characters other than visible ASCII",
                        "set-limit-of: has other characters")
                    .doesNotContain("cret'", "cr et"));
  }

  @Test
  void billWithoutAHardLimitHasNothingToBeComparedWith() {
    assertThatThrownBy(
            () ->
                read(
                    "tollgate.provider.other.bill",
                    "openai",
                    "tollgate.provider.other.bill-key",
                    SECRET))
        .hasMessageContaining("belongs to no hard limit; set tollgate.provider.other.hard-limit")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void limitsByDayCannotBeSetWhereOnlyMonthsAreKnown() {
    assertThatThrownBy(
            () ->
                Configs.read(
                    "tollgate.provider.openai.hard-limit", "5 USD/day",
                    "tollgate.provider.openai.set-limit", "openai",
                    "tollgate.provider.openai.set-limit-key", SECRET))
        .hasMessageContaining("they are of a cent or more in a month");
  }

  @ParameterizedTest
  @CsvSource({"5", "0%", "101%", "2.5%", "five%"})
  void driftIsAWholePercentage(String drift) {
    assertThatThrownBy(() -> read("tollgate.bill-drift", drift))
        .hasMessageContaining("tollgate.bill-drift");
  }
}
