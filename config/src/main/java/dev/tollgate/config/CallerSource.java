package dev.tollgate.config;

/** Where a caller's identity may come from. The first source of the list that has one is taken. */
public sealed interface CallerSource {

  /** The user that the container authenticated. */
  record Principal() implements CallerSource {}

  /** A secret in a header, such as {@code X-API-Key}. */
  record Header(String name) implements CallerSource {}

  /** The whole token of {@code Authorization: Bearer}, as a secret. */
  record Bearer() implements CallerSource {}

  /** A claim of the bearer token, only of requests that the container has authenticated. */
  record Claim(String name) implements CallerSource {}

  /** A secret in a cookie. */
  record Cookie(String name) implements CallerSource {}

  /** The client's address: IPv4, or the /64 of an IPv6 address. */
  record Ip() implements CallerSource {}
}
