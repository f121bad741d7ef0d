package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Price;
import dev.tollgate.Window;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {

  private static final Syntax<Limit> QUOTA = QuotaSyntax.in(ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          10/minute burst 20                | requests-per-minute |       10 |    60 |       20
          10 requests / minute              | requests-per-minute |       10 |    60 |       10
          1 request/second                  | requests-per-second |        1 |     1 |        1
          40000 tokens/10 minutes           | tokens-per-600s     |    40000 |   600 |    40000
          100/2 hours burst 7               | requests-per-2h     |      100 |  7200 |        7
          5/day                             | requests-per-24h    |        5 | 86400 |        5
          0.50 USD/hour burst 1.25          | cost-per-hour       | 500000000 | 3600 | 1250000000
          0.0000000001 usd/minute           | cost-per-minute     |        1 |    60 |        1
          """)
  void rates(String text, String name, long amount, long seconds, long burst) {
    Limit limit = RateSyntax.ONE.parse(text);

    assertThat(limit)
        .isEqualTo(
            new Limit(
                name,
                limit.meter(),
                amount,
                new Window.Rolling(Duration.ofSeconds(seconds), burst)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ""                                | '' is not an amount per time
          10                                | a comma separates limits, never digits of an amount
          10/                               | '10/' is not an amount per time
          ten/minute                        | 'ten' is not a number
          0/minute                          | '0' must be above 0
          -1/minute                         | '-1' is negative
          1.5/minute                        | '1.5' must be a whole number
          10_000/minute                     | '10_000' has separators
          1e400/minute                      | '1e400' is not a number
          NaN/minute                        | 'NaN' is not a number
          Infinity tokens/minute            | 'Infinity' is not a number
          9007199254740992/minute           | is too large
          99999999999999999999999/minute    | has too many digits
          99999999 USD/minute               | USD is not in 0 to 9007199.254740991
          10 calls/minute                   | 'calls' is not requests, tokens or USD
          $5/minute                         | '$5' is not a number
          10/fortnight                      | 'fortnight' is not a unit of time
          10/0 minutes                      | is not in 1 second to 31 days
          10/32 days                        | is not in 1 second to 31 days
          10/1500ms                         | is not whole seconds
          10/month                          | belongs in a quota
          10/minute burst                   | is not a unit of time
          10/minute burst 0                 | '0' must be above 0
          1/31 days burst 1000000           | over ten years
          10/minute/second                  | is not an amount per time
          """)
  void wrongRates(String text, String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateSyntax.ONE.parse(text))
        .withMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          200 requests/day      | requests-per-day |           200
          200/day               | requests-per-day |           200
          1000000 tokens/month  | tokens-per-month |       1000000
          5.00 USD/month        | cost-per-month   |    5000000000
          0.000000001 USD/day   | cost-per-day     |             1
          """)
  void quotas(String text, String name, long amount) {
    Limit limit = QUOTA.parse(text);

    assertThat(limit.name()).isEqualTo(name);
    assertThat(limit.amount()).isEqualTo(amount);
    assertThat(limit.isQuota()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          200 requests/minute   | 'minute' is not day or month; other windows belong in a rate
          200/2 days            | '2 days' is not day or month
          200/day burst 5       | 'day burst 5' is not day or month
          0 USD/month           | must be above 0
          5,00 USD/month        | has separators
          """)
  void wrongQuotas(String text, String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QUOTA.parse(text))
        .withMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          80% notify, 100% restrict, 150% refuse | 80 NOTIFY, 100 RESTRICT, 150 REFUSE
          50 % notify,80 % notify                | 50 NOTIFY, 80 NOTIFY
          100% refuse                            | 100 REFUSE
          """)
  void ladders(String text, String rungs) {
    assertThat(LadderSyntax.WHOLE.parse(text).rungs().stream().map(SyntaxTest::show))
        .containsExactly(rungs.split(", "));
  }

  private static String show(Ladder.Rung rung) {
    return rung.percent() + " " + rung.action();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          100% restrict, 80% notify   | rung at 80 % must be above 100 %
          80% notify, 80% restrict    | rung at 80 % must be above 80 %
          100% refuse, 150% restrict  | no rung can follow the one that refuses at 100 %
          0% notify                   | is not in 1 to 1000 %
          1001% refuse                | is not in 1 to 1000 %
          99999999999% refuse         | is too high
          80.5% notify                | must be a whole number
          80 notify                   | '80 notify' is not a percentage and an action
          80% panic                   | must be one of notify, restrict, refuse
          80% notify,                 | has nothing before, after or between its commas
          1% notify, 2% notify, 3% notify, 4% notify, 5% notify, 6% notify, 7% notify, 8% notify, 9% notify | at most 8 rungs
          """)
  void wrongLadders(String text, String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LadderSyntax.WHOLE.parse(text))
        .withMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          context                       | 'context' is not a name and a value
          context 0                     | '0' must be above 0
          context 4,000                 | '000' is not a name and a value
          colour red                    | 'colour' is not context, output, model, rate or priority
          output 1, output 2            | 'output' is given twice
          priority urgent               | must be one of high, normal, low
          model two words               | a model is one word
          rate 5                        | is not an amount per time
          rate 5/minute, rate 6/minute  | two rates are requests-per-minute
          """)
  void wrongRestrictions(String text, String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RestrictSyntax.WHOLE.parse(text))
        .withMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          0.15 in, 0.60 out USD per 1M                                   | 150000000 | 150000000 | 150000000 | 600000000
          0.60 out,0.15 in, 0.075 cached, 0.19 cache-write  USD per  1M  | 150000000 |  75000000 | 190000000 | 600000000
          0 in, 0 out USD per 1M                                         |         0 |         0 |         0 |         0
          """)
  void prices(String text, long input, long cacheRead, long cacheWrite, long output) {
    assertThat(PriceSyntax.WHOLE.parse(text))
        .isEqualTo(new Price(input, cacheRead, cacheWrite, output));
  }

  @Test
  void whatACacheKeepsForAnHourHasAPriceOfItsOwn() {
    assertThat(
            PriceSyntax.WHOLE.parse(
                "3 in, 15 out, 0.30 cached, 3.75 cache-write, 6 cache-write-1h USD per 1M"))
        .isEqualTo(
            new Price(
                3_000_000_000L,
                300_000_000L,
                3_750_000_000L,
                6_000_000_000L,
                15_000_000_000L,
                15_000_000_000L,
                List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          0.15 in, 0.60 out                     | must end with 'USD per 1M'
          0.15 in USD per 1M                    | needs a price for in and for out
          0.15 in, 0.15 in, 1 out USD per 1M    | 'in' is given twice
          0.15 input, 1 out USD per 1M          | is not a number and one of in, out, cached
          1,000 in, 1 out USD per 1M            | '1' is not a number and one of
          -1 in, 1 out USD per 1M               | '-1' is negative
          2000000 in, 1 out USD per 1M          | is not in 0 to
          1e400 in, 1 out USD per 1M            | '1e400' is not a number
          """)
  void wrongPrices(String text, String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PriceSyntax.WHOLE.parse(text))
        .withMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource({"50ms, 50", "50 ms, 50", "5s, 5000", "5 seconds, 5000", "1 minute, 60000", "0, 0"})
  void durations(String text, long millis) {
    assertThat(duration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          5              | is not a number and a unit of time
          5 fortnights   | 'fortnights' is not a unit of time
          PT5S           | 'PT5' is not a number
          ten minutes    | 'ten' is not a number
          -5 seconds     | '-5' is negative
          2 hours        | must be from 0 seconds to 1 hour
          99999999999 s  | is too long
          """)
  void wrongDurations(String text, String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> duration(text))
        .withMessageContaining(rule);
  }

  private static Duration duration(String text) {
    return DurationSyntax.between(Duration.ZERO, Duration.ofHours(1)).parse(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/*", "/api/chat", "/v1/*", "*.ai", "/a.b/c", "/v1/..x"})
  void paths(String text) {
    assertThat(PathSyntax.ONE.parse(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api", "*", "*.", "*.a/b", "/a*", "/*/a", "/a/*/*", "//a", "/a;x=1", "/%61", "/a/../b",
        "/a/.", "..", "/a b", "/a\\b", "/a?b", "/a#b", "/a\nb"
      })
  void wrongPaths(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> PathSyntax.ONE.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "fe80::1/128", "0.0.0.0/1"})
  void proxies(String text) {
    assertThat(ProxySyntax.ONE.parse(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "10.0.0",
        "10.0.0.256",
        "10.0.0.1.",
        "10.0.0.0/33",
        "10.0.0.0/0",
        "::1/129",
        "::/0",
        "1::2::3",
        "10.0.0.0/x",
        "10.0.0.0/",
        "fe80::1%eth0",
        ""
      })
  void wrongProxies(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ProxySyntax.ONE.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"user", "header:", "header:A B", "cookie:a;b", "claim:", "ip:4", "bearer:x", ""})
  void wrongCallers(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SourceSyntax.CALLER.parse(text));
  }
}
