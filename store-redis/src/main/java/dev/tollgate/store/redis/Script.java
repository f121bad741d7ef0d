package dev.tollgate.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * What a server runs in one piece. Immutable.
 *
 * @param text what the server runs
 * @param sha1 the name that the server knows it by, once it has seen it
 */
record Script(String text, String sha1) {

  /** The scripts that a store uses. */
  record Set(Script counting, Script documents, Script rollups, Script rights) {

    static Set load() {
      return new Set(
          of(resource("tollgate-1.lua")),
          of(resource("tollgate-document-1.lua")),
          of(resource("tollgate-rollup-1.lua")),
          of(resource("tollgate-rights-1.lua")));
    }
  }

  static Script of(String text) {
    return new Script(text, sha1(text));
  }

  /**
   * The arguments of EVAL or EVALSHA for operations on the same keys, in their order.
   *
   * @param withText whether the script is sent by its text, for EVAL
   */
  String[] arguments(List<Ask> group, boolean withText) {
    List<String> keys = group.get(0).names().all();
    List<String> arguments = new ArrayList<>();
    arguments.add(withText ? text : sha1);
    arguments.add(Integer.toString(keys.size()));
    arguments.addAll(keys);
    for (Ask ask : group) {
      arguments.addAll(ask.arguments());
    }
    return arguments.toArray(new String[0]);
  }

  private static String resource(String name) {
    try (InputStream text = Script.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(text, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
