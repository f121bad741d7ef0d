package dev.tollgate.store.redis;

import java.util.List;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The keys of one account, document or rollup. Its name is the hash tag of them all, so that they
 * share a slot of a cluster. Immutable.
 *
 * @param all the keys, in the order of the script's {@code KEYS}
 */
record Names(List<String> all) {

  /** The schema's version, as in the script's name: two versions never touch the same keys. */
  private static final String PREFIX = "tollgate1:";

  static Names of(String account) {
    String counters = PREFIX + "{" + plain(account) + "}";
    return new Names(
        List.of(
            counters,
            counters + ":holds",
            counters + ":due",
            counters + ":late",
            counters + ":rows",
            counters + ":settled"));
  }

  /** A document's: no account's name can be mistaken for it, for it does not begin with a brace. */
  static Names ofDocument(String name) {
    return new Names(List.of(PREFIX + "document:{" + plain(name) + "}"));
  }

  /** A rollup's. */
  static Names ofRollup(String name) {
    String rows = PREFIX + "rollup:{" + plain(name) + "}";
    return new Names(List.of(rows, rows + ":ranks", rows + ":writers"));
  }

  int slot() {
    return JedisClusterCRC16.getSlot(all.get(0));
  }

  /**
   * A name without white space, control characters and braces: these, and the percent sign itself,
   * become a percent sign and four hexadecimal digits. Different names stay different.
   */
  static String plain(String name) {
    if (name.chars().noneMatch(Names::isSpecial)) {
      return name;
    }
    StringBuilder plain = new StringBuilder();
    for (char character : name.toCharArray()) {
      if (isSpecial(character)) {
        plain.append(String.format("%%%04x", (int) character));
      } else {
        plain.append(character);
      }
    }
    return plain.toString();
  }

  private static boolean isSpecial(int character) {
    return character <= ' '
        || character == '%'
        || character == '{'
        || character == '}'
        || character == 0x7f
        || Character.isSurrogate((char) character);
  }
}
