package dev.tollgate.store.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;

/**
 * Reads one answer of Redis' protocol, version 2. Lengths are not believed: it never takes more
 * memory than a few times what the peer has really sent. Used by one thread.
 */
final class Resp {

  /** The largest text that is asked for is a document. */
  static final int MAX_TEXT = 1 << 20;

  /** Of the whole answer: the map of a cluster whose slots are all scattered has half as many. */
  static final int MAX_ITEMS = 1 << 19;

  private static final int MAX_DEPTH = 8;
  private static final int NOTHING = -1;

  private final RedisInputStream in;
  private int itemsLeft = MAX_ITEMS;

  private Resp(RedisInputStream in) {
    this.in = in;
  }

  /**
   * An answer: a {@code Long}, a {@code byte[]}, a {@code List} of these, or null.
   *
   * @throws JedisDataException when the answer is an error; an error inside a list is an item of it
   * @throws JedisConnectionException when it is no answer of a Redis server, or is too large
   */
  static @Nullable Object read(RedisInputStream in) {
    return new Resp(in).read(0);
  }

  private @Nullable Object read(int depth) {
    byte type = in.readByte();
    return switch (type) {
      case '+' -> in.readLineBytes();
      case '-' ->
          throw new JedisDataException(new String(in.readLineBytes(), StandardCharsets.UTF_8));
      case ':' -> in.readLongCrLf();
      case '$' -> text(length(MAX_TEXT));
      case '*' -> list(length(itemsLeft), depth + 1);
      default -> throw strange("begins with byte " + type);
    };
  }

  private int length(int max) {
    long length = in.readLongCrLf();
    if (length < NOTHING || length > max) {
      throw strange("has a length of " + length);
    }
    return (int) length;
  }

  private byte @Nullable [] text(int length) {
    if (length == NOTHING) {
      return null;
    }
    byte[] text = new byte[length];
    for (int done = 0; done < length; ) {
      done += in.read(text, done, length - done);
    }
    if (in.readByte() != '\r' || in.readByte() != '\n') {
      throw strange("has a text of another length than it says");
    }
    return text;
  }

  private @Nullable List<@Nullable Object> list(int length, int depth) {
    if (length == NOTHING) {
      return null;
    }
    if (depth > MAX_DEPTH) {
      throw strange("has lists in lists in lists");
    }
    itemsLeft -= length;
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      try {
        items.add(read(depth));
      } catch (JedisDataException error) {
        items.add(error);
      }
    }
    return items;
  }

  private static JedisConnectionException strange(String what) {
    return new JedisConnectionException("the answer is none of a Redis server: it " + what);
  }
}
