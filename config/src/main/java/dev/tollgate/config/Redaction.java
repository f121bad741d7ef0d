package dev.tollgate.config;

import java.net.URI;
import java.util.regex.Pattern;

/** Values without their secrets. */
final class Redaction {

  private static final Pattern USER_INFO = Pattern.compile("(?s)//.*@");
  private static final Pattern QUERY = Pattern.compile("(?s)\\?.*");

  private Redaction() {}

  static String of(Key key, String value) {
    return switch (key.toString()) {
      case "tollgate.hash-key" -> "";
      case "tollgate.store" -> ofAddress(value);
      default -> value;
    };
  }

  /** A message about an address without its user information. */
  static String withoutSecrets(URI address, String message) {
    String shown = message.replace(address.toString(), ofAddress(address.toString()));
    for (String secret : new String[] {address.getRawUserInfo(), address.getUserInfo()}) {
      if (secret != null && !secret.isEmpty()) {
        shown = shown.replace(secret, "***");
        shown = shown.replace(secret.substring(secret.indexOf(':') + 1), "***");
      }
    }
    return shown;
  }

  /** A store's address without user, password and query. */
  static String ofAddress(String address) {
    String anonymous = USER_INFO.matcher(address).replaceFirst("//***@");
    return QUERY.matcher(anonymous).replaceFirst("?***");
  }
}
