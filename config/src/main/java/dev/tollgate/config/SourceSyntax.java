package dev.tollgate.config;

import java.util.regex.Pattern;

/** Where callers and tiers come from: {@code header:X-API-Key}, {@code claim:plan}. */
final class SourceSyntax {

  static final Syntax<CallerSource> CALLER =
      new Syntax<>(
          "principal, header:X-API-Key, bearer, claim:sub, cookie:NAME or ip",
          SourceSyntax::caller);

  static final Syntax<TierSource> TIER =
      new Syntax<>("role, claim:plan, map or default:free", SourceSyntax::tier);

  /** A token of RFC 9110. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

  private static final int MAX_CLAIM_LENGTH = 200;

  private SourceSyntax() {}

  private static CallerSource caller(String text) {
    String name = name(text);
    return switch (kind(text)) {
      case "principal" -> new CallerSource.Principal();
      case "bearer" -> new CallerSource.Bearer();
      case "ip" -> new CallerSource.Ip();
      case "header:" -> new CallerSource.Header(token(text, name));
      case "cookie:" -> new CallerSource.Cookie(token(text, name));
      case "claim:" -> new CallerSource.Claim(claim(text, name));
      default -> throw new IllegalArgumentException("'" + text + "' is not a source of callers");
    };
  }

  private static TierSource tier(String text) {
    String name = name(text);
    return switch (kind(text)) {
      case "role" -> new TierSource.Role();
      case "map" -> new TierSource.Configured();
      case "claim:" -> new TierSource.Claim(claim(text, name));
      case "default:" -> new TierSource.Default(name);
      default -> throw new IllegalArgumentException("'" + text + "' is not a source of tiers");
    };
  }

  private static String kind(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(0, colon + 1);
  }

  private static String name(String text) {
    return text.substring(text.indexOf(':') + 1).strip();
  }

  private static String token(String text, String name) {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + text + "' does not name a header or cookie");
    }
    return name;
  }

  private static String claim(String text, String name) {
    if (name.isEmpty() || name.length() > MAX_CLAIM_LENGTH) {
      throw new IllegalArgumentException(
          "'" + text + "' must name a claim of 1 to " + MAX_CLAIM_LENGTH + " characters");
    }
    return name;
  }
}
