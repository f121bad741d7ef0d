package dev.tollgate.config;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Values without their secrets. */
final class Redaction {

  private static final Pattern USER_INFO = Pattern.compile("(?s)//.*@");
  private static final Pattern QUERY = Pattern.compile("(?s)\\?.*");

  private Redaction() {}

  static String of(Key key, String value) {
    return switch (key.leaf()) {
      case "hash-key", "bill-key", "set-limit-key", "set-limit-of" -> "";
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
}
