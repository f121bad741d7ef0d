package dev.tollgate.sample;

import dev.tollgate.Caller;
import dev.tollgate.config.HashKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The API keys of the application's callers, kept as hashes only. Immutable. */
final class ApiKeys {

  static final int MAX_KEYS = 1000;

  /** Not {@code key-}: Tollgate gives such ids to keys that nobody vouches for. */
  private static final String ID_PREFIX = "holder-";

  private static final int ID_DIGITS = 12;

  private record Entry(String hash, Caller holder) {}

  private final HashKey hashKey;
  private final List<Entry> entries;

  private ApiKeys(HashKey hashKey, List<Entry> entries) {
    this.hashKey = hashKey;
    this.entries = List.copyOf(entries);
  }

  /**
   * Reads {@code key:tier, key:tier}. A key may contain colons; the tier comes after the last.
   *
   * @throws IllegalArgumentException when an entry has another form or there are two of one key or
   *     more than {@link #MAX_KEYS}; the message shows no key
   */
  static ApiKeys parse(String text, HashKey hashKey) {
    List<Entry> entries = new ArrayList<>();
    Set<String> hashes = new HashSet<>();
    for (String pair : text.split(",", -1)) {
      int colon = pair.lastIndexOf(':');
      String key = colon < 0 ? "" : pair.substring(0, colon).strip();
      String tier = pair.substring(colon + 1).strip();
      int number = entries.size() + 1;
      if (key.isEmpty() || tier.isEmpty()) {
        throw new IllegalArgumentException("entry " + number + " is not of the form key:tier");
      }
      String hash = hashKey.hash(key);
      if (!hashes.add(hash)) {
        throw new IllegalArgumentException("the key of entry " + number + " is there twice");
      }
      if (number > MAX_KEYS) {
        throw new IllegalArgumentException("there are more than " + MAX_KEYS + " keys");
      }
      Caller holder = new Caller(ID_PREFIX + hash.substring(0, ID_DIGITS), tier);
      entries.add(new Entry(hash, holder));
    }
    return new ApiKeys(hashKey, entries);
  }

  /** The tiers of all holders. */
  Set<String> tiers() {
    return entries.stream().map(entry -> entry.holder().tier()).collect(Collectors.toSet());
  }

  /**
   * The holder of a key, under an id that tells nothing of it; takes the same time whichever key it
   * is.
   */
  Optional<Caller> find(String key) {
    byte[] hash = ascii(hashKey.hash(key));
    Optional<Caller> found = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(hash, ascii(entry.hash()))) {
        found = Optional.of(entry.holder());
      }
    }
    return found;
  }

  private static byte[] ascii(String hash) {
    return hash.getBytes(StandardCharsets.US_ASCII);
  }
}
