package dev.tollgate.config;

/** Where a caller's tier may come from. The first source of the list that names a tier is taken. */
public sealed interface TierSource {

  /** A container role with the name of a tier; of several the one configured first. */
  record Role() implements TierSource {}

  /** A claim of the bearer token, only of requests that the container has authenticated. */
  record Claim(String name) implements TierSource {}

  /** {@code tollgate.caller.<id>.tier}. */
  record Configured() implements TierSource {}

  /** A tier for everybody else. */
  record Default(String tier) implements TierSource {}
}
