package dev.tollgate.config;

import dev.tollgate.providers.Protocol;

/**
 * That a route's calls are metered from their own bodies.
 *
 * @param protocol what the bodies are written in
 * @param maxTokens the most output tokens of an answer whose request sets no bound: 1 to 1,000,000
 */
public record MeteredBody(Protocol protocol, long maxTokens) {

  /** The bound of a route that names none. */
  public static final int DEFAULT_MAX_TOKENS = 4096;

  static final int HIGHEST_MAX_TOKENS = 1_000_000;
}
