package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;

/** Real Sentinels that do not know each other, and have heard of different failovers. */
class SentinelsTest {

  private static final HostAndPort FORMER = new HostAndPort("127.0.0.1", LocalRedis.freePort());
  private static final HostAndPort SUCCESSOR = new HostAndPort("127.0.0.1", LocalRedis.freePort());

  private final List<LocalRedis> running = new ArrayList<>();

  @AfterEach
  void stop() {
    running.forEach(LocalRedis::close);
  }

  private LocalRedis sentinel(HostAndPort master, int epoch, String... settings) {
    return sentinelAt(LocalRedis.freePort(), master, epoch, settings);
  }

  private LocalRedis sentinelAt(int port, HostAndPort master, int epoch, String... settings) {
    List<String> lines = new ArrayList<>(List.of(settings));
    lines.add("sentinel monitor main 127.0.0.1 " + master.getPort() + " 1");
    lines.add("sentinel config-epoch main " + epoch);
    LocalRedis sentinel = LocalRedis.sentinelAt(port, lines.toArray(new String[0]));
    sentinel.restart();
    running.add(sentinel);
    return sentinel;
  }

  private static RedisAddress address(LocalRedis... sentinels) {
    String hosts =
        List.of(sentinels).stream()
            .map(sentinel -> "127.0.0.1:" + sentinel.port())
            .collect(Collectors.joining(","));
    return RedisAddress.parse(
        URI.create("redis-sentinel://" + hosts + "/main?sentinel=asking:password"));
  }

  private static final String USER = "user asking on >password " + Sentinels.RIGHTS;

  private static HostAndPort find(Sentinels sentinels) {
    return sentinels.find(soon());
  }

  private static long soon() {
    return System.nanoTime() + Duration.ofMillis(800).toNanos();
  }

  @Test
  void theOneThatHasHeardOfTheLatestFailoverIsBelieved() {
    LocalRedis first = sentinel(FORMER, 4, USER);
    LocalRedis second = sentinel(FORMER, 4, USER);
    LocalRedis informed = sentinel(SUCCESSOR, 5, USER);
    Sentinels sentinels = new Sentinels(address(first, second, informed));
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
    assertThat(sentinels.isReplaced(FORMER)).isTrue();
    assertThat(sentinels.isReplaced(SUCCESSOR)).isFalse();
  }

  @Test
  void whatWasHeardIsNotForgottenWhileTheOneThatSaidItIsSilent() {
    LocalRedis first = sentinel(FORMER, 4, USER);
    LocalRedis informed = sentinel(SUCCESSOR, 5, USER);
    Sentinels sentinels = new Sentinels(address(first, informed));
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
    informed.suspend();
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
  }

  @Test
  void whileNoneAnswersTheMasterIsTheOneThatTheyNamedLast() {
    LocalRedis first = sentinel(FORMER, 4, USER);
    LocalRedis informed = sentinel(SUCCESSOR, 5, USER);
    Sentinels sentinels = new Sentinels(address(first, informed));
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
    first.close();
    informed.suspend();
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
    assertThat(sentinels.isReplaced(SUCCESSOR)).isFalse();
    Sentinels unknowing = new Sentinels(address(first, informed));
    assertThatThrownBy(() -> find(unknowing)).hasMessageContaining("none of");
  }

  @Test
  void aFailoverIsNoticedWithoutANewConnection() {
    LocalRedis first = sentinel(FORMER, 4, USER);
    LocalRedis informed = sentinel(SUCCESSOR, 5, USER);
    informed.suspend();
    Sentinels sentinels = new Sentinels(address(first, informed));
    assertThat(find(sentinels)).isEqualTo(FORMER);
    assertThat(sentinels.isReplaced(FORMER)).isFalse();
    informed.resume();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> sentinels.isReplaced(FORMER));
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
  }

  @Test
  void aMasterIsConfirmedOnlyWhileMostCanBeHeardAndNameIt() {
    LocalRedis first = sentinel(FORMER, 4, USER);
    LocalRedis second = sentinel(FORMER, 4, USER);
    LocalRedis informed = sentinel(SUCCESSOR, 5, USER);
    informed.suspend();
    Sentinels sentinels = new Sentinels(address(first, second, informed));
    assertThat(find(sentinels)).isEqualTo(FORMER);
    assertThat(sentinels.isConfirmed(FORMER, soon())).isTrue();
    assertThat(sentinels.isConfirmed(SUCCESSOR, soon())).isFalse();
    second.suspend();
    assertThat(sentinels.isConfirmed(FORMER, soon())).isFalse();
    informed.resume();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> sentinels.isConfirmed(SUCCESSOR, soon()));
    assertThat(sentinels.isConfirmed(FORMER, soon())).isFalse();
  }

  @Test
  void sentinelsThatWereSetUpAnewAreBelieved() {
    LocalRedis first = sentinel(SUCCESSOR, 5, USER);
    LocalRedis second = sentinel(SUCCESSOR, 5, USER);
    Sentinels sentinels = new Sentinels(address(first, second));
    assertThat(find(sentinels)).isEqualTo(SUCCESSOR);
    first.close();
    second.close();
    sentinelAt(first.port(), FORMER, 0, USER);
    sentinelAt(second.port(), FORMER, 0, USER);
    assertThat(find(sentinels)).isEqualTo(FORMER);
  }

  @Test
  void aMissingRightIsNamed() {
    LocalRedis strict =
        sentinel(
            FORMER, 4, "user asking on >password -@all +ping +sentinel|get-master-addr-by-name");
    Sentinels sentinels = new Sentinels(address(strict));
    assertThatThrownBy(() -> find(sentinels))
        .isInstanceOfSatisfying(
            JedisDataException.class,
            refused ->
                assertThat(Refusal.of(refused).remedy())
                    .contains("the Sentinels' user", "+sentinel|master"));
  }

  @Test
  void anUnknownMasterIsNamed() {
    LocalRedis sentinel = sentinel(FORMER, 4, USER);
    URI uri = URI.create("redis-sentinel://127.0.0.1:" + sentinel.port() + "/other");
    Sentinels sentinels = new Sentinels(RedisAddress.parse(uri));
    assertThatThrownBy(() -> find(sentinels)).hasMessageContaining("knows no master 'other'");
  }
}
