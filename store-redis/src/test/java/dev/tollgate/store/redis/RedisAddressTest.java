package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          redis://localhost                           | SINGLE [localhost:6379]/0
          redis://localhost/                          | SINGLE [localhost:6379]/0
          REDIS://10.0.0.1:7000/3                     | SINGLE [10.0.0.1:7000]/3
          rediss://u:p@cache.example:6380             | SINGLE [cache.example:6380]/0
          redis://[::1]:6379/15                       | SINGLE [::1:6379]/15
          redis-sentinel://a,b:26380/main             | SENTINEL [a:26379, b:26380]/main/0
          redis-sentinel://:p@a:1,b:2,c:3/main/4      | SENTINEL [a:1, b:2, c:3]/main/4
          rediss-sentinel://a/main?sentinel=:s        | SENTINEL [a:26379]/main/0
          redis-cluster://h1:7000,h2:7001             | CLUSTER [h1:7000, h2:7001]/0
          rediss-cluster://h1:7000                    | CLUSTER [h1:7000]/0
          """)
  void parses(URI uri, String expected) {
    assertThat(RedisAddress.parse(uri)).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://localhost             | scheme 'http'; use redis:, redis-sentinel:
          redis:localhost              | names no host
          redis://localhost:0          | port '0', which is not in 1 to 65535
          redis://localhost:99999      | port '99999'
          redis://localhost:x          | port 'x'
          redis://localhost/db         | database 'db', which is not in 0 to 9999
          redis://localhost/0/1        | path that is too long
          redis://localhost?db=1       | has a query
          redis://a,b                  | names several hosts
          redis://secret@localhost     | login without a password
          redis://u:@localhost         | login without a password
          redis-sentinel://a/m?sentinel=s | login without a password
          redis-sentinel://a/m?user=s  | has a query
          redis://localhost#0          | has a fragment
          redis-sentinel://a:26379     | names no master
          redis-sentinel://a,/main     | empty host
          redis-cluster://a/1          | path that is too long
          """)
  void rejectsWithTheRuleAndTheRightForm(URI uri, String message) {
    assertThatThrownBy(() -> RedisAddress.parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageMatching(".*(its form is redis.*://|use redis:).*");
  }

  @Test
  void readsALoginAndShowsItNowhere() {
    RedisAddress address = RedisAddress.parse(URI.create("rediss://us%65r:p%40ss+w:d@host"));
    assertThat(address.login().user()).isEqualTo("user");
    assertThat(address.login().password()).isEqualTo("p@ss+w:d");
    assertThat(address.login().tls()).isTrue();
    assertThat(address.toString()).doesNotContain("user", "p@ss");
    assertThatThrownBy(() -> RedisAddress.parse(URI.create("redis://user:hidden@host:0")))
        .hasMessageNotContainingAny("user:h", "hidden");
  }
}
