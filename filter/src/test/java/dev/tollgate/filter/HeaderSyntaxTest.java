package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeaderSyntaxTest {

  @Test
  void aNameStaysAStructuredFieldsStringWhateverIsInIt() {
    assertThat(RateLimitHeaders.quoted("a\"b\\c\u00e9\r\nd")).isEqualTo("\"a\\\"b\\\\c???d\"");
  }

  @Test
  void secondsAreRoundedUpAndNeverNegative() {
    assertThat(RateLimitHeaders.seconds(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(RateLimitHeaders.seconds(Duration.ofSeconds(6))).isEqualTo(6);
    assertThat(RateLimitHeaders.seconds(Duration.ofMillis(-1))).isZero();
  }

  @Test
  void durationsAreWrittenAsGoDoes() {
    assertThat(VendorHeaders.goDuration(Duration.ofMillis(350))).isEqualTo("350ms");
    assertThat(VendorHeaders.goDuration(Duration.ofMillis(1001))).isEqualTo("2s");
    assertThat(VendorHeaders.goDuration(Duration.ofSeconds(60))).isEqualTo("1m0s");
    assertThat(VendorHeaders.goDuration(Duration.ofSeconds(7261))).isEqualTo("2h1m1s");
  }
}
