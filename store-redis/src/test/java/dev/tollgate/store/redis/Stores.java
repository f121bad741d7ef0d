package dev.tollgate.store.redis;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreFactory.Options;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.commands.StringCommands;

/** Opens stores for tests. */
final class Stores {

  /** Long enough for a busy machine. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  private static final String CLOCK_KEY = "tollgate1:test-clock";
  private static final String CLOCK = "tonumber(time[1]) * 1000000 + tonumber(time[2])";

  /** For a look at the server that tests share; lives as long as the process. */
  static final RedisClient CLIENT = RedisClient.create(LocalRedis.shared());

  private Stores() {}

  static Store open() {
    return open(LocalRedis.shared(), DEADLINE);
  }

  static Store open(URI uri, Duration deadline) {
    return new RedisStoreFactory().open(uri, new Options(deadline, 1, InstantSource.system()));
  }

  /** A store whose script goes by the clock that {@link #setClock} sets. */
  static Store openWithHandClock() {
    return openWithHandClock(LocalRedis.shared());
  }

  static Store openWithHandClock(URI uri) {
    Script.Set scripts = Script.Set.load();
    return new RedisStore(
        RedisAddress.parse(uri),
        new Script.Set(
            byHand(scripts.counting()),
            byHand(scripts.documents()),
            byHand(scripts.rollups()),
            scripts.rights()),
        DEADLINE,
        InstantSource.system());
  }

  private static Script byHand(Script script) {
    String clock = "tonumber(redis.call('GET', '" + CLOCK_KEY + "'))";
    return Script.of(script.text().replace(CLOCK, clock));
  }

  static void setClock(Instant now) {
    setClock(CLIENT, now);
  }

  /** Sets the clock of the server that a client talks to. */
  static void setClock(StringCommands client, Instant now) {
    client.set(CLOCK_KEY, Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, now)));
  }

  static void removeClock() {
    CLIENT.del(CLOCK_KEY);
  }
}
