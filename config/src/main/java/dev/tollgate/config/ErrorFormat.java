package dev.tollgate.config;

/** The shape of the body of a refusal. */
public enum ErrorFormat {
  /** RFC 9457 {@code application/problem+json}. */
  PROBLEM,
  /** As OpenAI's API answers. */
  OPENAI,
  /** As Anthropic's API answers. */
  ANTHROPIC
}
