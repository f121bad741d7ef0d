package dev.tollgate.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Values without their secrets. */
final class Redaction {

  private static final Pattern USER_INFO = Pattern.compile("(?s)//.*@");
  private static final Pattern QUERY = Pattern.compile("(?s)\\?.*");

  /** The scheme, and of a URL without a login also the host. */
  private static final Pattern SINK =
      Pattern.compile(
          "(?s)(?<start>[a-z]{1,20}(\\((info|warning|error|critical)\\))?:(https?://[^/?#@]+(?=[/?#]|$)/?)?)(?<rest>.*)");

  private static final Pattern WORD =
      Pattern.compile("[a-z]{1,20}(\\((info|warning|error|critical)\\))?");

  private Redaction() {}

  static String of(Key key, String value) {
    return switch (key.leaf()) {
      case "hash-key", "alerts-secret", "bill-key", "set-limit-key", "set-limit-of" -> "";
      case "alerts" -> ofSinks(value);
      case "store", "prices", "bill-url", "set-limit-url" -> ofAddress(value);
      default -> value;
    };
  }

  /** A message about an address without its user and password. */
  static String withoutSecrets(URI address, String message) {
    String authority = address.getRawAuthority() == null ? "" : address.getRawAuthority();
    String login = authority.substring(0, Math.max(0, authority.lastIndexOf('@')));
    String password = login.substring(login.indexOf(':') + 1);
    String shown = message.replace(address.toString(), ofAddress(address.toString()));
    for (String secret : List.of(login, password, decoded(password))) {
      shown = secret.isEmpty() ? shown : shown.replace(secret, "***");
    }
    return shown;
  }

  /** As a store would read it: %40 is @, and a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** A store's address without user, password and query. */
  static String ofAddress(String address) {
    String anonymous = USER_INFO.matcher(address).replaceFirst("//***@");
    return QUERY.matcher(anonymous).replaceFirst("?***");
  }

  /** A list of sinks without what follows their hosts. */
  private static String ofSinks(String sinks) {
    return Arrays.stream(sinks.split(",", -1))
        .map(sink -> ofSink(sink.strip()))
        .collect(Collectors.joining(", "));
  }

  /**
   * A sink's address without what follows its host: a path or a routing key is often all that
   * somebody else needs to send to it.
   */
  static String ofSink(String sink) {
    Matcher parts = SINK.matcher(sink);
    if (!parts.matches()) {
      return WORD.matcher(sink).matches() ? sink : "***";
    }
    return parts.group("start") + (parts.group("rest").isEmpty() ? "" : "***");
  }
}
