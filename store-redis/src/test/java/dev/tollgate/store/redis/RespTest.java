package dev.tollgate.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Request;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.Surge;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.RedisInputStream;

/** Answers of every kind, and what is made of them. */
class RespTest {

  private static final String SEED = "tollgate.seed";
  private static final int ANSWERS = 20_000;
  private static final Calendar DAYS = at -> new Calendar.Span(0, 1L << 52);
  private static final HostAndPort SERVER = new HostAndPort("127.0.0.1", 6379);
  private static final Request REQUEST =
      new Request(
          "account",
          "id",
          List.of(
              Charge.of("bucket", new Bucket(10, 60_000_000L, 20), 1),
              Charge.of("quota", new Quota(DAYS, 10, 10, 10, List.of()), 1),
              Charge.of("surge", new Surge(DAYS, 50, Surge.Action.ALERT), 1)),
          60_000_000L,
          "");

  private final long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
  private final Random random = new Random(seed);

  private static Object read(byte[] bytes) {
    return Resp.read(new RedisInputStream(new ByteArrayInputStream(bytes)));
  }

  private static Object read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyKindIsRead() {
    assertThat((byte[]) read("+OK\r\n")).asString().isEqualTo("OK");
    assertThat(read(":-42\r\n")).isEqualTo(-42L);
    assertThat((byte[]) read("$4\r\na\r\nb\r\n")).asString().isEqualTo("a\r\nb");
    assertThat((byte[]) read("$0\r\n\r\n")).isEmpty();
    assertThat(read("$-1\r\n")).isNull();
    assertThat(read("*-1\r\n")).isNull();
    assertThat(read("*2\r\n:1\r\n*1\r\n:2\r\n")).isEqualTo(List.of(1L, List.of(2L)));
    List<?> withError = (List<?>) read("*2\r\n-ERR no\r\n:1\r\n");
    assertThat(withError.get(0)).isInstanceOf(JedisException.class);
    assertThat(withError.get(1)).isEqualTo(1L);
  }

  /** A valid answer with a few bytes changed is an answer or an error, never anything else. */
  @Test
  void noBytesBreakTheReaderNorWhatReadsItsAnswers() {
    byte[] valid = admitted();
    int answers = 0;
    int understood = 0;
    for (int i = 0; i < ANSWERS; i++) {
      byte[] bytes = valid.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) random.nextInt(random.nextBoolean() ? 256 : 64);
      }
      try {
        if (read(bytes) instanceof List<?> list
            && list.size() == 1
            && list.get(0) instanceof List<?> values) {
          answers++;
          new Answer(new Reply.Answer(values, true, SERVER)).toReserve(REQUEST);
          understood++;
        }
      } catch (JedisException | StoreException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
    System.out.printf(
        "-D%s=%d: of %d torn answers %d were lists, %d were understood%n",
        SEED, seed, ANSWERS, answers, understood);
    assertThat(understood).isBetween(1, answers - 1);
  }

  /** Times, and for each charge the amounts, the counter's state and its notices. */
  private static byte[] admitted() {
    String numbers =
        "1773144000000000 9007199254740992 1773144060000000"
            + " 1 1 1 1773144001000000 1773144001000000 0"
            + " 1 1 1 0 0 4503599627370496 3 1 1 0 0"
            + " 1 1 1 0 1 2 0 4503599627370496 0 0 0";
    String[] each = numbers.split(" ");
    return ("*1\r\n*"
            + (each.length + 1)
            + "\r\n$4\r\nFULL\r\n:"
            + String.join("\r\n:", each)
            + "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
